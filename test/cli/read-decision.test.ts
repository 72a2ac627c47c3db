import { expect, test } from 'vitest';
import { decisionHint, readDecision } from '#cli/chat/read-decision.ts';
import type { Card } from '#core/card.ts';

type Offer = Pick<Card, 'actions' | 'risk' | 'confirmCode'>;
const action = (
  kind: Card['actions'][number]['kind'],
  label: string = kind,
  value: string | null = null,
) => ({
  kind,
  label,
  tone: 'plain' as const,
  value,
  blocked: null as string | null,
});
const proposed: Offer = {
  actions: [action('approve'), action('changes'), action('reject')],
  risk: 'change',
  confirmCode: null,
};
const destructive: Offer = { ...proposed, risk: 'destructive', confirmCode: 'K7Q2MX' };
const running: Offer = { ...proposed, actions: [action('cancel', 'Stop now')] };
const inReview: Offer = { ...proposed, actions: [action('reset', 'It did finish', 'completed')] };
const over: Offer = { ...proposed, actions: [] };

const read = (said: string, offer: Offer) => readDecision(said, offer as Card);

test.each([
  ['approve', proposed, { kind: 'approve', code: null }],
  ['Yes.', proposed, { kind: 'approve', code: null }],
  ['reject', proposed, { kind: 'reject', comment: '' }],
  ['no, not before the weekend', proposed, { kind: 'reject', comment: 'not before the weekend' }],
  ['changes use port 3002', proposed, { kind: 'changes', comment: 'use port 3002' }],
  ['Changes: use port 3002', proposed, { kind: 'changes', comment: 'use port 3002' }],
  ['approve K7Q2MX', destructive, { kind: 'approve', code: 'K7Q2MX' }],
  ['k7q2mx', destructive, { kind: 'approve', code: 'k7q2mx' }],
  ['approve', destructive, { kind: 'approve', code: null }],
  ['stop', running, { kind: 'stop' }],
  ['it did finish', inReview, { kind: 'reconcile', verdict: 'completed' }],
] as const)('“%s” is a decision', (said, offer, decision) => {
  expect(read(said, offer)).toEqual(decision);
});

test.each(['yes but on port 3002', 'approve if the disk is fine', 'yes, tomorrow', 'approve K7Q2MX now'])(
  '“%s” is no yes',
  (said) => {
    expect(read(said, proposed)).toMatchObject({ kind: 'unclear' });
    expect(read(said, destructive)).toMatchObject({ kind: 'unclear' });
  },
);

test.each([
  ['restart jellyfin', proposed],
  ['yesterday', proposed],
  ['nothing', proposed],
  ['stop jellyfin', running],
  ['approve', running],
  ['approve', over],
  ['K7Q2MX', proposed],
] as const)('“%s” is a message, no decision about this card', (said, offer) => {
  expect(read(said, offer)).toBeNull();
});

test('the line under a card says what can be typed, and why somebody can’t approve', () => {
  const hint = (offer: Offer) => decisionHint(offer as Card);
  expect(hint(proposed)).toBe('→ approve · changes <what> · reject');
  expect(hint(destructive)).toBe('→ approve K7Q2MX · changes <what> · reject');
  expect(hint(running)).toBe('→ stop');
  expect(hint(over)).toBeNull();
  const blocked = { ...proposed, actions: [{ ...action('approve'), blocked: 'Only an owner may.' }] };
  expect(hint(blocked)).toBe('Only an owner may.');
});
