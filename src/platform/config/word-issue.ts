import type { z } from 'zod';
import { listed } from '#core/listed.ts';
import { labelOf } from './label.ts';
import type { Mistake } from './mistake.ts';
import { nearestKey } from './nearest-key.ts';
import { leaves, nodeAt, type Path, type SettingNode } from './settings-tree.ts';
import { isGroup, type Source, valueAt } from './source.ts';

/** What the schema finds wrong, as sentences for the person who wrote the file. */
export function wordIssue(issue: z.core.$ZodIssue, source: Source): Mistake[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], source));

  const node = nodeAt(path);
  const value = valueAt(source.raw, path);
  if (node === null)
    throw new Error(`the schema complains about ${path.join('.')}, which it doesn't describe`);
  if (value === undefined) return [missingKey(path, node, source)];
  const variable = source.setBy(path);
  return [
    {
      ...source.placeOf(path),
      problem: `${variable ?? labelOf(path, source)} is ${shown(value, path)}; it must be ${expected(node)}.`,
      remedy: remedyFor(node, value, variable),
    },
  ];
}

function remedyFor(node: SettingNode, value: unknown, variable: string | null): string {
  const bare = typeof value === 'number' || typeof value === 'boolean';
  if (bare && node.type === 'string' && node.enum === undefined)
    return `Put it in quotes, so that it counts as text: "${value}".`;
  const example = exampleOf(node);
  if (example === null) return 'Write it as the sample, config/chiffon.yaml, shows it.';
  return `${variable === null ? 'Write' : 'Set it to'} for example ${example}${defaultOf(node, variable)}.`;
}

function missingKey(path: Path, node: SettingNode, source: Source): Mistake {
  const key = String(path.at(-1));
  const owner = path.slice(0, -1);
  return {
    ...source.placeOf(owner),
    problem: `${labelOf(owner, source)} has no ${key}.`,
    remedy: `Add "${key}: ${exampleOf(node) ?? '…'}". It is ${expected(node)}.`,
  };
}

function unknownKey(path: Path, source: Source): Mistake {
  const key = String(path.at(-1));
  const parent = nodeAt(path.slice(0, -1));
  const known = Object.keys(parent?.properties ?? {});
  return {
    ...source.placeOf(path),
    problem: `There is no key ${labelOf(path, source)}.`,
    remedy: unknownKeyRemedy(key, known),
  };
}

function unknownKeyRemedy(key: string, known: readonly string[]): string {
  const near = nearestKey(key, known);
  if (near !== null) return `Did you mean "${near}"?`;
  if (looksSecret(key)) {
    const fileKey = known.find((name) => looksSecret(name) && name.endsWith('File')) ?? 'console.tokenFile';
    return `Secrets don't stand in this file: put it into a file of its own (mode 0600) and name that with "${fileKey}".`;
  }
  const longer = known.find((name) => name.startsWith(key));
  if (longer !== undefined) return `Did you mean "${longer}"?`;
  const elsewhere = leaves().find((leaf) => leaf.key.split('.').at(-1) === key);
  if (elsewhere === undefined) return `Remove it. The keys here are ${listed(known, 'and')}.`;
  return `"${key}" belongs under ${elsewhere.key.split('.').slice(0, -1).join('.')}: move it there.`;
}

/** What a key may hold, as words that follow "it must be". */
function expected(node: SettingNode): string {
  if (node.title !== undefined) return node.title;
  if (node.enum !== undefined) return listed(node.enum.map(String), 'or');
  switch (node.type) {
    case 'integer':
      return `a whole number from ${node.minimum} to ${node.maximum}`;
    case 'number':
      return `a number above ${node.exclusiveMinimum} and up to ${node.maximum}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return 'a group of keys, indented under it';
    default:
      if (node.format === 'uri') return 'an address that starts with http:// or https://';
      return node.maxLength === undefined ? 'a text' : `a text of 1 to ${node.maxLength} characters`;
  }
}

/** Something right to write for a key, as YAML on one line; null for what takes more than a line. */
function exampleOf(node: SettingNode): string | null {
  const candidates = [
    node.examples?.[0],
    node.default,
    node.enum?.[0],
    node.items?.examples?.[0],
    node.items?.enum?.[0],
  ];
  return onOneLine(candidates.find((candidate) => candidate !== undefined && candidate !== null));
}

/** "or leave it out": what happens without the key, where it has a default. */
function defaultOf(node: SettingNode, variable: string | null): string {
  if (node.default === undefined) return '';
  const standard = onOneLine(node.default);
  const leaveOut = variable === null ? ', or leave the key out' : ', or leave it out';
  return standard === null ? leaveOut : `${leaveOut} for the default, ${standard}`;
}

function onOneLine(value: unknown): string | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  return Array.isArray(value) && !value.some(isGroup) ? `[${value.join(', ')}]` : null;
}

/** A value in a sentence. What might be a secret isn't repeated: these sentences reach terminals and logs. */
function shown(value: unknown, path: Path): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isGroup(value)) return 'a group of keys';
  if (typeof value !== 'string') return String(value);
  if (value === '') return 'empty';
  const key = String(path.findLast((part) => typeof part === 'string') ?? '');
  if (looksSecret(key) || /:\/\/[^/]*@/.test(value)) return 'a text that is not repeated here';
  return `"${value.length > 60 ? `${value.slice(0, 59)}…` : value}"`;
}

/** Whether a key's name says that it holds, or should name, a secret. */
function looksSecret(key: string): boolean {
  return /token|secret|pass|url$|key$|urlfile$|credential/i.test(key) && key !== 'publicUrl';
}
