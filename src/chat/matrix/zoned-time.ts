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

/** "11.8 s", "4 min 21 s", "2 h 5 min". */
export function duration(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
