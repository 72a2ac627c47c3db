import type { Call } from './call.ts';
import type { Finding } from './verdict.ts';

/** Every rule shows what it is for and what it leaves alone; `checkRules` tries all of them. */
interface Examples {
  /** Stable; the part before the dot says what kind of rule it is. */
  readonly name: string;
  /** Commands that this rule decides. */
  readonly match: readonly string[];
  /** Commands that look similar and that it must leave alone. */
  readonly notMatch: readonly string[];
}

/** Something nobody may approve. */
export interface FloorRule extends Examples {
  /** Program names, or `*` for every program. */
  readonly programs: readonly string[];
  /** A whole sentence. */
  readonly reason: string;
  /** Absent: the program alone is enough. */
  readonly when?: (call: Call) => boolean;
}

/** What an operand is, which decides what is checked before a read-only program may run by itself. */
export type OperandKind =
  /** A file whose content is shown. */
  | 'content'
  /** A file of which only the name, size or times are shown. */
  | 'names'
  /** A file that is read, but whose content is not what is shown. */
  | 'used'
  /** Not a file. */
  | 'data'
  /** First what to look for, then files whose content is shown. */
  | 'pattern';

/** Invocations that only look. Anything a rule does not describe is not read-only. */
export interface ReadRule extends Examples {
  readonly programs: readonly string[];
  /** Completes "This only …": "lists files". */
  readonly looks: string;
  /** First operands that only look, e.g. `rollout status`. Absent: any operands. */
  readonly verbs?: readonly string[];
  /** Flags whose value is the next word. */
  readonly valueFlags?: readonly string[];
  /**
   * How many leading operands decide what the call does; `verbs` sets it by itself. Before the last of them only
   * `valueFlags`, `before` and `--flag=value` may stand: a flag nobody listed may swallow the word after it, and then
   * the verb that is read is not the verb that runs.
   */
  readonly depth?: number;
  readonly before?: readonly string[];
  /** The only flags allowed; absent: all but `never`. */
  readonly only?: readonly string[];
  /** Flags that change something or run something. */
  readonly never?: readonly string[];
  readonly operands?: OperandKind;
  /** How many operands there may be. */
  readonly most?: number;
  readonly least?: number;
  /** What a table cannot say. */
  readonly when?: (call: Call) => boolean;
}

/** Known changes: a person decides, with a better sentence than "unknown program". */
export interface ChangeRule extends Examples {
  readonly programs: readonly string[];
  readonly reason: string;
  readonly when?: (call: Call) => boolean;
  /**
   * What the arguments are: `data` is never looked into, `paths` are checked as files that may be written, `copy` as
   * sources that are read and a last one that is written, `shown` as files whose content may be shown.
   */
  readonly args: 'data' | 'paths' | 'copy' | 'shown';
}

/** A program whose job is to start another one. */
export interface WrapperRule extends Examples {
  readonly programs: readonly string[];
  /** Finds what it would start. */
  readonly unwrap: (call: Call) => Unwrapped;
  /** Whether a read-only command behind it, with this call's own flags, is still read-only. Absent: a person decides. */
  readonly transparent?: (call: Call) => boolean;
}

/** What a wrapper starts. */
export interface Unwrapped {
  readonly words?: readonly (readonly string[])[];
  readonly texts?: readonly string[];
}

/** Judges what is inside a call: another call, or a line of shell. */
export interface Nested {
  readonly words: (words: readonly string[]) => Finding[];
  /** `positional` is `$0`, `$1` … where they are known. */
  readonly text: (text: string, positional?: readonly string[]) => Finding[];
}
