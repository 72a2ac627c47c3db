import { anchorWords, dateWords, dayWords, timeWords } from './english/time-words.ts';
import type { Token } from './tokens.ts';

/** A stretch of words that says when. */
export interface FoundTime {
  /** How many tokens it takes. */
  readonly length: number;
  /** It lies ahead: an order for later, not for now. */
  readonly later: boolean;
}

const { unit: units, weekday, month, amount, clock, short } = timeWords;
const date = dateWords;
/** What may stand behind "since the last update" where it is a time and not a reason ("since the last update broke it"). */
const anchorEnd = '(?=$| (?:on|of|to|for|in|at|by|with|please|pls|thanks|again|there|here))';
const named = `(?:${dayWords}|${clock})(?: (?:at |around )?${clock})?(?: (?:morning|evening|night|afternoon))?`;
const past = [
  `(?:(?:in|over|during|within|for|from|of|on|since) )?(?:the )?(?:whole )?(?:last|past|previous)(?: ${amount})? ${units}`,
  `(?:(?:in|over|during|within|for|from|of|on|since|until) )?(?:all )?this ${units}`,
  `(?:(?:since|from|of|on|before|until|for|during) )?(?:the day before )?(?:yesterday|today|last night|yesterday ${units}|last ${weekday}|earlier today|this morning|lately|recently)(?: (?:morning|evening|night|afternoon|at ${clock}|around ${clock}))?`,
  `(?:since|from) (?:last )?(?:${weekday}|${month}|${date}|${clock}|the weekend|christmas|new year)(?: (?:morning|evening|night|afternoon))?`,
  `(?:(?:since|from|before) )?${amount} ${units} ago`,
  `last (?:${weekday}|${month})`,
  `for (?:${amount}) ${units}`,
  `for (?:tonight|today|the (?:night|evening|weekend|day|afternoon)|this ${units})`,
  `overnight`,
  `since ${anchorWords}${anchorEnd}`,
  `since ${named}`,
  `(?:(?:in|over|during|within|for|from|of) )?(?:the )?(?:last|past|previous) ${short}`,
  `${short} ago`,
  `(?:in|during|of|since) (?:last )?${month}(?: \\d{4})?`,
  `(?:in|during|since) 20\\d{2}`,
  `(?:on |over |during )?(?:the )?(?:last|past) weekend`,
];
const ahead = [
  // What a question looks back to, an order looks forward to: "restart it between 2 and 4" is not for now.
  `(?:(?:${dayWords}|last night|this morning) )?(?:between|from) (?:${clock}|\\d{1,2}(?::\\d{2})?) (?:and|to|until|till) (?:${clock}|\\d{1,2}(?::\\d{2})?)(?: ?[ap]m)?(?: (?:o'?clock))?(?: (?:${dayWords}|last night|this morning|in the (?:morning|afternoon|evening)|at night|tonight))?`,
  `(?:between|from) ${named} (?:and|to|until|till|through) ${named}`,
  `(?:before|until|till|after|at|around|about) ${named}(?: (?:yesterday|today|last night|this morning|${weekday}))?`,
  `after (?:(?:the|my|our) )?(?:last|latest|most recent|previous) (?:deploy|deployment|update|upgrade|restart|backup|change)${anchorEnd}`,
  `(?:before|until|till|after) (?:the day before )?(?:yesterday|today|last night|last week|last month|this week)`,
  `${dayWords} (?:at|around|before|after) ${clock}`,
  `(?:(?:by|until|till|for|from) )?tomorrow(?: (?:morning|evening|night|afternoon|at ${clock}))?`,
  `(?:at|around|by|after|before) ${clock}(?: (?:tonight|tomorrow|today))?`,
  `tonight(?: at ${clock})?`,
  `in (?:about )?${amount} ${units}`,
  `(?:on )?(?:the )?next ${units}|(?:on )?next ${weekday}`,
  `(?:on|by|for|this|coming|until|till) (?:(?:this|next|coming) )?${weekday}(?: (?:morning|evening|night|afternoon))?`,
  `later(?: (?:today|tonight|on|this evening))?`,
  `(?:on|at|over) the weekend`,
  `(?:during|in|over) the night`,
  `this evening|this weekend|this afternoon`,
  `on ${date}`,
];
const pastPattern = new RegExp(`^(?:${past.join('|')})(?= |$)`);
const aheadPattern = new RegExp(`^(?:${ahead.join('|')})(?= |$)`);
const starters = new RegExp(
  `^(?:between|about|${weekday}|in|over|during|within|for|from|of|on|since|the|last|past|previous|this|all|until|till|before|after|by|at|around|yesterday|today|tonight|tomorrow|later|overnight|lately|recently|earlier|next|coming|${amount}|${month}|\\d.*)$`,
);

/** The longest stretch of time words from a position on, or null. */
export function findTime(tokens: readonly Token[], at: number): FoundTime | null {
  const first = tokens[at];
  if (first === undefined || !starters.test(first.text)) return null;
  const words: string[] = [];
  for (let i = at; i < tokens.length && words.length < 12; i += 1) {
    const token = tokens[i] as Token;
    if (i > at && token.gap !== 'none') break;
    words.push(token.text);
  }
  const text = words.join(' ');
  const later = aheadPattern.exec(text)?.[0] ?? '';
  const before = pastPattern.exec(text)?.[0] ?? '';
  const found = later.length > before.length ? later : before;
  if (found === '') return null;
  return { length: found.split(' ').length, later: later.length > before.length };
}
