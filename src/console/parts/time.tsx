import { clockStyle, halfMinute, second } from './clock.ts';
import { agoWords, clockWithSeconds, dayAndTime, elapsedWords, fullTime, timeWords } from './format.ts';

/** A moment in the viewer's zone; the whole date and zone are in its title. */
export function Time({ at, how = 'short' }: { at: string; how?: 'short' | 'day' | 'seconds' }) {
  const style = clockStyle.value;
  const words =
    how === 'seconds'
      ? clockWithSeconds(at, style)
      : how === 'day'
        ? dayAndTime(at, halfMinute.value, style)
        : timeWords(at, halfMinute.value, style);
  return (
    <time dateTime={at} title={fullTime(at, style)}>
      {words}
    </time>
  );
}

/** "14:05 (2 min ago)". */
export function TimeAgo({ at }: { at: string }) {
  return (
    <span class="nowrap">
      <Time at={at} /> <span class="muted">({agoWords(at, halfMinute.value)})</span>
    </span>
  );
}

/** A clock that counts from a moment. */
export function Elapsed({ since }: { since: string }) {
  return <span class="tabular">{elapsedWords(second.value.getTime() - Date.parse(since))}</span>;
}
