import { findTime } from './find-time.ts';
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
  couple: 2,
  few: 3,
  several: 3,
};
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const hour = 3_600_000;

/**
 * From when on a question about the record reaches back: "in the last 3 days", "since monday", "yesterday". Null when
 * the words name no time. Days begin at midnight UTC.
 */
export function readSince(words: string, now: Date): Date | null {
  const said = tokens(words);
  for (let at = 0; at < said.length; at += 1) {
    const time = findTime(said, at);
    if (time === null || time.later) continue;
    const since = startOf(
      said.slice(at, at + time.length).map((token) => token.text),
      now,
    );
    // "since 2026-13-45" is no day, and nothing was recorded before computers counted time.
    if (since !== null && !Number.isNaN(since.getTime())) return new Date(Math.max(since.getTime(), 0));
  }
  return null;
}

function startOf(words: readonly string[], now: Date): Date | null {
  const text = words.join(' ');
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  const daysAgo = (days: number) => new Date(today - days * 24 * hour);
  const iso = /\d{4}-\d{2}-\d{2}/.exec(text);
  if (iso !== null) return new Date(`${iso[0]}T00:00:00Z`);
  const unit =
    /\b(second|min|hour|hr|day|night|week|weekend|month|year|morning|evening|afternoon|fortnight)\w*/.exec(
      text,
    )?.[1];
  if (unit !== undefined && !/yesterday|today/.test(text)) {
    const count = words
      .map((word) => numbers[word] ?? Number(word))
      .find((value) => Number.isInteger(value) && value > 0);
    if (/\bthis\b/.test(text)) return startOfThis(unit, now, today);
    return spanAgo(unit, count ?? 1, now, today);
  }
  if (/day before yesterday/.test(text)) return daysAgo(2);
  if (/yesterday|last night/.test(text)) return daysAgo(1);
  if (/today|this morning|earlier/.test(text)) return daysAgo(0);
  const weekday = weekdays.findIndex((name) => words.some((word) => word.startsWith(name)));
  if (weekday >= 0) return daysAgo((now.getUTCDay() - weekday + 7) % 7 || 7);
  const month = months.findIndex((name) => words.some((word) => word.startsWith(name)));
  if (month < 0) return null;
  const day = Number(/\d{1,2}/.exec(text)?.[0] ?? 1);
  const year = now.getUTCFullYear() - (Date.UTC(now.getUTCFullYear(), month, day) > now.getTime() ? 1 : 0);
  return new Date(Date.UTC(year, month, day));
}

function startOfThis(unit: string, now: Date, today: number): Date {
  if (unit === 'hour' || unit === 'hr') return new Date(now.getTime() - hour);
  if (unit === 'week') return new Date(today - ((now.getUTCDay() + 6) % 7) * 24 * hour);
  if (unit === 'month') return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  if (unit === 'year') return new Date(Date.UTC(now.getUTCFullYear(), 0, 1));
  return new Date(today);
}

function spanAgo(unit: string, count: number, now: Date, today: number): Date {
  switch (unit) {
    case 'second':
    case 'min':
      return new Date(now.getTime() - count * 60_000);
    case 'hour':
    case 'hr':
      return new Date(now.getTime() - count * hour);
    case 'night':
    case 'evening':
    case 'morning':
    case 'afternoon':
      return new Date(today - count * 24 * hour);
    case 'week':
    case 'weekend':
      return new Date(now.getTime() - count * 7 * 24 * hour);
    case 'fortnight':
      return new Date(now.getTime() - count * 14 * 24 * hour);
    case 'month':
      return new Date(now.getTime() - count * 30 * 24 * hour);
    case 'year':
      return new Date(now.getTime() - count * 365 * 24 * hour);
    default:
      return new Date(now.getTime() - count * 24 * hour);
  }
}
