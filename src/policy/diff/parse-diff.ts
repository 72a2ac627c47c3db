/** One file of a unified diff, under every name the diff gives it. */
export interface FileChange {
  /** As they are written in the headers, without `a/` and `b/`. */
  readonly paths: readonly string[];
  /** Octal modes such as `100644`, of files that come to be or change theirs. */
  readonly modes: readonly string[];
  readonly binary: boolean;
  readonly removed: boolean;
  readonly hunks: readonly Hunk[];
}

export interface Hunk {
  readonly lines: readonly { readonly kind: 'same' | 'added' | 'removed'; readonly text: string }[];
}

interface Draft {
  paths: Set<string>;
  modes: string[];
  binary: boolean;
  removed: boolean;
  hunks: { lines: Hunk['lines'][number][] }[];
}

/**
 * Reads a unified diff as `git apply` and `patch` do, but more widely: every name any header gives counts, and a line
 * that could be a header or an added line is taken for both. Undefined when a line fits nowhere.
 */
export function parseDiff(text: string): readonly FileChange[] | undefined {
  const files: Draft[] = [];
  let hunk: Draft['hunks'][number] | undefined;
  const file = (): Draft => {
    const last = files.at(-1);
    if (last) return last;
    return open();
  };
  const open = (): Draft => {
    const draft: Draft = { paths: new Set(), modes: [], binary: false, removed: false, hunks: [] };
    files.push(draft);
    hunk = undefined;
    return draft;
  };
  for (const line of text.split(/\r?\n/)) {
    const names = /^diff --git (.+)$/.exec(line);
    if (names) {
      const draft = open();
      for (const name of namesInHeader(names[1] ?? '')) draft.paths.add(name);
      continue;
    }
    if (/^--- \S/.test(line) && (!hunk || !isInside(hunk))) {
      if (!files.at(-1) || (file().hunks.length > 0 && hunk)) open();
      addName(file(), line.slice(4));
      continue;
    }
    if (/^\+\+\+ \S/.test(line) && (!hunk || !isInside(hunk))) {
      addName(file(), line.slice(4));
      hunk = undefined;
      continue;
    }
    if (/^@@ -\d+(,\d+)? \+\d+(,\d+)? @@/.test(line)) {
      hunk = { lines: [] };
      file().hunks.push(hunk);
      continue;
    }
    if (hunk && readLine(hunk, line)) {
      // A removed line `-- x` looks like the header of the next file.
      if (/^(---|\+\+\+) \S/.test(line)) addName(file(), line.slice(4));
      continue;
    }
    if (!readHeader(line, file, () => (hunk = undefined))) return undefined;
  }
  return files.map((draft) => ({ ...draft, paths: [...draft.paths] }));
}

const isInside = (hunk: Draft['hunks'][number]): boolean => hunk.lines.length === 0;

function addName(draft: Draft, written: string): void {
  const name = unquoted(written.split('\t')[0] ?? '');
  if (name === '/dev/null') return;
  draft.paths.add(name.replace(/^[abciow]\//, ''));
}

function readLine(hunk: Draft['hunks'][number], line: string): boolean {
  const kind = ({ '+': 'added', '-': 'removed', ' ': 'same' } as const)[line[0] ?? ''];
  if (kind) hunk.lines.push({ kind, text: line.slice(1) });
  else if (line === '') hunk.lines.push({ kind: 'same', text: '' });
  else return /^\\ /.test(line);
  return true;
}

function readHeader(line: string, file: () => Draft, leave: () => void): boolean {
  const mode = /^(?:old mode|new mode|new file mode|deleted file mode) (\d{6})$/.exec(line);
  const name = /^(?:rename|copy) (?:from|to) (.+)$/.exec(line);
  if (mode?.[1]) {
    if (!/^old|^deleted/.test(line)) file().modes.push(mode[1]);
    if (line.startsWith('deleted')) file().removed = true;
  } else if (name?.[1]) file().paths.add(unquoted(name[1]));
  else if (/^GIT binary patch$|^Binary files .* differ$|^(literal|delta) \d+$/.test(line))
    file().binary = true;
  else if (/^index [0-9a-f]+\.\.[0-9a-f]+( (\d{6}))?$/.test(line)) {
    const kept = / (\d{6})$/.exec(line)?.[1];
    if (kept) file().modes.push(kept);
  } else if (/^(similarity|dissimilarity) index \d+%$|^$/.test(line)) return true;
  else return file().binary;
  leave();
  return true;
}

/** `a/x b/x`; names with blanks are taken in every way they may be meant. */
function namesInHeader(text: string): string[] {
  const quoted = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => unquoted(`"${match[1]}"`));
  const plain = text.includes('"') ? [] : text.split(/ (?=[abciow]\/)/);
  return [...quoted, ...plain].map((name) => name.replace(/^[abciow]\//, ''));
}

/** Takes off the quotes that git puts around names with unusual characters. */
function unquoted(name: string): string {
  if (!/^".*"$/.test(name)) return name;
  const bytes = name.slice(1, -1).replace(/\\([0-7]{3}|.)/g, (_, code: string) => {
    if (/^[0-7]{3}$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    return (
      ({ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' } as Record<string, string>)[code] ??
      code
    );
  });
  return bytes;
}
