/** Lines of context around a change, as diff -u has. */
const context = 3;
/** Beyond this many differing lines the shortest difference is not looked for: everything in between is replaced. */
const mostEdits = 2_000;

interface Edit {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}

/**
 * The difference between two texts in the unified format of POSIX diff -u, which patch(1) applies; empty when they
 * are the same. Shortest edit script after Myers, "An O(ND) Difference Algorithm and Its Variations" (1986).
 */
export function unifiedDiff(before: string, after: string, oldName: string, newName: string): string {
  if (before === after) return '';
  const edits = lineEdits(linesOf(before), linesOf(after));
  return `--- ${oldName}\n+++ ${newName}\n${hunks(edits).join('')}`;
}

/** Lines with their line feed; the last one may lack it. */
function linesOf(text: string): string[] {
  return text === '' ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
}

function lineEdits(before: readonly string[], after: readonly string[]): Edit[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const same = (line: string): Edit => ({ kind: ' ', line });
  return [
    ...before.slice(0, head).map(same),
    ...shortestEdits(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

function shortestEdits(before: readonly string[], after: readonly string[]): Edit[] {
  const replaced = (): Edit[] => [
    ...before.map((line): Edit => ({ kind: '-', line })),
    ...after.map((line): Edit => ({ kind: '+', line })),
  ];
  if (before.length === 0 || after.length === 0) return replaced();
  const most = Math.min(before.length + after.length, mostEdits);
  // furthest[k + most]: how far into `before` the best path on diagonal k (x - y) reaches.
  const furthest = new Int32Array(2 * most + 2);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits++) {
    trace.push(furthest.slice(most - edits, most + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      let x = comesFromAbove(furthest, k, edits, most)
        ? at(furthest, most + k + 1)
        : at(furthest, most + k - 1) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      furthest[most + k] = x;
      if (x >= before.length && x - k >= after.length) return walkBack(before, after, trace);
    }
  }
  return replaced();
}

/** Whether the path on diagonal k goes on from the diagonal above (an insertion) rather than the one below. */
function comesFromAbove(furthest: Int32Array, k: number, edits: number, middle: number): boolean {
  return k === -edits || (k !== edits && at(furthest, middle + k - 1) < at(furthest, middle + k + 1));
}

function walkBack(before: readonly string[], after: readonly string[], trace: readonly Int32Array[]): Edit[] {
  const edits: Edit[] = [];
  let x = before.length;
  let y = after.length;
  for (let step = trace.length - 1; step >= 0; step--) {
    const furthest = trace[step] as Int32Array;
    const k = x - y;
    const above = step > 0 && comesFromAbove(furthest, k, step, step);
    const previousK = above ? k + 1 : k - 1;
    const previousX = step === 0 ? 0 : at(furthest, step + previousK);
    const startX = step === 0 ? 0 : above ? previousX : previousX + 1;
    while (x > startX) {
      x--;
      y--;
      edits.push({ kind: ' ', line: before[x] as string });
    }
    if (step === 0) break;
    if (above) edits.push({ kind: '+', line: after[--y] as string });
    else edits.push({ kind: '-', line: before[--x] as string });
  }
  return edits.reverse();
}

function at(numbers: Int32Array, index: number): number {
  return numbers[index] ?? 0;
}

function hunks(edits: readonly Edit[]): string[] {
  const texts: string[] = [];
  let oldLine = 0;
  let newLine = 0;
  let index = 0;
  while (index < edits.length) {
    if (edits[index]?.kind === ' ') {
      index++;
      oldLine++;
      newLine++;
      continue;
    }
    const lead = Math.min(context, index, oldLine);
    const end = hunkEnd(edits, index);
    const part = edits.slice(index - lead, end);
    const oldCount = part.filter((edit) => edit.kind !== '+').length;
    const newCount = part.filter((edit) => edit.kind !== '-').length;
    texts.push(
      `@@ -${range(oldLine - lead, oldCount)} +${range(newLine - lead, newCount)} @@\n${part.map(printed).join('')}`,
    );
    oldLine += oldCount - lead;
    newLine += newCount - lead;
    index = end;
  }
  return texts;
}

/** Where the hunk of the change at `index` ends: changes with at most two contexts between them share one. */
function hunkEnd(edits: readonly Edit[], index: number): number {
  let end = index;
  for (let next = index; next < edits.length && next - end <= 2 * context; next++) {
    if (edits[next]?.kind !== ' ') end = next + 1;
  }
  return Math.min(edits.length, end + context);
}

/** Line numbers start at 1; an empty range names the line before it. */
function range(start: number, count: number): string {
  const first = count === 0 ? start : start + 1;
  return count === 1 ? String(first) : `${first},${count}`;
}

function printed({ kind, line }: Edit): string {
  return line.endsWith('\n') ? `${kind}${line}` : `${kind}${line}\n\\ No newline at end of file\n`;
}
