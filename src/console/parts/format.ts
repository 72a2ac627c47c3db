import { surfacePhrases } from '#core/state-words.ts';

/** How a viewer reads clocks. */
export interface ClockStyle {
  /** An IANA zone; absent for the machine's own. */
  readonly zone?: string | undefined;
  readonly hour12?: boolean | undefined;
}

const dayMs = 86_400_000;

/** Today "14:05", within a week "Sat 14:05", else "28 Nov 2026, 14:05"; day boundaries are the viewer's. */
export function timeWords(iso: string, now: Date, style: ClockStyle = {}): string {
  const at = new Date(iso);
  const time = clock(at, style);
  const days = daysBetween(at, now, style);
  if (days === 0) return time;
  if (Math.abs(days) < 7) return `${format(at, { weekday: 'short' }, style)} ${time}`;
  return `${dateWords(at, style)}, ${time}`;
}

/** For deadlines and for "last change": "today 22:02", "yesterday 14:06", "tomorrow 09:00", else as `timeWords`. */
export function dayAndTime(iso: string, now: Date, style: ClockStyle = {}): string {
  const at = new Date(iso);
  const near: Record<number, string> = { [-1]: 'tomorrow', 0: 'today', 1: 'yesterday' };
  const day = near[daysBetween(at, now, style)];
  return day ? `${day} ${clock(at, style)}` : timeWords(iso, now, style);
}

/** "14:05:11", for where seconds matter. */
export function clockWithSeconds(iso: string, style: ClockStyle = {}): string {
  return format(new Date(iso), { ...hours(style), minute: '2-digit', second: '2-digit' }, style);
}

/** The whole truth about a moment, for `title`: "Sat, 28 Nov 2026, 14:05:11 CET". */
export function fullTime(iso: string, style: ClockStyle = {}): string {
  return format(
    new Date(iso),
    {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      ...hours(style),
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'short',
    },
    style,
  );
}

/** A day within a sentence: "Saturday 28 November", with the year when it is another one. */
export function dayName(iso: string, now: Date, style: ClockStyle = {}): string {
  const at = new Date(iso);
  const year = (moment: Date): string => format(moment, { year: 'numeric' }, style);
  const words = format(at, { weekday: 'long', day: 'numeric', month: 'long' }, style);
  return year(at) === year(now) ? words : `${words} ${year(at)}`;
}

/** A heading for a day: "Today", "Yesterday", "Saturday 28 November", with the year when it is another one. */
export function dayHeading(iso: string, now: Date, style: ClockStyle = {}): string {
  const at = new Date(iso);
  const days = daysBetween(at, now, style);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const sameYear = format(at, { year: 'numeric' }, style) === format(now, { year: 'numeric' }, style);
  const words = format(at, { weekday: 'long', day: 'numeric', month: 'long' }, style);
  return sameYear ? words : `${words} ${format(at, { year: 'numeric' }, style)}`;
}

/** "just now", "40 s ago", "12 min ago", "3 h ago", "5 days ago". */
export function agoWords(iso: string, now: Date): string {
  const seconds = Math.round((now.getTime() - Date.parse(iso)) / 1000);
  if (seconds < 5) return 'just now';
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}

/** "0.2 s", "11.8 s", "4 min 21 s", "2 h 5 min", "3 days 4 h". */
export function durationWords(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  return longDuration(Math.round(ms / 1000));
}

/** A running clock, without tenths that flicker: "4 s", "1 min 12 s". */
export function elapsedWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return seconds < 60 ? `${seconds} s` : longDuration(seconds);
}

function longDuration(seconds: number): string {
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  if (seconds < 86_400)
    return pair(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min');
  const days = Math.floor(seconds / 86_400);
  return pair(days, days === 1 ? 'day' : 'days', Math.floor((seconds % 86_400) / 3600), 'h');
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** Megabytes as GB: one decimal under 100 ("11.3 GB"), none above; small amounts stay in MB. */
export function sizeWords(megabytes: number): string {
  if (megabytes < 950) return `${Math.round(megabytes)} MB`;
  const gigabytes = megabytes / 1000;
  return `${gigabytes < 99.95 ? gigabytes.toFixed(1) : Math.round(gigabytes)} GB`;
}

/** "61 %", with the space that keeps both together. */
export function percentWords(share: number): string {
  return `${Math.round(share * 100)}\u00a0%`;
}

/** Where something was asked: "on Discord", "in the console"; a surface this build does not know keeps its name. */
export function surfacePhrase(surface: string): string {
  const known = (surfacePhrases as Readonly<Record<string, string>>)[surface];
  return known ?? `on ${surface}`;
}

/** "1 run", "3 runs", "1,204 lines". */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${numberWords(count)} ${count === 1 ? one : many}`;
}

/** "38,112". */
export function numberWords(count: number): string {
  return new Intl.NumberFormat('en').format(count);
}

/** "7f3a…9c02": enough of a hash to compare two screens. */
export function shortHash(hash: string): string {
  return hash.length <= 9 ? hash : `${hash.slice(0, 4)}…${hash.slice(-4)}`;
}

/** How many calendar days of the viewer lie between: 1 is yesterday, -1 tomorrow. Safe across summer time. */
function daysBetween(at: Date, now: Date, style: ClockStyle): number {
  return Math.round((dayNumber(now, style) - dayNumber(at, style)) / dayMs);
}

function dayNumber(at: Date, style: ClockStyle): number {
  const parts = Object.fromEntries(
    formatter({ year: 'numeric', month: 'numeric', day: 'numeric' }, style)
      .formatToParts(at)
      .map((part) => [part.type, Number(part.value)]),
  );
  return Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 1) - 1, parts['day'] ?? 1);
}

function clock(at: Date, style: ClockStyle): string {
  return format(at, { ...hours(style), minute: '2-digit' }, style);
}

function hours(style: ClockStyle): Intl.DateTimeFormatOptions {
  return style.hour12 ? { hour: 'numeric', hour12: true } : { hour: '2-digit', hourCycle: 'h23' };
}

function dateWords(at: Date, style: ClockStyle): string {
  return format(at, { day: 'numeric', month: 'short', year: 'numeric' }, style);
}

function format(at: Date, options: Intl.DateTimeFormatOptions, style: ClockStyle): string {
  return formatter(options, style).format(at);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Formatters are slow to make and lists need hundreds. */
function formatter(options: Intl.DateTimeFormatOptions, style: ClockStyle): Intl.DateTimeFormat {
  const key = JSON.stringify([options, style.zone]);
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    ...options,
    ...(style.zone ? { timeZone: style.zone } : {}),
  });
  formatters.set(key, made);
  return made;
}
