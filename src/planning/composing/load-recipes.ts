import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Catalog, CatalogMistake } from '../catalog/catalog.ts';
import type { CommandSentences } from '../catalog/command-sentences.ts';
import { checkRecipe } from './check-recipe.ts';
import { type Recipe, RecipeFile, type Recipes } from './recipe.ts';

/**
 * Reads `commands/<command>/steps.yaml` for every command that runs on hosts. A folder with sentences and steps is all
 * a new command needs.
 *
 * @param folder the catalog's directory
 * @param catalog what was loaded from the same directory
 * @returns the recipes that are right, and every mistake in the others
 */
export function loadRecipes(
  folder: string,
  catalog: Pick<Catalog, 'commands'>,
): { readonly recipes: Recipes; readonly mistakes: readonly CatalogMistake[] } {
  const recipes = new Map<string, Recipe>();
  const mistakes: CatalogMistake[] = [];
  const byFolder = new Map(catalog.commands.map((command) => [command.command, command]));
  const folders = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'services')
    : [];

  for (const { name } of folders.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = `${name}/steps.yaml`;
    const path = join(folder, name, 'steps.yaml');
    const command = byFolder.get(name);
    if (!existsSync(path)) {
      if (command?.hands === 'steps') mistakes.push(missingFile(name));
      continue;
    }
    if (!command) {
      // A folder whose sentences are broken is reported by the catalog; one without any is reported here.
      if (!existsSync(join(folder, name, 'sentences.yaml'))) mistakes.push(missingSentences(name));
      continue;
    }
    if (command.hands !== 'steps') {
      mistakes.push({
        file,
        line: 1,
        problem: `${name}/sentences.yaml says "hands: ${command.hands}", so these steps would never run`,
        remedy: 'Write "hands: steps" there, or remove this file.',
      });
      continue;
    }
    const read = readRecipe(readFileSync(path, 'utf8'), command);
    if ('recipe' in read) recipes.set(command.command, read.recipe);
    else mistakes.push(...read.mistakes.map((mistake) => ({ file, ...mistake })));
  }
  return { recipes, mistakes };
}

type MistakeInFile = Omit<CatalogMistake, 'file'>;

/** Reads the text of one steps.yaml. */
export function readRecipe(
  text: string,
  command: CommandSentences,
): { readonly recipe: Recipe } | { readonly mistakes: readonly MistakeInFile[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    return {
      mistakes: document.errors.map((error) => ({
        line: lines.linePos(error.pos[0]).line,
        problem: `this is not YAML: ${error.message.split('\n')[0]}`,
        remedy: 'Check the indentation and the quotes around this line.',
      })),
    };
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };

  const parsed = RecipeFile.safeParse(document.toJS());
  if (!parsed.success) {
    return {
      mistakes: parsed.error.issues.map((issue) => ({
        line: lineOf(issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path),
        problem: `${issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue.message}`,
        remedy:
          issue.code === 'unrecognized_keys'
            ? 'Remove it, or look for a slip in its spelling.'
            : 'Compare with the steps.yaml of another command.',
      })),
    };
  }
  const mistakes = checkRecipe(parsed.data, command);
  if (mistakes.length > 0) {
    return { mistakes: mistakes.map(({ path, ...rest }) => ({ line: lineOf(path), ...rest })) };
  }
  return { recipe: { ...parsed.data, command: command.command, risk: command.risk } };
}

function missingFile(name: string): CatalogMistake {
  return {
    file: `${name}/steps.yaml`,
    line: 1,
    problem: `${name}/sentences.yaml says "hands: steps", but there is no ${name}/steps.yaml`,
    remedy: 'Write the steps, or say "hands: none" with a "missing" sentence until they are there.',
  };
}

function missingSentences(name: string): CatalogMistake {
  return {
    file: `${name}/steps.yaml`,
    line: 1,
    problem: `there is no ${name}/sentences.yaml beside it, so nobody can ask for these steps`,
    remedy: `Write ${name}/sentences.yaml with the sentences people say for it.`,
  };
}
