import type { CompoundCommand, CompoundList, ParsedScript, Redirected } from 'unbash';
import type { Scope } from '../reading/scope.ts';
import { deny, type Finding } from '../verdict.ts';

/** A finding and where in the outermost text it stands (UTF-16 offset). */
export interface Located extends Finding {
  readonly at: number;
}

/** One walk over a text and everything inside it. */
export interface Walk {
  readonly found: Located[];
  readonly seen: Set<string>;
  /** Offset of the outermost command being looked at; kept while the walk is inside another text. */
  at: number;
  /** What may still be looked at, shared by all texts inside: commands, and commands inside commands. */
  readonly budget: { commands: number; nested: number };
  /** How many loops the walk is inside of. */
  loops: number;
  /** A construct was met that evaluates the text of a value once more. */
  evaluates: boolean;
  /** A literal was met that would run a command if it were evaluated once more. */
  hidden: boolean;
  /** How to go on where a word or a command leads back to a whole script or a function. */
  readonly into: WayIn;
}

/** The parts of the walk that words and commands lead back to. */
export interface WayIn {
  readonly script: (script: ParsedScript, scope: Scope, walk: Walk) => void;
  readonly body: (body: CompoundCommand | Redirected | CompoundList, scope: Scope, walk: Walk) => void;
}

/** How many texts inside texts are followed. */
export const deepest = 8;
const mostCommands = 20_000;
const mostNested = 500;
export const tooMuch = deny(
  'opaque-code',
  'It hides commands inside commands beyond what anybody can follow.',
);

/** The start of a walk. One over a text inside another shares the other's `budget`. */
export function newWalk(
  at: number,
  into: WayIn,
  budget: Walk['budget'] = { commands: mostCommands, nested: mostNested },
): Walk {
  return { found: [], seen: new Set(), at, budget, loops: 0, evaluates: false, hidden: false, into };
}

/** Keeps the first finding of each rule. */
export function report(walk: Walk, ...findings: readonly Finding[]): void {
  for (const finding of findings) {
    const key = `${finding.verdict} ${finding.rule}`;
    if (walk.seen.has(key)) continue;
    walk.seen.add(key);
    walk.found.push({ ...finding, at: walk.at });
  }
}
