/** What policy says about one command line. */
export interface CommandVerdict {
  readonly verdict: 'allow' | 'approval' | 'deny';
  readonly rule: string;
  readonly reason: string;
}

/** Judges a command line; handed in, so that this room needs no rules of its own. */
export type CommandJudge = (command: string) => CommandVerdict;
