import type { Intent } from './intent.ts';

/** One answer somebody may pick. `words` is the complete request it stands for, understood as if it had been typed. */
export interface Choice {
  readonly label: string;
  readonly words: string;
  /** The fact that tells this choice from the others. */
  readonly fact?: string;
}

/** Why words led to no plan. Each has a sentence of its own in the reply. */
export type NoPlanReason =
  | 'negation'
  | 'question'
  | 'hearsay'
  /** Said to somebody else by name. */
  | 'addressed'
  | 'conditional'
  | 'chatter'
  | 'name_only'
  | 'too_vague'
  | 'unreadable'
  | 'not_understood';

/** What a message means, before anything is known about the hosts. */
export type Understanding =
  | { readonly kind: 'intents'; readonly intents: readonly Intent[] }
  | {
      readonly kind: 'question';
      readonly question: string;
      readonly choices: readonly Choice[];
      readonly intents: readonly Intent[];
    }
  | {
      readonly kind: 'refused';
      readonly rule: string;
      readonly reason: string;
      readonly suggestions: readonly string[];
    }
  | {
      readonly kind: 'nothing';
      readonly why: NoPlanReason;
      readonly reply: string;
      readonly suggestions: readonly string[];
    };
