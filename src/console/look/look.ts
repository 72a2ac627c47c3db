import { effect, signal } from '@preact/signals';
import { keep, kept } from './kept.ts';

/** How this device wants the console to look. Kept in the browser, never on the server. */
export interface Look {
  readonly theme: 'auto' | 'light' | 'dark';
  readonly density: 'roomy' | 'close';
  /** An IANA zone, or `auto` for the browser's own. */
  readonly zone: string;
  readonly clock: 'auto' | '24' | '12';
}

const usual: Look = { theme: 'auto', density: 'roomy', zone: 'auto', clock: 'auto' };

/** The look in force; setting it stores it and redraws everything. */
export const look = signal<Look>(readLook(kept('look')));

/** Changes part of the look. */
export function setLook(part: Partial<Look>): void {
  look.value = { ...look.value, ...part };
}

/** Reads a stored look; whatever in it is damaged or no longer known is as usual. */
export function readLook(text: string | null): Look {
  let known: unknown;
  try {
    known = JSON.parse(text ?? '{}');
  } catch {
    return usual;
  }
  if (typeof known !== 'object' || known === null) return usual;
  const { theme, density, zone, clock } = known as Readonly<Record<string, unknown>>;
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : usual.theme,
    density: density === 'close' ? density : usual.density,
    zone: typeof zone === 'string' && isZone(zone) ? zone : usual.zone,
    clock: clock === '24' || clock === '12' ? clock : usual.clock,
  };
}

/** A zone this browser does not know would make every time on every page throw. */
function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Puts the look on the page and keeps it there. */
export function wearLook(): void {
  effect(() => {
    const root = document.documentElement;
    root.dataset['theme'] = look.value.theme;
    root.dataset['density'] = look.value.density;
    keep('look', JSON.stringify(look.value));
  });
}
