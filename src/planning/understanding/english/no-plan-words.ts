/** Words that say that something is not wanted. */
export const negators: ReadonlySet<string> = new Set(
  'not never nor neither nobody nevermind avoid refrain cancel abort forget hands skip ignore cease leave without prevent forbid forbidden veto postpone'.split(
    ' ',
  ),
);
/** Turns that do. */
export const negations: readonly (readonly string[])[] = [
  'no need',
  'no longer',
  'no more',
  'no reason',
  'no point',
  'under no',
  'in no way',
  'hold off',
  'hold back',
  'lay off',
  'keep off',
  'stay away',
  'keep away',
  'rather not',
  'no one',
  'wait with',
  'hands off',
  'call off',
  'no restart',
  'no update',
  'no deploy',
  'no backup',
  'no changes',
  'never mind',
  'anything but',
].map((words) => words.split(' '));
/** "stop restarting plex": an end to something. */
export const enders: ReadonlySet<string> = new Set([
  'stop',
  'quit',
  'cease',
  'avoid',
  'pause',
  'end',
  'without',
  'forget',
  'cancel',
]);

/** Words that make an order depend on something. */
export const conditions: ReadonlySet<string> = new Set(
  'if unless whenever everytime everyday daily nightly weekly hourly monthly yearly automatically always regularly periodically provided assuming until till scheduled repeatedly constantly'.split(
    ' ',
  ),
);
export const conditionTurns: readonly (readonly string[])[] = [
  'as soon',
  'in case',
  'from now',
  'as long',
  'every time',
  'each time',
  'every night',
  'every day',
  'every morning',
  'every evening',
  'every week',
  'every month',
  'every hour',
  'every year',
  'every weekend',
  'every sunday',
  'every monday',
  'every tuesday',
  'every wednesday',
  'every thursday',
  'every friday',
  'every saturday',
  'every few',
  'every other',
  'every so',
  'each night',
  'each day',
  'each morning',
  'each evening',
  'each week',
  'each month',
  'each hour',
  'each sunday',
  'each monday',
  'on a schedule',
  'on schedule',
  'in the event',
  'only when',
  'only after',
  'once a',
  'once per',
  'twice a',
  'depending on',
  'any time',
  'after every',
  'after each',
  'on every',
  'on each',
  'at the first sign',
  'the moment',
].map((words) => words.split(' '));

/** Words with which somebody else's words are passed on. */
export const reporting: ReadonlySet<string> = new Set(
  'said says say states stated told tells asked asks wrote writes mentioned mentions claimed claims heard suggested suggests recommended recommends apparently supposedly allegedly according rumor rumour thinks thought reckons insisted insists wanted wants argued complained advised advises read reads typed shouted yelled ordered instructed instructs demanded demands replied replies answered announced posted quote quoted quoting quotes'.split(
    ' ',
  ),
);

/** Beginnings of questions and of requests for an explanation. */
export const questionWords: ReadonlySet<string> = new Set(
  'what why how when where who whom whose which is are was were am do does did have has had should shall may might must will would could can explain describe teach elaborate clarify wondering wonder whats'.split(
    ' ',
  ),
);
export const explanations: readonly (readonly string[])[] = [
  'tell me how',
  'tell me why',
  'tell me what',
  'tell me about',
  'tell me whether',
  'tell me when',
  'tell me more',
  'show me how',
  'teach me',
  'i wonder',
  'i was wondering',
  'i am wondering',
  'wondering if',
  'wondering whether',
  'any idea',
  'any ideas',
  'any way',
  'any reason',
  'not sure if',
  'not sure whether',
  'i am not sure',
  'do you know',
  'instructions for',
  'instructions to',
  'steps to',
  'guide to',
  'guide for',
  'tutorial',
  'the best way',
  'the difference',
  'thoughts on',
  'opinions on',
  'your opinion',
  'help me understand',
  'i want to know',
  'i would like to know',
  'curious',
  'question about',
  'advice on',
  'pros and',
  'what about',
  'is there',
  'are there',
].map((words) => words.split(' '));

/** Words of talk that asks for nothing. */
export const chatter: ReadonlySet<string> = new Set(
  `thanks thank thx cheers lol rofl lmao haha hahaha hah hehe hi hello hey yo howdy hiya bye goodbye ciao morning evening afternoon night goodnight ok okay cool nice great awesome wow super perfect excellent fantastic brilliant amazing good well
  job work done bot yes yeah yep no nope nah sure right fine sorry please welcome congrats congratulations bravo hooray yay love like neat sweet wonderful beautiful happy sad hmm um uh oh ah ugh damn gee whoa indeed agreed exactly understood noted roger copy
  how are you doing today is it going you the a an that this was one very much so i am we my all everyone everybody works again really always for and on to of with it's its legend hero star genius champ buddy mate dude friend smart clever funny back finally see later soon have day weekend ready`.split(
    /\s+/,
  ),
);
export const chatterMarks: ReadonlySet<string> = new Set(
  'thanks thank thx cheers lol rofl lmao haha hahaha hah hehe hi hello hey yo howdy hiya bye goodbye ciao morning goodnight ok okay cool nice great awesome wow super perfect excellent fantastic brilliant amazing good well yes yeah yep no nope nah sure right fine sorry please welcome congrats congratulations bravo hooray yay love neat sweet wonderful beautiful happy hmm um uh oh ah ugh whoa indeed agreed understood noted roger legend hero'.split(
    ' ',
  ),
);
