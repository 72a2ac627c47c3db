import { basename, dirname } from 'node:path';
import type { CatalogMistake } from './catalog.ts';
import type { CommandSentences } from './command-sentences.ts';
import { compactName } from './compact-name.ts';
import { parsePhrase, slotNames } from './phrase.ts';
import type { LineOf } from './read-yaml.ts';
import type { ServiceEntry } from './service-entry.ts';

/** A value with the file it came from. */
export interface Located<T> {
  readonly file: string;
  readonly value: T;
  readonly lineOf: LineOf;
}

/** What no single field can show: names against files, phrases against inputs, files against each other. */
export function checkCatalog(
  commands: readonly Located<CommandSentences>[],
  services: readonly Located<ServiceEntry>[],
): readonly CatalogMistake[] {
  return [
    ...commands.flatMap(checkCommand),
    ...checkTwice(commands),
    ...checkVerbs(commands),
    ...services.flatMap(checkService),
    ...checkNames(services),
  ];
}

function checkCommand({ file, value, lineOf }: Located<CommandSentences>): readonly CatalogMistake[] {
  const mistakes: CatalogMistake[] = [];
  const say = (path: readonly PropertyKey[], problem: string, remedy: string) =>
    mistakes.push({ file, line: lineOf(path), problem, remedy });
  const inputs = Object.keys(value.inputs);

  if (basename(dirname(file)) !== value.command) {
    say(
      ['command'],
      `the command is called "${value.command}" but its folder "${basename(dirname(file))}"`,
      'give both one name',
    );
  }
  if (value.hands === 'none' && value.missing === undefined) {
    say(
      ['hands'],
      'nobody carries this command out and nothing says why',
      'add "missing" with a sentence that says what is missing',
    );
  }
  if (value.object !== undefined && !inputs.includes(value.object)) {
    say(
      ['object'],
      `"${value.object}" is not one of its inputs`,
      `use one of: ${inputs.join(', ') || 'none are declared'}`,
    );
  }
  if (value.verbs.length + value.nouns.length > 0 && inputs.length === 0) {
    say(
      ['verbs'],
      'its verbs and nouns have nothing to act on',
      'declare an input, or use "orders" and "labels" instead',
    );
  }
  const phrases = [
    { path: ['say'] as const, text: value.say },
    ...(['orders', 'questions', 'labels'] as const).flatMap((field) =>
      value[field].map((text, index) => ({ path: [field, index] as const, text })),
    ),
  ];
  for (const { path, text } of phrases) {
    const parsed = parsePhrase(text);
    if (!parsed.ok) {
      say(
        path,
        `the phrase "${text}" cannot be read: ${parsed.problem}`,
        'close every ( [ { and write slots as {service}',
      );
      continue;
    }
    for (const slot of slotNames(parsed.phrase).filter((name) => !inputs.includes(name))) {
      say(
        path,
        `the phrase "${text}" uses {${slot}}, which is not one of its inputs`,
        `declare "${slot}" under "inputs"`,
      );
    }
  }
  value.examples.forEach((example, index) => {
    for (const name of Object.keys(example.means).filter((key) => !inputs.includes(key))) {
      say(
        ['examples', index],
        `an example means "${name}", which is not one of its inputs`,
        `declare "${name}" under "inputs"`,
      );
    }
  });
  return mistakes;
}

function checkTwice(commands: readonly Located<CommandSentences>[]): readonly CatalogMistake[] {
  const files = new Map<string, string>();
  return commands.flatMap(({ file, value, lineOf }) => {
    const first = files.get(value.command);
    files.set(value.command, first ?? file);
    if (first === undefined) return [];
    return [
      {
        file,
        line: lineOf(['command']),
        problem: `there is a command "${value.command}" already, in ${first}`,
        remedy: 'give this one a name of its own',
      },
    ];
  });
}

function checkVerbs(commands: readonly Located<CommandSentences>[]): readonly CatalogMistake[] {
  const owners = new Map<string, string>();
  const mistakes: CatalogMistake[] = [];
  for (const { file, value, lineOf } of commands) {
    const object = value.object ?? Object.keys(value.inputs)[0] ?? '';
    value.verbs.forEach((verb, index) => {
      const key = `${verb.toLowerCase()} ${value.inputs[object]?.kind ?? ''}`;
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, value.command);
      else if (owner !== value.command) {
        mistakes.push({
          file,
          line: lineOf(['verbs', index]),
          problem: `the verb "${verb}" already belongs to the command "${owner}"`,
          remedy: 'keep it in one of the two',
        });
      }
    });
  }
  return mistakes;
}

function checkService({ file, value, lineOf }: Located<ServiceEntry>): readonly CatalogMistake[] {
  const mistakes: CatalogMistake[] = [];
  if (basename(file, '.yaml') !== value.name) {
    mistakes.push({
      file,
      line: lineOf(['name']),
      problem: `the service is called "${value.name}" but its file "${basename(file)}"`,
      remedy: 'give both one name',
    });
  }
  if (!value.standalone && value.note === undefined) {
    mistakes.push({
      file,
      line: lineOf(['standalone']),
      problem: 'it needs a second container and nothing says which',
      remedy: 'add "note" with a sentence that says what it needs',
    });
  }
  return mistakes;
}

function checkNames(services: readonly Located<ServiceEntry>[]): readonly CatalogMistake[] {
  const owners = new Map<string, string>();
  const mistakes: CatalogMistake[] = [];
  for (const { file, value, lineOf } of services) {
    const names = [
      { name: value.name, path: ['name'] as PropertyKey[] },
      { name: value.title, path: ['title'] as PropertyKey[] },
      ...value.aliases.map((name, index) => ({ name, path: ['aliases', index] as PropertyKey[] })),
    ];
    for (const { name, path } of names) {
      const owner = owners.get(compactName(name));
      if (owner === undefined) owners.set(compactName(name), value.name);
      else if (owner !== value.name) {
        mistakes.push({
          file,
          line: lineOf(path),
          problem: `"${name}" already means the service "${owner}"`,
          remedy: 'remove it from one of the two, so that the word means one service',
        });
      }
    }
  }
  return mistakes;
}
