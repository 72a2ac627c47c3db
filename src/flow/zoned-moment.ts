/** Milliseconds of six days: within them a weekday says which day is meant. */
const almostWeek = 6 * 86_400_000;

/**
 * A moment as people read it in their zone: "14:05" today, "Sat 14:05" within a week, else "28 Nov 2026, 14:05".
 * `now` says which day is today. With `how` "day" the time of day is left out: "Saturday 21 November". A text that is
 * no time comes back as it is.
 */
export function zonedMoment(iso: string, how: 'moment' | 'day', now: Date, zone: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const day = (moment: Date) => format(moment, zone, { day: 'numeric', month: 'short', year: 'numeric' });
  if (how === 'day') {
    const year = (moment: Date) => format(moment, zone, { year: 'numeric' });
    const words = format(at, zone, { weekday: 'long', day: 'numeric', month: 'long' });
    return year(at) === year(now) ? words : `${words} ${year(at)}`;
  }
  const clock = format(at, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  if (day(at) === day(now)) return clock;
  return Math.abs(now.getTime() - at.getTime()) < almostWeek
    ? `${format(at, zone, { weekday: 'short' })} ${clock}`
    : `${day(at)}, ${clock}`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Formatters are slow to make, and an answer needs dozens. */
function format(at: Date, zone: string, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify([zone, options]);
  const known = formatters.get(key) ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
  formatters.set(key, known);
  return known.format(at).replace(',', '');
}
