import { labelOf } from './label.ts';
import type { Mistake } from './mistake.ts';
import type { ReadSecrets } from './read-secrets.ts';
import { entriesOf, type Source, texts } from './source.ts';

/** What each kind of phone can't do without. */
const needs: Readonly<Record<string, readonly string[]>> = {
  ntfy: ['topic'],
  gotify: ['server', 'tokenFile'],
  pushover: ['tokenFile', 'userFile'],
  webhook: ['urlFile'],
};

/** Names given to two phones, and keys that a phone of its kind needs. */
export function checkPhones(source: Source, secrets: ReadSecrets): Mistake[] {
  const mistakes: Mistake[] = [];
  const seen = new Set<string>();
  for (const { at, entry } of entriesOf(source.raw, 'phones')) {
    const path = ['phones', at] as const;
    for (const name of texts(entry['name'])) {
      if (seen.has(name)) {
        mistakes.push({
          ...source.placeOf([...path, 'name']),
          problem: `Two phones are called "${name}".`,
          remedy: 'Give each a name of its own.',
        });
      }
      seen.add(name);
    }
    for (const kind of texts(entry['kind'])) {
      const missing = (needs[kind] ?? []).filter(
        (key) => entry[key] === undefined && !secrets.named.has([...path, key].join('.')),
      );
      if (missing.length === 0) continue;
      mistakes.push({
        ...source.placeOf(path),
        problem: `${labelOf(path, source)} is of kind ${kind} and has no ${missing.join(' and no ')}.`,
        remedy: `Add ${missing.join(' and ')}; config/chiffon.yaml says what it means.`,
      });
    }
  }
  return mistakes;
}
