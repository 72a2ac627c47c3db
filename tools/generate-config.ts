import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Document } from 'yaml';
import { variableFor } from '#platform/config/overrides.ts';
import { type SettingNode, settingsTree } from '#platform/config/settings-tree.ts';

/**
 * Writes `config/chiffon.yaml` and `config/chiffon.schema.json` from the schema of the settings.
 * With `--check` it writes nothing and exits 1 when one of them is out of date.
 */
export function generatedConfigFiles(): { readonly file: string; readonly text: string }[] {
  return [
    { file: 'config/chiffon.yaml', text: sampleYaml() },
    { file: 'config/chiffon.schema.json', text: `${JSON.stringify(editorSchema(), null, 2)}\n` },
  ];
}

const width = 110;

function sampleYaml(): string {
  const head = [
    '# yaml-language-server: $schema=./chiffon.schema.json',
    '',
    ...comment(
      "Chiffon's configuration. Every key stands here with its default, commented out: remove the hash and the space behind it to change one. " +
        'Mistakes are all reported at start, each with its line. Relative paths count from the folder Chiffon is started in; ~ is the home directory. ' +
        `Most keys can also be set by a variable, for example console.port by ${variableFor('console.port')}. Secrets never stand in this file: ` +
        'keys that end in File name the files they are in.',
      '',
    ),
  ];
  return `${[...head, ...section(settingsTree, '')].join('\n')}\n`;
}

function section(node: SettingNode, indent: string): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child], i) => {
    const words = [...(i === 0 && indent !== '' ? [] : ['']), ...comment(child.description ?? '', indent)];
    if (child.properties !== undefined)
      return [...words, `${indent}${key}:`, ...section(child, `${indent}  `)];
    if (child.items?.properties !== undefined) return [...words, ...list(key, child.items)];
    return [...words, ...setting(key, child, indent)];
  });
}

/** A key with its default, commented out, and what else one might write. */
function setting(key: string, node: SettingNode, indent: string): string[] {
  const choices = node.enum ?? node.anyOf?.find((choice) => choice.enum)?.enum;
  const hints = choices !== undefined ? [`one of ${choices.join(', ')}`] : exampleHints(node);
  return [...hints.map((hint) => `${indent}# (${hint})`), `${indent}# ${key}: ${inline(node.default)}`];
}

function exampleHints(node: SettingNode): string[] {
  const examples = (node.examples ?? []).map(inline);
  return examples.length === 0 ? [] : [`for example ${examples.join(' or ')}`];
}

/** A list of groups, as an example with one whole entry. Keys the entry can do without stay comments inside it. */
function list(key: string, item: SettingNode): string[] {
  const entry = Object.entries(item.properties ?? {}).flatMap(([name, child], i) => {
    const value = inline(child.examples?.[0] ?? child.default ?? child.enum?.at(-1));
    const hidden = child.default === null && child['x-in-example'] !== true ? '# ' : '';
    return [
      ...comment(child.description ?? '', '#     '),
      `#   ${i === 0 ? '-' : ' '} ${hidden}${name}: ${value}`,
    ];
  });
  return [`# ${key}:`, ...entry];
}

/** A value on one line, as YAML. */
function inline(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  return document.toString({ collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trimEnd();
}

/** Words as comment lines of at most the usual width. */
function comment(words: string, indent: string): string[] {
  const lines: string[] = [];
  let line = `${indent}#`;
  for (const word of words.split(' ')) {
    if (line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${indent}#`;
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** What editors check against: the schema, with sections that may be empty because everything in them is commented out. */
function editorSchema(): SettingNode {
  const properties = Object.fromEntries(
    Object.entries(settingsTree.properties ?? {}).map(([key, node]) => [
      key,
      node.properties === undefined ? node : { ...node, type: ['object', 'null'] },
    ]),
  );
  return { ...settingsTree, title: 'Chiffon', properties } as SettingNode;
}

function main(): void {
  const root = path.join(import.meta.dirname, '..');
  const check = process.argv.includes('--check');
  for (const { file, text } of generatedConfigFiles()) {
    const target = path.join(root, file);
    if (!check) writeFileSync(target, text);
    else if (readFileSync(target, 'utf8') !== text) {
      process.stderr.write(`${file} is out of date. Write it anew with: npm run config\n`);
      process.exitCode = 1;
    }
  }
}

if (import.meta.main) main();
