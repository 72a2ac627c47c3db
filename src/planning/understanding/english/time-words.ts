/** Pieces of regular expressions for what people say about time. None of them captures. */
export const timeWords = {
  unit: '(?:second|sec|minute|min|hour|hr|day|night|week|weekend|month|year|morning|evening|afternoon|fortnight)s?',
  weekday:
    '(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|tues|wed|thu|thur|thurs|fri)s?',
  month:
    '(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)',
  amount:
    '(?:\\d{1,4}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|few|couple|a few|a couple|couple of|a couple of|several|half an?)',
  clock: "(?:\\d{1,2}:\\d{2}(?: ?[ap]m)?|\\d{1,2} ?[ap]m|noon|midnight|\\d{1,2} o'?clock)",
  /** Also "24h", "7d". */
  short: '\\d{1,4}(?:m|min|h|hr|hrs|d|w)',
} as const;

const { month, weekday } = timeWords;

/** A day by its date: "12 june", "june 12th", "the 12th", "2026-06-12". */
export const dateWords = `(?:\\d{4}-\\d{2}-\\d{2}|(?:the )?\\d{1,2}(?:st|nd|rd|th)?(?: of)? ${month}(?: \\d{4})?|${month} (?:the )?\\d{1,2}(?:st|nd|rd|th)?(?: \\d{4})?|the \\d{1,2}(?:st|nd|rd|th))`;

/** One day, however it is said. */
export const dayWords = `(?:(?:on |last |this |past )*${weekday}|(?:on )?${dateWords}|the day before yesterday|yesterday|today)`;

/** Something that happened last and that people count from: "the last deploy". */
export const anchorWords =
  '(?:(?:the|my|our|your|its) (?:(?:very )?last |latest |most recent |previous )?(?:successful )?(?:deploy|deployment|install|installation|update|upgrade|restart|reboot|backup|restore|start|stop|change|failure|crash|error)|(?:last|latest) (?:deploy|deployment|update|upgrade|restart|reboot|backup|restore|change|failure|crash))';

/** The moment people count from when something is broken. */
export const workedWords =
  '(?:(?:it|they|that|this|everything|things) (?:(?:has|have) )?(?:last |most recently )?(?:worked|ran fine|(?:was|were) (?:ok|okay|fine|up|healthy|working|running|good)))';
