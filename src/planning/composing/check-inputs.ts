import type { Intent } from '#core/intent.ts';
import { hasHidden } from './template.ts';

const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Inputs that name something and therefore end up in commands and paths. */
const names = new Set(['service', 'host', 'vm', 'stage', 'task']);

/** Why an intent's inputs can't be used, as a sentence; null when they can. */
export function refuseInputs(intent: Intent): string | null {
  for (const [input, value] of Object.entries(intent.inputs)) {
    if (typeof value === 'number') {
      if (Number.isFinite(value)) continue;
      return `The ${input} has to be a number, so nothing was planned. Say it in digits.`;
    }
    if (hasHidden(value)) {
      return `The ${input} holds characters that can't be seen, so it can't be shown truthfully on a card and nothing was planned. Type it anew by hand.`;
    }
    if (names.has(input) && !name.test(value)) {
      return `"${value.slice(0, 80)}" can't be the name of a ${input}: letters, digits and . _ - are possible. Nothing was planned.`;
    }
    if (value.length > 200)
      return `The ${input} is longer than 200 characters, so nothing was planned. Use a shorter one.`;
  }
  return null;
}
