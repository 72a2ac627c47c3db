import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog, CatalogMistake } from '../catalog/catalog.ts';
import type { CommandSentences } from '../catalog/command-sentences.ts';
import { readYaml } from '../catalog/read-yaml.ts';
import { checkRecipe } from './check-recipe.ts';
import { type Recipe, RecipeFile, type Recipes } from './recipe.ts';

export type LoadedRecipes =
  | { readonly ok: true; readonly recipes: Recipes }
  | { readonly ok: false; readonly mistakes: readonly CatalogMistake[] };

/**
 * Reads `<command>/steps.yaml` in the `commands` folder for every command that runs on hosts. A folder with sentences
 * and steps is all a new command needs. Everything that is wrong is reported together.
 *
 * @param directory the `commands` folder
 * @param catalog what was loaded from the same folders
 * @param own the owner's folder, as for the catalog
 * @throws when a file that is there cannot be read, for lack of rights for instance.
 */
export function loadRecipes(
  directory: string,
  catalog: Pick<Catalog, 'commands'>,
  own: string | null = null,
): LoadedRecipes {
  const recipes = new Map<string, Recipe>();
  const mistakes: CatalogMistake[] = [];
  const commands = new Map(catalog.commands.map((command) => [command.command, command]));
  const places = (own === null ? [directory] : [directory, own]).flatMap((root) =>
    foldersIn(root).flatMap((folder) => {
      const path = join(root, folder, 'steps.yaml');
      return existsSync(path) ? [{ folder, path, file: root === own ? path : `${folder}/steps.yaml` }] : [];
    }),
  );

  for (const { folder, path, file } of places) {
    const command = commands.get(folder);
    const say = (problem: string, remedy: string) => mistakes.push({ file, line: 1, problem, remedy });
    if (!command) {
      say(
        'nobody can ask for these steps',
        `write ${folder}/sentences.yaml with the sentences people say for it`,
      );
    } else if (command.hands !== 'steps') {
      say(
        `these steps would never run: sentences.yaml beside it says "hands: ${command.hands}"`,
        'write "hands: steps" there, or remove this file',
      );
    } else {
      const read = readRecipe(file, readFileSync(path, 'utf8'), command);
      if (read.ok) recipes.set(command.command, read.recipe);
      else mistakes.push(...read.mistakes);
    }
  }
  for (const { command, hands } of catalog.commands) {
    const file = `${command}/steps.yaml`;
    if (hands !== 'steps' || places.some(({ folder }) => folder === command)) continue;
    mistakes.push({
      file,
      line: 1,
      problem: 'the file is missing, though sentences.yaml beside it says "hands: steps"',
      remedy: 'write it, or say "hands: none" with a "missing" sentence until it is there',
    });
  }
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, recipes };
}

/** Reads the text of one steps.yaml. */
export function readRecipe(
  file: string,
  text: string,
  command: CommandSentences,
):
  | { readonly ok: true; readonly recipe: Recipe }
  | { readonly ok: false; readonly mistakes: readonly CatalogMistake[] } {
  const read = readYaml(file, text, RecipeFile);
  if (!read.ok) return read;
  const mistakes = checkRecipe(read.value, command).map(({ path, problem, remedy }) => ({
    file,
    line: read.lineOf(path),
    problem,
    remedy,
  }));
  if (mistakes.length > 0) return { ok: false, mistakes };
  return { ok: true, recipe: { ...read.value, command: command.command, risk: command.risk } };
}

function foldersIn(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'services')
    .map((entry) => entry.name)
    .sort();
}
