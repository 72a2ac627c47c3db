/** How much empty space a text may hold before a reader may miss what follows it. */
export interface Room {
  /** Columns of blanks in a row behind the first word of a line. */
  readonly blanks: number;
  /** Columns of blanks in front of a line, and behind it. */
  readonly indent: number;
  /** Empty lines in a row. */
  readonly emptyLines: number;
}

/** Whether so many blanks or empty lines stand in a text that what follows them may be out of sight where it is shown. */
export function isPadded(text: string, { blanks, indent, emptyLines }: Room): boolean {
  let empty = 0;
  for (const line of text.split('\n')) {
    empty = line.trim() === '' ? empty + 1 : 0;
    if (empty > emptyLines) return true;
    if (line.trim() !== '' && columnsOf(/^[ \t]*/.exec(line)?.[0] ?? '') > indent) return true;
    for (const gap of line.trim().matchAll(/[ \t]+/g)) if (columnsOf(gap[0]) > blanks) return true;
    // Blanks behind a line are seen by nobody, and a line feed hides behind them.
    if (columnsOf(/(?<![ \t])[ \t]*$/.exec(line)?.[0] ?? '') > indent) return true;
  }
  return false;
}

/** A tab takes up to eight columns. */
function columnsOf(gap: string): number {
  return gap.length + 7 * (gap.split('\t').length - 1);
}
