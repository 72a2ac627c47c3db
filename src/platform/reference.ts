import { randomInt } from 'node:crypto';

/** Without 0, O, 1 and I, which people mix up when they read a reference out. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** A new reference such as `E-7K3QF2`: said to the person and written to the log, so that one leads to the other. */
export function newReference(): string {
  return `E-${Array.from({ length: 6 }, () => alphabet[randomInt(alphabet.length)]).join('')}`;
}
