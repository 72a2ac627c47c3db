import { localTime, momentOf } from './local-time.ts';

/** From one moment to another, the second not included. */
export interface Stretch {
  readonly since: Date;
  readonly until: Date;
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A day by name or date, the last one of that name: "yesterday", "monday", "12 june", "the 3rd", "2026-06-12". */
export function readDay(said: string, now: Date, zone: string): Stretch | null {
  const today = localTime(now, zone);
  const oneDay = (year: number, month: number, day: number): Stretch | null => {
    const at = (of: number) => momentOf({ year, month, day: of, hour: 0, minute: 0 }, zone);
    // The 31st of June would be the 1st of July.
    return day < 1 || localTime(at(day), zone).day !== day ? null : { since: at(day), until: at(day + 1) };
  };
  const back = (days: number): Stretch => {
    const at = (of: number) => momentOf({ ...today, day: today.day + of, hour: 0, minute: 0 }, zone);
    return { since: at(-days), until: at(1 - days) };
  };
  if (said.includes('day before yesterday')) return back(2);
  if (said.includes('yesterday')) return back(1);
  if (said.includes('today')) return back(0);
  const iso = /(\d{4})-(\d{2})-(\d{2})/.exec(said);
  if (iso !== null) return oneDay(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const words = said.split(' ');
  const day = Number(/\b(\d{1,2})(?:st|nd|rd|th)?\b/.exec(said)?.[1] ?? Number.NaN);
  const month = months.findIndex((name) => words.some((word) => word.startsWith(name)));
  if (month >= 0 && !Number.isNaN(day)) {
    const year = Number(/\b\d{4}\b/.exec(said)?.[0] ?? today.year);
    const found = oneDay(year, month + 1, day);
    const ahead = found !== null && found.since.getTime() > now.getTime() && !/\d{4}/.test(said);
    return ahead ? oneDay(year - 1, month + 1, day) : found;
  }
  const weekday = weekdays.findIndex((name) => words.some((word) => word.startsWith(name)));
  if (weekday >= 0) return back((today.weekday - weekday + 7) % 7 || 7);
  if (Number.isNaN(day)) return null;
  const found = oneDay(today.year, today.month, day);
  if (found !== null && found.since.getTime() <= now.getTime()) return found;
  return today.month === 1 ? oneDay(today.year - 1, 12, day) : oneDay(today.year, today.month - 1, day);
}

/** A month or a year, the last one of that name: "june", "june 2025", "2025". */
export function readMonth(said: string, year: string | undefined, now: Date, zone: string): Stretch | null {
  const today = localTime(now, zone);
  const from = (ofYear: number, month: number, length: number): Stretch => {
    const at = (of: number) => momentOf({ year: ofYear, month: of, day: 1, hour: 0, minute: 0 }, zone);
    return { since: at(month), until: at(month + length) };
  };
  if (/^\d{4}$/.test(said)) return from(Number(said), 1, 12);
  const month = months.findIndex((name) => said.startsWith(name)) + 1;
  if (month === 0) return null;
  return from(year === undefined ? today.year - (month > today.month ? 1 : 0) : Number(year), month, 1);
}

/** A time of day: "2", "2 pm", "14:30", "noon". `half` goes for an hour that does not say which half of the day it is in. */
export function readClock(
  said: string,
  half: string | undefined,
): { readonly hour: number; readonly minute: number } | null {
  if (said === 'noon') return { hour: 12, minute: 0 };
  if (said === 'midnight') return { hour: 0, minute: 0 };
  const match = /^(\d{1,2})(?::(\d{2}))? ?([ap]m)?/.exec(said);
  if (match === null) return null;
  const hour = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  const of = match[3] ?? (hour <= 12 && match[2] === undefined ? half : undefined);
  if (minute > 59 || hour > 24 || (of !== undefined && (hour < 1 || hour > 12))) return null;
  if (of === 'pm') return { hour: hour === 12 ? 12 : hour + 12, minute };
  return { hour: of === 'am' && hour === 12 ? 0 : hour, minute };
}
