import { zonedMoment } from '#core/zoned-moment.ts';
import { clockStyle, halfMinute } from './clock.ts';
import { fullTime } from './format.ts';

/** A day in the viewer's zone: "Saturday 21 November". */
export function DayName({ at }: { at: string }) {
  const style = clockStyle.value;
  const zone = style.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <time dateTime={at} title={fullTime(at, style)}>
      {zonedMoment(at, 'day', halfMinute.value, zone)}
    </time>
  );
}
