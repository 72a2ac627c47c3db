import { fileURLToPath } from 'node:url';
import type { Understanding } from '#core/understanding.ts';
import type { Catalog } from '#planning/catalog/catalog.ts';
import { loadCatalog } from '#planning/catalog/load-catalog.ts';
import { createUnderstander } from '#planning/understanding/understand.ts';

/** The catalog as it ships. */
export function shippedCatalog(): Catalog {
  const loaded = loadCatalog(fileURLToPath(new URL('../../../commands', import.meta.url)));
  if (!loaded.ok)
    throw new Error(
      loaded.mistakes.map(({ file, line, problem }) => `${file}:${line} ${problem}`).join('\n'),
    );
  return loaded.catalog;
}

export const catalog: Catalog = shippedCatalog();

/** A house without any configured host, as `chiffon plan` has it. */
export const understand: (words: string) => Understanding = createUnderstander(catalog, { hosts: [] });

/** A house with two hosts and a few services. */
export const understandAtHome: (words: string) => Understanding = createUnderstander(catalog, {
  hosts: [
    { name: 'n100', aliases: ['mini pc', 'the mini'] },
    { name: 'sandbox', aliases: ['playground'] },
  ],
  services: ['plex', 'gitea', 'own-thing'],
});

/** The intents of an understanding, in a form that can be compared. */
export function intentsOf(understood: Understanding): readonly unknown[] {
  return understood.kind === 'intents'
    ? understood.intents.map(({ command, inputs }) => ({ command, inputs: { ...inputs } }))
    : [];
}
