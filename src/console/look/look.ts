import { effect, signal } from '@preact/signals';

/** How this device wants the console to look. Kept in the browser, never on the server. */
export interface Look {
  readonly theme: 'auto' | 'light' | 'dark';
  readonly density: 'roomy' | 'close';
  /** An IANA zone, or `auto` for the browser's own. */
  readonly zone: string;
  readonly clock: 'auto' | '24' | '12';
}

const usual: Look = { theme: 'auto', density: 'roomy', zone: 'auto', clock: 'auto' };
const key = 'chiffon.look';

/** The look in force; setting it stores it and redraws everything. */
export const look = signal<Look>(stored());

/** Changes part of the look. */
export function setLook(part: Partial<Look>): void {
  look.value = { ...look.value, ...part };
}

function stored(): Look {
  const text = localStorage.getItem(key);
  if (text === null) return usual;
  const known: unknown = JSON.parse(text);
  return typeof known === 'object' && known !== null ? { ...usual, ...known } : usual;
}

/** Puts the look on the page and keeps it there. */
export function wearLook(): void {
  effect(() => {
    const root = document.documentElement;
    root.dataset['theme'] = look.value.theme;
    root.dataset['density'] = look.value.density;
    localStorage.setItem(key, JSON.stringify(look.value));
  });
}
