import type { LookBack } from '#flow/planner-port.ts';
import { anchorWords, dateWords, dayWords, timeWords, workedWords } from './english/time-words.ts';
import { type LocalTime, localTime, momentOf } from './local-time.ts';
import { readAnchor } from './read-anchor.ts';
import { readClock, readDay, readMonth, type Stretch } from './read-day.ts';
import { tokens } from './tokens.ts';

const numbers: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  couple: 2,
  few: 3,
  several: 3,
  half: 0.5,
};
const minute = 60_000;
const hour = 60 * minute;
const { unit, month, amount, clock, short } = timeWords;
const bareClock = `(?:${clock}|\\d{1,2}(?::\\d{2})?(?: ?[ap]m)?)`;
const partOfDay = '(?:morning|afternoon|evening|night)';
const near = `(?:last night|this morning|this afternoon|this evening|tonight|in the morning|in the afternoon|in the evening|at night|${dayWords})`;

interface Reading {
  readonly now: Date;
  readonly zone: string;
  readonly today: LocalTime;
}

type Reader = (said: RegExpExecArray, reading: Reading) => LookBack | null;

/** What people say, the most particular first; the first that fits counts. Groups are what the reader looks at. */
const ways: readonly (readonly [RegExp, Reader])[] = [
  [
    whole(
      `(?:(${near}) )?(?:between|from) (${bareClock}) (?:and|to|until|till) (${bareClock})(?: o'?clock)?(?: (${near}))?`,
    ),
    readHours,
  ],
  [whole(`(?:between|from) (${dayWords}) (?:and|to|until|till|through) (${dayWords})`), readDays],
  [
    whole(`(?:since|after) (${anchorWords}|${workedWords})`),
    (said) => lookBack({ anchor: readAnchor(said[1] as string) }),
  ],
  [
    whole(
      `(since|after|before|until|till) (?:(${near}|${dayWords}) )?(?:at |around )?(${clock})(?: (${near}))?`,
    ),
    (said, reading) => readEdge(said[1] as string, said[3] as string, said[2] ?? said[4], reading),
  ],
  [
    whole(`(?:(${near}|${dayWords}) )?(at|around|about) (${clock})(?: (${near}))?`),
    (said, reading) => readAround(said[2] as string, said[3] as string, said[1] ?? said[4], reading),
  ],
  [
    whole(`(?:(since|before|until) )?(yesterday|this|last) (${partOfDay})|(overnight|tonight)`),
    (said, reading) => onEdge(said[1], readPart(said[4] ?? (said[2] as string), said[3] ?? 'night', reading)),
  ],
  [
    whole(`(?:last|past|previous|the) (${amount}) (${unit})|(?:last|past|previous) (${short}|${unit})`),
    (said, reading) => readSpan(said[1], said[2] ?? (said[3] as string), reading),
  ],
  [
    whole(`(?:(since|before|until) )?(?:(${amount}) (${unit})|(${short})) ago`),
    (said, reading) => onEdge(said[1] ?? 'since', readSpan(said[2], said[3] ?? (said[4] as string), reading)),
  ],
  [
    whole(`(?:(since|on|over|during) )?(?:the |this |last |past )?weekend`),
    (said, reading) => onEdge(said[1], weekend(reading)),
  ],
  [whole(`this (${unit})`), (said, reading) => startOfThis(said[1] as string, reading)],
  [
    whole(`(?:(since|after|before|until|till|through) )?(${dayWords}|earlier today)`),
    (said, reading) => onEdge(said[1], toLookBack(readDay(said[2] as string, reading.now, reading.zone))),
  ],
  [
    whole(`(since|in|during|of|last|before|until) (?:last )?(${month}|20\\d{2})(?: (\\d{4}))?`),
    (said, reading) =>
      onEdge(said[1], toLookBack(readMonth(said[2] as string, said[3], reading.now, reading.zone))),
  ],
];

/**
 * The time a question about the record is about: "in the last 3 days", "since monday", "between 2 and 4 am yesterday",
 * "on 12 June", "since the last deploy". Null when the words name none. Days begin at midnight in the reader's zone.
 */
export function readLookBack(words: string, now: Date, zone: string): LookBack | null {
  const text = tokens(words)
    .map(({ text, gap }) => (gap === 'none' || gap === 'dash' ? text : `, ${text}`))
    .join(' ');
  const reading = { now, zone, today: localTime(now, zone) };
  for (const [way, read] of ways) {
    for (const said of text.matchAll(way)) {
      const found = read(said, reading);
      if (found !== null && isPossible(found)) return bounded(found);
    }
  }
  return null;
}

