import { clockStyle } from './clock.ts';

/** The zone this viewer reads times in: an IANA name. */
export function viewerZone(): string {
  return clockStyle.peek().zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}
