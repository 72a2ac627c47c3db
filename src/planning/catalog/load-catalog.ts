import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Catalog, CatalogMistake } from './catalog.ts';
import { checkCatalog, type Located } from './check-catalog.ts';
import { CommandSentences } from './command-sentences.ts';
import { readYaml } from './read-yaml.ts';
import { ServiceEntry } from './service-entry.ts';

export type LoadedCatalog =
  | { readonly ok: true; readonly catalog: Catalog }
  | { readonly ok: false; readonly mistakes: readonly CatalogMistake[] };

/**
 * Reads the `commands` folder: `<command>/sentences.yaml` and `services/<name>.yaml`. Everything that is wrong is
 * reported together, each with file, line and remedy. Other files beside them belong to other readers.
 *
 * @param own a folder of the owner's, laid out the same; what is in it stands beside the rest. Its files are named with
 *   their whole path.
 * @throws when a file that is there cannot be read, for lack of rights for instance.
 */
export function loadCatalog(directory: string, own: string | null = null): LoadedCatalog {
  const mistakes: CatalogMistake[] = [];
  const commands: Located<CommandSentences>[] = [];
  const services: Located<ServiceEntry>[] = [];

  for (const folder of own === null ? [directory] : [directory, own]) {
    if (!existsSync(folder)) {
      const problem = `the folder ${folder} does not exist`;
      const remedy = 'create it, or name the right folder in the configuration';
      return { ok: false, mistakes: [{ file: folder, line: 1, problem, remedy }] };
    }
    const called = (file: string): string => (folder === own ? join(own, file) : file);
    for (const name of namesIn(folder, 'folders')) {
      const file = join(name, 'sentences.yaml');
      if (name === 'services' || !existsSync(join(folder, file))) continue;
      read(join(folder, file), called(file), CommandSentences, commands, mistakes);
    }
    const serviceFolder = join(folder, 'services');
    for (const name of existsSync(serviceFolder) ? namesIn(serviceFolder, 'files') : []) {
      if (!name.endsWith('.yaml')) continue;
      read(join(serviceFolder, name), called(join('services', name)), ServiceEntry, services, mistakes);
    }
  }

  mistakes.push(...checkCatalog(commands, services));
  if (mistakes.length > 0) {
    return { ok: false, mistakes: mistakes.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line) };
  }
  return {
    ok: true,
    catalog: { commands: commands.map(({ value }) => value), services: services.map(({ value }) => value) },
  };
}

function namesIn(directory: string, what: 'files' | 'folders'): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => (what === 'files' ? entry.isFile() : entry.isDirectory()))
    .map((entry) => entry.name)
    .sort();
}

function read<T>(
  path: string,
  file: string,
  schema: z.ZodType<T>,
  into: Located<T>[],
  mistakes: CatalogMistake[],
): void {
  const outcome = readYaml(file, readFileSync(path, 'utf8'), schema);
  if (outcome.ok) into.push({ file, value: outcome.value, lineOf: outcome.lineOf });
  else mistakes.push(...outcome.mistakes);
}
