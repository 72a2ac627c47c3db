import { parseAllDocuments } from 'yaml';

/** What a YAML text says, or that it cannot be read with certainty. */
export type ReadYaml =
  | { readonly ok: true; readonly documents: readonly unknown[] }
  | { readonly ok: false; readonly why: string };

/**
 * Reads YAML the way the programs do that will act on it. What two of them would read differently (a key given twice)
 * and what is made to fill the memory (aliases of aliases) is not read at all.
 *
 * @param tags what stands for values with a tag of their own, such as `!vault`; without it such values keep their text
 */
export function readYaml(text: string, tags: readonly Tag[] = []): ReadYaml {
  const documents = parseAllDocuments(text, {
    merge: true,
    uniqueKeys: true,
    customTags: tags.map(({ tag, stands }) => ({ tag, resolve: (value: string) => stands(value) })),
  });
  if (!Array.isArray(documents)) return { ok: true, documents: [] };
  const mistake = documents.flatMap((document) => document.errors)[0];
  if (mistake) return { ok: false, why: mistake.message.split('\n')[0] ?? 'it is not YAML' };
  try {
    return { ok: true, documents: documents.map((document) => document.toJS({ maxAliasCount: 100 })) };
  } catch (error) {
    if (error instanceof ReferenceError) return { ok: false, why: 'it refers to itself again and again' };
    throw error;
  }
}

/** A tag and what stands for a value that carries it. */
export interface Tag {
  readonly tag: string;
  readonly stands: (value: string) => unknown;
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list as it is, nothing as an empty one, and anything else as a list of one. */
export function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

/** A text or number as text; anything else as nothing. */
export function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** What YAML 1.1 and Ansible take for a yes. */
export function isYes(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^(y|yes|true|on|1)$/i.test(value));
}

/** What YAML 1.1 and Ansible take for a no. */
export function isNo(value: unknown): boolean {
  return value === false || value === 0 || (typeof value === 'string' && /^(n|no|false|off|0)$/i.test(value));
}

/** Every text in a value, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item));
  return isFields(value) ? Object.values(value).flatMap((item) => textsIn(item)) : [];
}
