/** What policy says about one command line. */
export interface CommandVerdict {
  readonly verdict: 'allow' | 'approval' | 'deny';
  readonly rule: string;
  readonly reason: string;
  /** For an allowed command: the line rebuilt from exactly the words that were judged. This is what runs. */
  readonly normal?: string;
}

/** Judges a command line; handed in, so that this room needs no rules of its own. */
export type CommandJudge = (command: string) => CommandVerdict;
