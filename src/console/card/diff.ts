/** One line of a unified diff. */
export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'same' | 'place';
  readonly text: string;
}

export interface Diff {
  readonly lines: readonly DiffLine[];
  readonly added: number;
  readonly removed: number;
}

/** Reads a unified diff. File headers are left out (the step names the file); hunk headers stay as places. */
export function readDiff(unified: string): Diff {
  const lines: DiffLine[] = [];
  let inHunk = !/^@@ /m.test(unified);
  for (const raw of unified.replace(/\r?\n$/, '').split(/\r?\n/)) {
    if (raw.startsWith('@@')) {
      inHunk = true;
      lines.push({ kind: 'place', text: raw });
      continue;
    }
    if (!inHunk || raw.startsWith('\\')) continue;
    if (raw.startsWith('diff ') || /^(---|\+\+\+) /.test(raw)) {
      // Without hunk headers there is no telling a header from content; a following file's header ends the hunk.
      if (raw.startsWith('diff ')) inHunk = false;
      if (lines.length === 0 || raw.startsWith('diff ')) continue;
    }
    lines.push(lineOf(raw));
  }
  return {
    lines,
    added: lines.filter((line) => line.kind === 'added').length,
    removed: lines.filter((line) => line.kind === 'removed').length,
  };
}

/** The lines worth showing: what comes before the first place is nowhere else, so its own place says nothing. */
export function shownLines(diff: Diff): readonly DiffLine[] {
  return diff.lines.filter((line, index) => line.kind !== 'place' || index > 0);
}

/** Twelve lines of change is what people read on a card. */
const cardLines = 12;

/** How many lines of each change a card shows: the first ones fill the room there is, the others show their count. */
export function sharedRoom(diffs: readonly (Diff | null)[]): number[] {
  let left = cardLines;
  return diffs.map((diff) => {
    const room = diff === null ? 0 : Math.min(left, shownLines(diff).length);
    left -= room;
    return room;
  });
}

function lineOf(raw: string): DiffLine {
  if (raw.startsWith('+')) return { kind: 'added', text: raw.slice(1) };
  if (raw.startsWith('-')) return { kind: 'removed', text: raw.slice(1) };
  return { kind: 'same', text: raw.startsWith(' ') ? raw.slice(1) : raw };
}
