/** Milliseconds of six days: within them a weekday says which day is meant. */
const almostWeek = 6 * 86_400_000;

/**
 * A moment as people read it, in a zone and with the zone printed: "14:05 CET" today, "Sat 14:05 CET" within a week,
 * else "28 Nov 2026, 14:05 CET". `now` says which day is today. A text that is no time comes back as it is.
 */
export function zonedTime(iso: string, now: string, zone: string, seconds = false): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const today = new Date(now);
  const clock = format(at, zone, {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  const day = (moment: Date): string =>
    format(moment, zone, { day: 'numeric', month: 'short', year: 'numeric' });
  if (Number.isNaN(today.getTime()) || day(at) === day(today)) return clock;
  return Math.abs(at.getTime() - today.getTime()) < almostWeek
    ? `${format(at, zone, { weekday: 'short' })} ${clock}`
    : `${day(at)}, ${clock}`;
}

function format(at: Date, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(at);
}
