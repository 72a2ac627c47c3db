import { computed, signal } from '@preact/signals';
import { connection } from '../app/connection.ts';
import { look } from '../look/look.ts';
import type { ClockStyle } from './format.ts';

/** The time now, to the second; only what shows running clocks should read it. */
export const second = signal(new Date());
/** The time now, to half a minute, for words such as "2 min ago". */
export const halfMinute = signal(new Date());

setInterval(() => {
  // Without a connection nobody knows whether what runs still runs: its clock stands still with the rest of the page.
  const stopped = connection.peek().state === 'lost';
  if (document.visibilityState === 'visible' && !stopped) second.value = new Date();
}, 1000);
setInterval(() => {
  halfMinute.value = new Date();
}, 30_000);

/** How this viewer reads clocks. */
export const clockStyle = computed<ClockStyle>(() => ({
  zone: look.value.zone === 'auto' ? undefined : look.value.zone,
  hour12: look.value.clock === '12' || (look.value.clock === 'auto' && browserPrefersTwelve),
}));

const browserPrefersTwelve =
  new Intl.DateTimeFormat(navigator.language, { hour: 'numeric' }).resolvedOptions().hour12 ?? false;
