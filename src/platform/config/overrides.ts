import type { Environment } from './environment.ts';
import { familiarVariables, secretVariables } from './settings.ts';
import { leaves, type SettingNode } from './settings-tree.ts';

/** What the command line may say over the file. */
export interface Flags {
  readonly data?: string | undefined;
  readonly port?: string | undefined;
  readonly services?: string | undefined;
}

/** One key set from outside the file. */
export interface Override {
  readonly key: string;
  readonly value: unknown;
  /** The variable or option that set it. */
  readonly by: string;
}

const flagKeys = { data: 'data', port: 'console.port', services: 'services' } as const;

/** What the environment and the command line set, the stronger last. An empty variable counts as not set. */
export function readOverrides(flags: Flags, environment: Environment): Override[] {
  const settable = leaves().filter(({ node }) => node.items?.properties === undefined);
  const fromEnvironment = settable.flatMap(({ key, node }) => {
    const by = variableFor(key);
    const text = environment[by];
    return text === undefined || text === '' ? [] : [{ key, value: readAs(node, text), by }];
  });
  const fromFlags = Object.entries(flagKeys).flatMap(([flag, key]) => {
    const text = flags[flag as keyof Flags];
    const node = settable.find((leaf) => leaf.key === key)?.node;
    return text === undefined || node === undefined
      ? []
      : [{ key, value: readAs(node, text), by: `--${flag}` }];
  });
  return [...fromEnvironment, ...fromFlags];
}

/** `console.publicUrl` is set by `CHIFFON_CONSOLE_PUBLIC_URL`; the files with secrets have well-known names of their own. */
export function variableFor(key: string): string {
  const secret = (secretVariables as Readonly<Record<string, string>>)[key];
  if (secret !== undefined) return `${secret}_FILE`;
  const familiar = familiarVariables[key];
  if (familiar !== undefined) return familiar;
  return `CHIFFON_${key
    .replaceAll('.', '_')
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()}`;
}

/** Text as the type its key has. What doesn't fit stays text, so that the schema can say what is wrong with it. */
function readAs(node: SettingNode, text: string): unknown {
  switch (node.type) {
    case 'integer':
    case 'number':
      return /^\s*-?\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : text;
    case 'boolean':
      return { true: true, false: false }[text] ?? text;
    case 'array':
      return text.split(',').map((item) => item.trim());
    default:
      return text;
  }
}
