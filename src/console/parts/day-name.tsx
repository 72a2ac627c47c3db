import { clockStyle, halfMinute } from './clock.ts';
import { dayName, fullTime } from './format.ts';

/** A day in the viewer's zone: "Saturday 21 November". */
export function DayName({ at }: { at: string }) {
  const style = clockStyle.value;
  return (
    <time dateTime={at} title={fullTime(at, style)}>
      {dayName(at, halfMinute.value, style)}
    </time>
  );
}
