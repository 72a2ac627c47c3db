import type { Path } from './settings-tree.ts';
import { isGroup, type Source, valueAt } from './source.ts';

/** A path as people say it, with the names of hosts and people instead of their places: `hosts[n100].port`. */
export function labelOf(path: Path, source: Source): string {
  return path
    .map((part, i) => {
      if (typeof part !== 'number') return i === 0 ? part : `.${part}`;
      const entry = valueAt(source.raw, path.slice(0, i + 1));
      const name = isGroup(entry) ? (entry['name'] ?? entry['id']) : undefined;
      return `[${typeof name === 'string' ? name : `#${part + 1}`}]`;
    })
    .join('');
}