function whole(pattern: string): RegExp {
  return new RegExp(`(?<=^|[ ,])(?:${pattern})(?=$|[ ,])`, 'g');
}

function lookBack(found: Partial<LookBack>): LookBack {
  return { since: null, until: null, anchor: null, ...found };
}

function toLookBack(stretch: Stretch | null): LookBack | null {
  return stretch === null ? null : lookBack(stretch);
}

/** "since 2026-13-45" is no day; "between 4 and 2" is no stretch. */
function isPossible({ since, until, anchor }: LookBack): boolean {
  if (anchor !== null) return true;
  for (const moment of [since, until]) if (moment !== null && Number.isNaN(moment.getTime())) return false;
  return since === null || until === null || since.getTime() < until.getTime();
}

/** Nothing was recorded before computers counted time. */
function bounded(found: LookBack): LookBack {
  const since = found.since === null ? null : new Date(Math.max(found.since.getTime(), 0));
  return { ...found, since };
}

/** A stretch as it is meant behind "since", "before" and the like. */
function onEdge(edge: string | undefined, found: LookBack | null): LookBack | null {
  if (found === null || edge === undefined) return found;
  if (edge === 'since') return lookBack({ since: found.since });
  if (edge === 'after') return lookBack({ since: found.until ?? found.since });
  if (edge === 'before') return lookBack({ until: found.since });
  if (edge === 'until' || edge === 'till' || edge === 'through')
    return lookBack({ until: found.until ?? found.since });
  return found;
}

function readSpan(count: string | undefined, said: string, { now, zone, today }: Reading): LookBack {
  const glued = /^(\d+)(\D+)$/.exec(said);
  const many =
    glued === null
      ? count === undefined
        ? 1
        : (count
            .split(' ')
            .map((word) => numbers[word] ?? Number(word))
            .find((value) => value > 0 && !Number.isNaN(value)) ?? 1)
      : Number(glued[1]);
  const name = (glued?.[2] ?? said).replace(/(?<=..)s$/, '');
  const daysBack = (days: number) => new Date(Math.max(0, now.getTime() - days * 24 * hour));
  if (name === 'sec' || name === 'second' || name === 'min' || name === 'minute' || name === 'm')
    return lookBack({ since: new Date(now.getTime() - many * minute) });
  if (name === 'hour' || name === 'hr' || name === 'h')
    return lookBack({ since: new Date(now.getTime() - many * hour) });
  if (/^(?:night|evening|morning|afternoon)$/.test(name))
    return lookBack({
      since: momentOf({ ...today, day: today.day - Math.ceil(many), hour: 0, minute: 0 }, zone),
    });
  const days: Readonly<Record<string, number>> = {
    week: 7,
    w: 7,
    weekend: 7,
    fortnight: 14,
    month: 30,
    year: 365,
  };
  return lookBack({ since: daysBack(many * (days[name] ?? 1)) });
}

function startOfThis(said: string, { now, zone, today }: Reading): LookBack {
  const name = said.replace(/s$/, '');
  const midnight = { ...today, hour: 0, minute: 0 };
  if (name === 'hour' || name === 'hr') return lookBack({ since: new Date(now.getTime() - hour) });
  if (name === 'week') {
    const weekday = localTime(now, zone).weekday;
    return lookBack({ since: momentOf({ ...midnight, day: today.day - ((weekday + 6) % 7) }, zone) });
  }
  if (name === 'month') return lookBack({ since: momentOf({ ...midnight, day: 1 }, zone) });
  if (name === 'year') return lookBack({ since: momentOf({ ...midnight, month: 1, day: 1 }, zone) });
  return lookBack({ since: momentOf(midnight, zone) });
}

/** Hours at which the parts of a day begin and end. */
const parts: Readonly<Record<string, readonly [number, number]>> = {
  morning: [0, 12],
  afternoon: [12, 18],
  evening: [17, 24],
  night: [18, 32],
};

/** "last night" begins yesterday evening; what has not ended yet has no end. */
function readPart(which: string, part: string, { now, zone, today }: Reading): LookBack {
  const daysBack = which === 'yesterday' || which === 'last' || which === 'overnight' ? 1 : 0;
  const [from, to] = parts[part] as readonly [number, number];
  const at = (hours: number) =>
    momentOf({ ...today, day: today.day - daysBack, hour: hours, minute: 0 }, zone);
  const until = at(to);
  return lookBack({ since: at(from), until: until.getTime() <= now.getTime() ? until : null });
}

