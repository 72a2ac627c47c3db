import type { Card } from '#core/card.ts';

/** What a person decides about the card in front of them. */
export type Decision =
  | { readonly kind: 'approve'; readonly code: string | null }
  | { readonly kind: 'reject' | 'changes'; readonly comment: string }
  | { readonly kind: 'stop' }
  | { readonly kind: 'reconcile'; readonly verdict: string }
  /** Begins like a yes and goes on: nobody's "yes, but" is taken for a yes. */
  | { readonly kind: 'unclear'; readonly words: string };

/** The decision in somebody's words; null when they are none about this card. */
export function readDecision(said: string, card: Card): Decision | null {
  const offered = (kind: Card['actions'][number]['kind']) =>
    card.actions.some((action) => action.kind === kind);
  if (offered('cancel') && /^stop$/iu.test(said)) return { kind: 'stop' };
  const verdict = card.actions.find(
    ({ kind, label }) => kind === 'reset' && label.toLowerCase() === said.toLowerCase(),
  );
  if (verdict !== undefined) return { kind: 'reconcile', verdict: verdict.value ?? '' };
  if (!offered('approve') && !offered('reject')) return null;

  if (card.confirmCode !== null && said.toUpperCase() === card.confirmCode.toUpperCase())
    return { kind: 'approve', code: said };
  const [, verb = '', rest = ''] = /^(\S+?)[,.!:]*(?:\s+(.*))?$/su.exec(said) ?? [];
  switch (verb.toLowerCase()) {
    case 'approve':
    case 'yes':
      if (rest === '') return { kind: 'approve', code: null };
      if (card.confirmCode !== null && /^\S+$/u.test(rest) && rest.length === card.confirmCode.length)
        return { kind: 'approve', code: rest };
      return {
        kind: 'unclear',
        words: `Only “${approval(card)}” by itself approves, so nothing was decided. Say “changes” and what should be different, or “${approval(card)}”.`,
      };
    case 'reject':
    case 'no':
      return { kind: 'reject', comment: rest };
    case 'changes':
      return { kind: 'changes', comment: rest };
    default:
      return null;
  }
}

/** What can be typed about a card, as a line under it; null when nothing can be decided. */
export function decisionHint(card: Card): string | null {
  const open = card.actions.filter(({ blocked }) => blocked === null);
  const words = open.flatMap(({ kind, label }) => {
    if (kind === 'approve') return [approval(card)];
    if (kind === 'changes') return ['changes <what>'];
    if (kind === 'reject') return ['reject'];
    if (kind === 'cancel') return ['stop'];
    return kind === 'reset' ? [label.toLowerCase()] : [];
  });
  const blocked =
    card.actions.find(({ kind, blocked: why }) => kind === 'approve' && why !== null)?.blocked ?? null;
  const lines = [
    ...(blocked === null ? [] : [blocked]),
    ...(words.length === 0 ? [] : [`→ ${words.join(' · ')}`]),
  ];
  return lines.length === 0 ? null : lines.join('\n');
}

/** What approves a card, to the letter. */
function approval({ confirmCode }: Card): string {
  return confirmCode === null ? 'approve' : `approve ${confirmCode}`;
}
