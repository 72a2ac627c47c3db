import { signal } from '@preact/signals';
import type { Me } from '#api/contract/house.ts';

/** Who is signed in: undefined while that is being asked, null when nobody is. */
export const me = signal<Me | null | undefined>(undefined);

/** The session ended, or there was none. */
export function signedOut(): void {
  me.value = null;
}
