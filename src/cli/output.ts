/** Exit codes of every command. */
export const exit = { done: 0, failed: 1, usage: 2, refused: 3 } as const;

/** Where a command writes: answers to stdout, everything else to stderr. */
export interface Terminal {
  readonly json: boolean;
  /** One line of the answer. */
  line(text: string): void;
  /** A remark for the person, never part of the answer. */
  remark(text: string): void;
}

export function createTerminal(json: boolean): Terminal {
  return {
    json,
    line: (text) => void process.stdout.write(`${text}\n`),
    remark: (text) => void process.stderr.write(`${text}\n`),
  };
}
