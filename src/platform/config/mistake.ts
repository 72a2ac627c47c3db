/** Something in the configuration that can't stay as it is, or (as a warning) should not. */
export interface Mistake {
  /** Where: the file as the person named it, a variable, or an option of the command line. */
  readonly file: string;
  /** From 1; null when the place has no lines. */
  readonly line: number | null;
  /** What is wrong, as a sentence. Never holds a secret. */
  readonly problem: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
}

/** Mistakes as a person reads them, one after the other, in the order of the file. */
export function formatMistakes(mistakes: readonly Mistake[]): string {
  return mistakes
    .map(
      ({ file, line, problem, remedy }) =>
        `${line === null ? file : `${file}:${line}`}\n  ${problem}\n  ${remedy}`,
    )
    .join('\n');
}
