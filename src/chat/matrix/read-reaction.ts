import { type MatrixEvent, relationOf } from './matrix-event.ts';

/** What a reaction on a card asks for. */
export type ReactionMeaning =
  | { readonly kind: 'approve' | 'reject' | 'changes' }
  /** Which of a question's choices, from 0. */
  | { readonly kind: 'choice'; readonly index: number };

/** The reactions Chiffon puts below a card that needs a decision, in the order of its sentence. */
export const seedKeys = ['✅', '❌', '💬'] as const;

/** Clients differ in which emoji their keyboard offers for the same sign; more than these would be guessing. */
const meanings: Readonly<Record<string, ReactionMeaning['kind'] & ('approve' | 'reject' | 'changes')>> = {
  '✅': 'approve',
  '✔': 'approve',
  '❌': 'reject',
  '✖': 'reject',
  '💬': 'changes',
};

/** The event a reaction is on and what it means; null for every other event and every other emoji. Pure. */
export function readReaction(
  event: MatrixEvent,
): { readonly on: string; readonly meaning: ReactionMeaning } | null {
  if (event.type !== 'm.reaction') return null;
  const { rel_type, event_id, key } = relationOf(event);
  if (rel_type !== 'm.annotation' || event_id === undefined || key === undefined) return null;
  const meaning = meaningOf(key);
  return meaning === null ? null : { on: event_id, meaning };
}

function meaningOf(key: string): ReactionMeaning | null {
  const plain = withoutVariations(key);
  const keycap = /^([1-9])\u20e3$/.exec(plain);
  if (keycap !== null) return { kind: 'choice', index: Number(keycap[1]) - 1 };
  const kind = meanings[plain];
  return kind === undefined ? null : { kind };
}

/** The same emoji comes with and without a variation selector (U+FE0E, U+FE0F), by client. */
function withoutVariations(key: string): string {
  return key.replace(/[\ufe0e\ufe0f]/g, '').trim();
}
