import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Mistake } from './mistake.ts';
import type { Path } from './settings-tree.ts';

/** The file that is read when none is named, if it is there. */
const usualConfigFile = path.join('config', 'chiffon.yaml');

/** A configuration file as it was read: its values and where each stands. */
export interface SettingsFile {
  /** Absolute; null when no file was read. */
  readonly path: string | null;
  /** The file's name in sentences. */
  readonly shownAs: string;
  readonly values: unknown;
  /** The line of the deepest part of a path that stands in the file, from 1. */
  readonly lineOf: (path: Path) => number;
  readonly mistakes: readonly Mistake[];
}

/** Reads the named file, or the usual one when it is there. What can't be read is a mistake, not an exception. */
export function readSettingsFile(
  named: string | undefined,
  cwd: string,
  absolute: (file: string) => string,
): SettingsFile {
  const file = absolute(named ?? usualConfigFile);
  if (named === undefined && !existsSync(file)) return nothing(null, usualConfigFile, []);
  const shownAs = shownPath(file, cwd);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { problem, remedy } = unreadable(shownAs, error);
    return nothing(file, shownAs, [{ file: shownAs, line: null, problem, remedy }]);
  }
  return parse(file, shownAs, bytes);
}

function parse(file: string, shownAs: string, bytes: Buffer): SettingsFile {
  const mistake = (line: number | null, problem: string, remedy: string): Mistake => ({
    file: shownAs,
    line,
    problem,
    remedy,
  });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return nothing(file, shownAs, [mistake(null, 'The file is not UTF-8 text.', 'Save it as UTF-8.')]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const broken = [...document.errors, ...document.warnings].map((error) =>
    mistake(
      lines.linePos(error.pos[0]).line,
      `The file is not readable as YAML here: ${sentence(error.message)}`,
      yamlRemedies[error.code] ?? 'Compare the indentation and the quotes with the lines around it.',
    ),
  );
  if (broken.length > 0) return nothing(file, shownAs, broken);

  let values: unknown;
  try {
    values = document.toJS();
  } catch (error) {
    // The library refuses documents whose aliases unfold to more than anybody writes by hand.
    if (!(error instanceof ReferenceError)) throw error;
    return nothing(file, shownAs, [
      mistake(
        null,
        `The file is not readable as YAML: ${sentence(error.message)}`,
        'Write the values out instead of using aliases.',
      ),
    ]);
  }
  if (values !== null && !isMap(document.contents)) {
    return nothing(file, shownAs, [
      mistake(
        1,
        'The file holds something else than keys and values.',
        'Start from the sample, config/chiffon.yaml.',
      ),
    ]);
  }
  const lineOf = (target: Path): number => {
    let node: unknown = document.contents;
    let line = 1;
    for (const part of target) {
      if (isAlias(node)) node = node.resolve(document);
      if (isSeq(node)) {
        node = node.items[Number(part)];
      } else if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
        if (isScalar(pair?.key) && pair.key.range) line = lines.linePos(pair.key.range[0]).line;
        node = pair?.value;
        continue;
      } else {
        break;
      }
      const start = (node as { range?: readonly number[] } | undefined)?.range?.[0];
      if (start !== undefined) line = lines.linePos(start).line;
    }
    return line;
  };
  return { path: file, shownAs, values, lineOf, mistakes: [] };
}

const yamlRemedies: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'Keep one of the two.',
  TAB_AS_INDENT: 'Indent with spaces instead of tabs.',
  MULTIPLE_DOCS: 'Keep one document: remove the line with the three hyphens.',
};

function nothing(file: string | null, shownAs: string, mistakes: readonly Mistake[]): SettingsFile {
  return { path: file, shownAs, values: {}, lineOf: () => 1, mistakes };
}

/** Relative inside the folder Chiffon was started in, absolute elsewhere. */
function shownPath(file: string, cwd: string): string {
  const relative = path.relative(cwd, file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
}

/**
 * Why a file could not be read, in words.
 *
 * @throws the error itself when it is not about the file.
 */
export function unreadable(
  shownAs: string,
  error: unknown,
): { readonly problem: string; readonly remedy: string } {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { problem: `There is no file ${shownAs}.`, remedy: 'Check the path, or create the file.' };
    case 'EISDIR':
      return { problem: `${shownAs} is a folder, not a file.`, remedy: 'Name the file in it.' };
    case 'EACCES':
    case 'EPERM':
      return {
        problem: `The user Chiffon runs as may not read ${shownAs}.`,
        remedy: 'Give that user the file, for example with chown, and keep its mode at 0600.',
      };
    default:
      throw error;
  }
}

function sentence(message: string): string {
  const text = message.trim().replace(/\s+/g, ' ');
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