function weekend({ now, zone, today }: Reading): LookBack {
  const weekday = localTime(now, zone).weekday;
  // On the weekend itself it is this one that is meant.
  const sinceSaturday = weekday === 0 ? 1 : weekday === 6 ? 0 : weekday + 1;
  const at = (day: number) =>
    momentOf({ ...today, day: today.day - sinceSaturday + day, hour: 0, minute: 0 }, zone);
  const until = at(2);
  return lookBack({ since: at(0), until: until.getTime() <= now.getTime() ? until : null });
}

/** "between 2 and 4 am yesterday": what stands behind the second hour goes for the first too. */
function readHours(said: RegExpExecArray, reading: Reading): LookBack | null {
  const [, before, first = '', second = '', after] = said;
  const day = before ?? after;
  // Two bare numbers without a day may be anything.
  const isTime =
    /[:apm]|noon|midnight|clock/.test(`${first}${second}`) || day !== undefined || /between/.test(said[0]);
  if (!isTime) return null;
  const half = /[ap]m$/.exec(second)?.[0] ?? (/\b(?:afternoon|evening)\b/.test(day ?? '') ? 'pm' : undefined);
  const to = readClock(second, half);
  if (to === null) return null;
  const halved = readClock(first, half);
  // "between 11 and 2 pm": the first is before noon where it would come after the second.
  const plain = readClock(first, undefined);
  const from = halved !== null && minutesOf(halved) < minutesOf(to) ? halved : plain;
  if (from === null) return null;
  const start = dayOf(day, from.hour, reading);
  const since = momentOf({ ...start, ...from }, reading.zone);
  const across = minutesOf(to) <= minutesOf(from) ? 1 : 0;
  const until = momentOf({ ...start, day: start.day + across, ...to }, reading.zone);
  // Hours that are still to come were meant of yesterday.
  if (day === undefined && since.getTime() > reading.now.getTime()) {
    const back = (moment: Date) => new Date(moment.getTime() - 24 * hour);
    return lookBack({ since: back(since), until: back(until) });
  }
  return lookBack({ since, until });
}

function minutesOf(time: { readonly hour: number; readonly minute: number }): number {
  return time.hour * 60 + time.minute;
}

function readDays(said: RegExpExecArray, { now, zone }: Reading): LookBack | null {
  const to = readDay(said[2] as string, now, zone);
  if (to === null) return null;
  // "from monday to wednesday": the monday before that wednesday.
  const from = readDay(said[1] as string, new Date(to.since.getTime() + 1), zone);
  return from === null ? null : lookBack({ since: from.since, until: to.until });
}

function readEdge(edge: string, at: string, day: string | undefined, reading: Reading): LookBack | null {
  const moment = momentAt(at, day, reading);
  if (moment === null) return null;
  return edge === 'since' || edge === 'after' ? lookBack({ since: moment }) : lookBack({ until: moment });
}

/** "at 3 am" is the hour from then on, "around 3 am" an hour on both sides. */
function readAround(how: string, at: string, day: string | undefined, reading: Reading): LookBack | null {
  const moment = momentAt(at, day, reading);
  if (moment === null) return null;
  const before = how === 'at' ? 0 : hour;
  return lookBack({ since: new Date(moment.getTime() - before), until: new Date(moment.getTime() + hour) });
}

function momentAt(at: string, day: string | undefined, reading: Reading): Date | null {
  const time = readClock(at, /\b(?:afternoon|evening|tonight)\b/.test(day ?? '') ? 'pm' : undefined);
  if (time === null) return null;
  const moment = momentOf({ ...dayOf(day, time.hour, reading), ...time }, reading.zone);
  return day === undefined && moment.getTime() > reading.now.getTime()
    ? new Date(moment.getTime() - 24 * hour)
    : moment;
}

/** The day a time of day belongs to. "Last night" at two is today, at eleven yesterday. */
function dayOf(said: string | undefined, hourOfDay: number, { now, zone, today }: Reading): LocalTime {
  const midnight = { ...today, hour: 0, minute: 0 };
  if (said === undefined) return midnight;
  if (said === 'last night') return { ...midnight, day: today.day - (hourOfDay >= 12 ? 1 : 0) };
  const day = new RegExp(`^${dateWords}$|^${dayWords}$`).test(said) ? readDay(said, now, zone) : null;
  return day === null ? midnight : localTime(day.since, zone);
}
