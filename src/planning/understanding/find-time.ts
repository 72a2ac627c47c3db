import type { Token } from './tokens.ts';

/** A stretch of words that says when. */
export interface FoundTime {
  /** How many tokens it takes. */
  readonly length: number;
  /** It lies ahead: an order for later, not for now. */
  readonly later: boolean;
}

const units =
  '(?:second|minute|min|hour|hr|day|night|week|weekend|month|year|morning|evening|afternoon|fortnight)s?';
const weekday =
  '(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|tues|wed|thu|thur|thurs|fri)s?';
const month = '(?:january|february|march|april|may|june|july|august|september|october|november|december)';
const amount =
  '(?:\\d{1,4}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|few|couple|a few|a couple|couple of|a couple of|several|half an?)';
const clock = "(?:\\d{1,2}:\\d{2}(?: ?[ap]m)?|\\d{1,2} ?[ap]m|noon|midnight|\\d{1,2} o'?clock)";
const date = `(?:\\d{4}-\\d{2}-\\d{2}|\\d{1,2}(?:st|nd|rd|th)?(?: of)? ${month}|${month} \\d{1,2}(?:st|nd|rd|th)?|the \\d{1,2}(?:st|nd|rd|th))`;
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
];
const ahead = [
  `(?:(?:by|until|till|for|from) )?tomorrow(?: (?:morning|evening|night|afternoon|at ${clock}))?`,
  `(?:at|around|by|after|before) ${clock}(?: (?:tonight|tomorrow|today))?`,
  `tonight(?: at ${clock})?`,
  `in (?:about )?${amount} ${units}`,
  `(?:on )?(?:the )?next ${units}|(?:on )?next ${weekday}`,
  `(?:on|by|this|coming) ${weekday}(?: (?:morning|evening|night|afternoon))?`,
  `later(?: (?:today|tonight|on|this evening))?`,
  `(?:on|at|over) the weekend`,
  `(?:during|in|over) the night`,
  `this evening|this weekend|this afternoon`,
  `on ${date}`,
];
const pastPattern = new RegExp(`^(?:${past.join('|')})(?= |$)`);
const aheadPattern = new RegExp(`^(?:${ahead.join('|')})(?= |$)`);
const starters = new RegExp(
  `^(?:in|over|during|within|for|from|of|on|since|the|last|past|previous|this|all|until|till|before|after|by|at|around|yesterday|today|tonight|tomorrow|later|overnight|lately|recently|earlier|next|coming|${amount}|${month}|\\d.*)$`,
);

/** The longest stretch of time words from a position on, or null. */
export function findTime(tokens: readonly Token[], at: number): FoundTime | null {
  const first = tokens[at];
  if (first === undefined || !starters.test(first.text)) return null;
  const words: string[] = [];
  for (let i = at; i < tokens.length && words.length < 9; i += 1) {
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
