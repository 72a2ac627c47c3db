import type { Override } from './overrides.ts';
import type { SettingsFile } from './settings-file.ts';
import type { Path } from './settings-tree.ts';

/** The settings as they were given, before anything is known about their worth, and where each came from. */
export interface Source {
  readonly raw: unknown;
  /** The file and line of a path, or the variable or option that set it. */
  readonly placeOf: (path: Path) => { readonly file: string; readonly line: number | null };
  /** The variable or option that set the key, null when the file did. */
  readonly setBy: (path: Path) => string | null;
}

/** Lays variables and options over the file. */
export function createSource(file: SettingsFile, overrides: readonly Override[]): Source {
  const raw = withoutNulls(file.values) ?? {};
  const setters = new Map<string, string>();
  for (const { key, value, by } of overrides) {
    if (!put(raw, key.split('.'), value)) continue;
    setters.set(key, by);
  }
  const setBy = (path: Path): string | null => {
    const parts = path.map(String);
    for (let length = parts.length; length > 0; length -= 1) {
      const by = setters.get(parts.slice(0, length).join('.'));
      if (by !== undefined) return by;
    }
    return null;
  };
  return {
    raw,
    setBy,
    placeOf: (path) => {
      const by = setBy(path);
      if (by !== null) return { file: by, line: null };
      return { file: file.shownAs, line: file.path === null ? null : file.lineOf(path) };
    },
  };
}

/** A key without a value ("hosts:" with everything under it commented out) counts as not there. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isGroup(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutNulls(member)]),
  );
}

function put(raw: unknown, path: readonly string[], value: unknown): boolean {
  let group = raw;
  for (const part of path.slice(0, -1)) {
    if (!isGroup(group)) return false;
    group[part] ??= {};
    group = group[part];
  }
  const last = path.at(-1);
  if (!isGroup(group) || last === undefined) return false;
  group[last] = value;
  return true;
}

/** Whether a value is keys and values. */
export function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entries of a list of groups, with their places; entries of another shape are left to the schema. */
export function entriesOf(
  raw: unknown,
  key: string,
): { readonly at: number; readonly entry: Record<string, unknown> }[] {
  const list = isGroup(raw) ? raw[key] : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, at) => (isGroup(entry) ? [{ at, entry }] : []));
}

/** The value at a path, undefined where there is none. */
export function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const part of path) {
    if (Array.isArray(value)) value = value[Number(part)];
    else if (isGroup(value) && Object.hasOwn(value, String(part))) value = value[String(part)];
    else return undefined;
  }
  return value;
}

/** The value if it is text, as a list of one or none. */
export function texts(value: unknown): string[] {
  return typeof value === 'string' ? [value] : [];
}
