import { compactName } from '../catalog/compact-name.ts';
import type { Found } from './found.ts';
import type { Names } from './names.ts';
import type { Token } from './tokens.ts';

/** The most words that a name is made of. */
const longestName = 4;

/** A service, or what some services are, by the longest name that fits. */
export function findName(tokens: readonly Token[], at: number, names: Names): Found | null {
  for (let length = Math.min(longestName, tokens.length - at); length > 0; length -= 1) {
    const part = tokens.slice(at, at + length);
    if (part.slice(1).some((token) => token.gap !== 'none') || part.some((token) => token.text === ''))
      continue;
    if (part.slice(1).some((token) => token.text.length === 1 && /[a-z]/.test(token.text) && length === 2))
      continue;
    const compact = compactName(part.map((token) => token.text).join(''));
    const service = names.services.get(compact);
    if (service !== undefined) return { items: [{ kind: 'service', names: [service] }], length };
    const sort =
      names.kinds.get(compact) ?? (compact.endsWith('s') ? names.kinds.get(compact.slice(0, -1)) : undefined);
    if (sort !== undefined) return { items: [{ kind: 'sort', names: sort }], length };
  }
  return null;
}
