import { inertText } from '#platform/untrusted-text.ts';

/** Exit codes of every command. */
export const exit = { done: 0, failed: 1, usage: 2, refused: 3 } as const;

/** Where a command writes: answers to stdout, everything else to stderr. */
export interface Terminal {
  /** Whether stdout is for programs: then it holds JSON only. */
  readonly json: boolean;
  /** Words of the answer for a person. What hosts and other people wrote can't act on the terminal. */
  line(text: string): void;
  /** An answer for a program, as JSON on one line. */
  answer(value: unknown): void;
  /** A remark for the person, never part of the answer. */
  remark(text: string): void;
}

export function createTerminal(json: boolean): Terminal {
  return {
    json,
    line: (text) => void process.stdout.write(`${inertText(text)}\n`),
    answer: (value) => void process.stdout.write(`${JSON.stringify(value)}\n`),
    remark: (text) => void process.stderr.write(`${inertText(text)}\n`),
  };
}
