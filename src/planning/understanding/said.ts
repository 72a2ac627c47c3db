import type { Intent } from '#core/intent.ts';
import type { Match } from './match-pattern.ts';
import type { Clause } from './split-clauses.ts';
import type { Missing } from './what-is-missing.ts';

/** A clause that came to something, and what it came to. */
export interface Said {
  readonly clause: Clause;
  readonly match: Match | null;
  parts: (Intent | Ask)[];
}

/** Something to ask before the message can be carried out. */
export interface Ask {
  readonly command: string;
  readonly missing: Missing;
  readonly inputs: Intent['inputs'];
  readonly firm: boolean;
}

export function isAsk(part: Intent | Ask): part is Ask {
  return 'missing' in part;
}
