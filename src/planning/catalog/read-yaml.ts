import { isMap, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { CatalogMistake } from './catalog.ts';

/** The line, from 1, on which the value at a path stands; the nearest parent's when it is not there. */
export type LineOf = (path: readonly PropertyKey[]) => number;

/** Parses a YAML text and checks it, keeping track of lines. */
export function readYaml<T>(
  file: string,
  text: string,
  schema: z.ZodType<T>,
):
  | { readonly ok: true; readonly value: T; readonly lineOf: LineOf }
  | { readonly ok: false; readonly mistakes: CatalogMistake[] } {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  if (document.errors.length > 0) {
    return {
      ok: false,
      mistakes: document.errors.map((error) => ({
        file,
        line: counter.linePos(error.pos[0]).line,
        problem: `it is not readable as YAML: ${error.message.split('\n')[0]}`,
        remedy: 'put texts with a colon, a bracket or a brace in front in quotes, and check the indentation',
      })),
    };
  }

  const lineOf: LineOf = (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as Node | undefined;
      const start =
        keyStart(document.getIn(path.slice(0, length - 1), true), path[length - 1]) ?? node?.range?.[0];
      if (start !== undefined) return counter.linePos(start).line;
    }
    return 1;
  };
  const checked = schema.safeParse(document.toJS() ?? {});
  if (checked.success) return { ok: true, value: checked.data, lineOf };
  return {
    ok: false,
    mistakes: checked.error.issues.map((issue) => describe(file, issue, lineOf, document.hasIn(issue.path))),
  };
}

function keyStart(parent: unknown, key: PropertyKey | undefined): number | undefined {
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => String(item.key) === String(key));
  return (pair?.key as Node | undefined)?.range?.[0];
}

function describe(file: string, issue: z.core.$ZodIssue, lineOf: LineOf, isThere: boolean): CatalogMistake {
  const field = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${key}"`).join(', ');
    return {
      file,
      line: lineOf([...issue.path, issue.keys[0] as string]),
      problem: `${keys} is not a field here`,
      remedy: 'remove it, or correct its spelling',
    };
  }
  return {
    file,
    line: lineOf(issue.path),
    problem: !isThere ? `"${field}" is missing` : `"${field}" does not fit: ${issue.message}`,
    remedy: !isThere
      ? `add "${field}"`
      : `correct "${field}"; the files beside this one show what it looks like`,
  };
}
