/** Words and turns that may stand anywhere without changing what is asked for. */
const turns = `
the;a;an;my;our;your;his;her;their;its;that;this;these;those;some;own;little;good old;old;damn;dear;lovely
please;kindly;thanks;thank you;thanks a lot;thank you very much;thank you so much;many thanks;thanks so much;thanks in advance;thank you in advance;and thanks;and thank you;please and thank you;with thanks;cheers;ta;much appreciated;appreciated;that would be great;that would be nice;that would be lovely;would be great;would be nice;would be awesome;will you;would you;could you;can you;ok;okay;alright;right;yeah;yes;eh;bro;dude;mate;buddy;man;guys;folks;friend;bot;chiffon;sir;lol;haha;ffs;ugh;damn;now;right now;right away;straight away;at once;immediately;instantly;quickly;quick;real quick;really quick;asap;as soon as possible;as soon as you can;at your earliest convenience;urgently;urgent;again;once again;once more;one more time;just;simply;already;too;as well;first;next;finally;for me;for us;for everyone;for the family;for my wife;for now;for the moment;for the time being;for a bit;for a while;for a moment;for a second;for a sec;for an hour;for the night;for real;if possible;if you can;if you could;if you please;if you do not mind;if that is ok;if that is okay;if that is possible;if that is not too much trouble;if it is not too much trouble;if it is possible;if it is ok;if needed;when you can;when possible;when convenient;whenever you can;whenever you are ready;whenever it suits you;when it suits you;when you are free;whenever convenient;if you are free;if it suits you;whenever possible;no rush;no hurry;no worries;not urgent;in the meantime;meanwhile;by the way;btw;fyi;somehow;actually;really;basically;seriously;maybe;perhaps;possibly;gently;gracefully;carefully;cleanly;properly;safely;completely;entirely;fully;totally;altogether;for good;permanently;forever;up to you;today;at the moment;currently;at all;out;there;here;in here;over there;so much;a bit;both;new;next time;i think;i guess;i believe;i suppose;you know;i say;i said
without delay;without further ado;without further delay;without hesitation
let me know when done;let me know when it is done;let me know when you are done;let me know when it is finished;let me know when that is done;let me know how it goes;let me know how it went;let me know once done;let me know once it is done;tell me when done;tell me when it is done;tell me when you are done;tell me when it is finished;tell me when it is back;tell me when it is up;let me know when it is back;let me know when it is up;ping me when done;ping me when it is done;report back;report back when done;and report back;keep me posted;let me know;let me know afterwards;tell me how it went;and let me know;notify me when done;notify me when it is done
`;
/** "when you get a sec", "whenever you have five minutes": as soon as it suits whoever is asked. */
const whenever = ['when', 'whenever', 'if', 'once'].flatMap((opening) =>
  ['get', 'have', 'have got', 'find', 'got'].flatMap((verb) =>
    [
      ...[
        'sec',
        'second',
        'min',
        'minute',
        'moment',
        'chance',
        'spare minute',
        'spare moment',
        'free minute',
      ].map((moment) => `a ${moment}`),
      ...['five', '5', 'two', '2'].flatMap((count) => [`${count} minutes`, `${count} min`, `${count} mins`]),
      'time',
      'some time',
      'round to it',
      'around to it',
      'to it',
    ].map((moment) => `${opening} you ${verb} ${moment}`),
  ),
);
/** Where everything is: "on the server", which names no host. */
const anywhere = ['on', 'at', 'to', 'onto', 'from', 'in'].flatMap((preposition) =>
  ['the', 'my', 'our', 'this'].flatMap((article) =>
    [
      'server',
      'machine',
      'host',
      'box',
      'homelab',
      'home lab',
      'lab',
      'rack',
      'computer',
      'home server',
      'house',
    ].map((noun) => `${preposition} ${article} ${noun}`),
  ),
);
/** Nouns that only repeat that a service is one: "the gitea container". */
export const serviceNouns: ReadonlySet<string> = new Set(
  'container service app application instance stack server deployment docker software program programme thing pod daemon process installation containers services apps site website webapp tool proxy manager monitor reader wiki broker blocker'.split(
    ' ',
  ),
);

/** Turns by first word, longest first. */
export const softTurns: ReadonlyMap<string, readonly (readonly string[])[]> = table();

function table() {
  const byFirst = new Map<string, (readonly string[])[]>();
  for (const turn of [...turns.split(/[;\n]/), ...whenever, ...anywhere].filter((line) => line !== '')) {
    const words = turn.split(' ');
    const first = words[0] as string;
    byFirst.set(first, [...(byFirst.get(first) ?? []), words]);
  }
  for (const list of byFirst.values()) list.sort((a, b) => b.length - a.length);
  return byFirst;
}

/** Words that open a reason or a circumstance after an order: what follows may be anything. */
export const tailWords: ReadonlySet<string> = new Set(
  `because since as so that with using via before after while during until to for from by in at due and it its it's i we they he she you which who
  cause thx otherwise where but though although based per like including inside through behind against without except instead there everything everyone somebody someone something nobody people`.split(
    /\s+/,
  ),
);

/** What people put before a name to see the thing: "show me the logs". */
export const showing: readonly (readonly string[])[] = `
show;show me;show us;show me what;show me all;list;list me;list all;list up;display;print;print out;give;give me;give us;get;get me;get us;fetch;fetch me;grab;grab me;pull me;pull;pull up;bring up;open;view;see;let me see;let us see;let me have a look at;let me look at;i want to see;i want to know;i would like to see;i would like to know;i would like to have;i would like;i would love;we would love;would love;i need to see;i need;we need;i want;can i see;could i see;may i see;can i have;could i have;can i get;could i get;can we see;could we see;can we have;can we get;could we get;check;check on;check up on;check out;look at;look up;take a look at;have a look at;have a look;what is;what are;what was;what were;what about;how about;how is;how are;which;which are;which is;any;are there;are there any;is there;is there any;do we have;do we have any;do i have any;have we got;tell me;tell me about;tell us;inform me about;report;report on;report me;send;send me;post;query;find;find me;search;output;read;read me;read out;examine;inspect;review;monitor;and;what are all;who are;where are;where is;where are my;need;want;wanna see;how many;count;enumerate;dump;return;provide;provide me with;present;share;all;what are all the;i am looking for;looking for;let me get;let me have;what do we have for;got any;you got;have you got;do you have;do you have any;more;current;latest;quick
`
  .trim()
  .split(';')
  .map((words) => words.split(' '))
  .sort((a, b) => b.length - a.length);
