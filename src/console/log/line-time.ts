import { clockStyle } from '../parts/clock.ts';
import { clockWithSeconds } from '../parts/format.ts';
import type { TimeMode } from './log-view.ts';

/** What stands in the gutter: nothing, the clock, or the seconds since the group began ("+12.4 s"). */
export function lineTime(at: string, first: string, mode: TimeMode): string {
  if (mode === 'off') return '';
  if (mode === 'clock') return clockWithSeconds(at, clockStyle.peek());
  return `+${((Date.parse(at) - Date.parse(first)) / 1000).toFixed(1)} s`;
}
