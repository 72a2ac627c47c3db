/** A day and a time of day as a clock on the wall of a zone shows them. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** What the clocks of a zone show at a moment. */
export function localTime(at: Date, zone: string): LocalTime & { readonly weekday: number } {
  const parts = Object.fromEntries(
    clockOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return { year, month, day, hour, minute, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() };
}

/**
 * The moment at which the clocks of a zone show a time. Days and months may lie outside of their range, as in the 0th
 * of a month. Of an hour that comes twice the first is taken; one that is left out lies where it would have been.
 */
export function momentOf(time: LocalTime, zone: string): Date {
  const wanted = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute);
  let moment = wanted;
  // Twice, because the offset at the first guess may be that of the other side of a change of the clocks.
  for (let tries = 0; tries < 2; tries += 1) {
    const shown = localTime(new Date(moment), zone);
    const seen = Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute);
    moment += wanted - seen;
  }
  return new Date(moment);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    });
  clocks.set(zone, known);
  return known;
}
