import { z } from 'zod';
import { Settings } from './settings.ts';

/** A key of the configuration as JSON Schema describes it: the part of the standard that is used here. */
export interface SettingNode {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly format?: string;
  /** Whether the sample shows the key in its example although an entry can do without it. */
  readonly 'x-in-example'?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, SettingNode>>;
  readonly required?: readonly string[];
  readonly items?: SettingNode;
  readonly anyOf?: readonly SettingNode[];
}

/** The whole configuration as JSON Schema: what editors, error sentences and the settings page are made from. */
export const settingsTree = z.toJSONSchema(Settings, { io: 'input' }) as SettingNode;

/** A step into the configuration: a key, or a place in a list. */
export type Path = readonly (string | number)[];

/** What may stand at a path; null where nothing may. */
export function nodeAt(path: Path): SettingNode | null {
  let node: SettingNode | undefined = settingsTree;
  for (const part of path) {
    node =
      typeof part === 'number'
        ? node.items
        : Object.hasOwn(node.properties ?? {}, part)
          ? node.properties?.[part]
          : undefined;
    if (node === undefined) return null;
    node = withoutNull(node);
  }
  return node;
}

/** The keys that hold one value or a list, by dotted name, in the order of the schema. Entries of lists are left out. */
export function leaves(
  node: SettingNode = settingsTree,
  prefix = '',
): { readonly key: string; readonly node: SettingNode }[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    return child.properties === undefined ? [{ key, node: withoutNull(child) }] : leaves(child, key);
  });
}

/** "One or the other" with null reads as the other one: a key that may be null may simply be left out. */
function withoutNull(node: SettingNode): SettingNode {
  const other = node.anyOf?.find((choice) => choice.type !== 'null');
  return other === undefined ? node : { ...other, ...node };
}
