import { buildCard } from '#chat/cards/build-card.ts';
import { replacedCard } from '#chat/cards/replaced-card.ts';
import type { RequestStory } from '#chat/cards/request-story.ts';
import type { Outgoing } from '#chat/surface-port.ts';
import { canonicalJson, sha256Hex } from '#core/canonical.ts';
import type { CardState } from '#core/card.ts';
import type { Person } from '#core/person.ts';
import type { PostRow } from '#flow/conversation-record.ts';
import type { House } from '#flow/house.ts';

type OutgoingCard = Extract<Outgoing, { kind: 'card' }>;

/** A card in a room is drawn for everybody: nothing is hidden or blocked for one person, the use is what is checked. */
const everybody: Person = { id: 'everybody', name: 'everybody', role: 'owner' };

/** States in which a card changes no more, unless a person does something that writes to the ledger first. */
const restingStates: readonly CardState[] = [
  'done',
  'answer',
  'rejected',
  'replaced',
  'stopped',
  'refused',
  'failed',
];

/** A card post as it should look now. */
export function drawCard(
  post: PostRow,
  story: RequestStory,
  around: {
    readonly house: House;
    readonly now: Date;
    readonly lastLine: string | null;
    readonly page: string | null;
  },
): OutgoingCard {
  const { house, now, page } = around;
  const reader = { person: everybody, house };
  const current = buildCard(story, reader, now);
  const shown = story.revisions.find((revision) => post.hash !== null && revision.hash === post.hash);
  const replaced =
    shown !== undefined && (shown.revision !== current.revision || current.state === 'question');
  const card = replaced ? replacedCard(current, shown) : current;
  return {
    kind: 'card',
    card,
    lastLine: card.state === 'running' ? around.lastLine : null,
    page,
    site: house.pageAt(''),
    mentions: [],
    loud: post.loud && wantsSomebody(card.state),
  };
}

/** Whether a card in this state calls somebody when it is posted; a proposal decided meanwhile doesn't. */
export function wantsSomebody(state: CardState): boolean {
  return state === 'needs_you' || state === 'question';
}

/** Whether a card in this state can be left as it is. */
export function atRest({ card }: OutgoingCard): boolean {
  return restingStates.includes(card.state) && card.actions.every((action) => action.kind !== 'acknowledge');
}

/** Tells two drawings apart; the moment of drawing doesn't count. */
export function fingerprint(message: OutgoingCard): string {
  const { card, lastLine, page, site = null } = message;
  return sha256Hex(canonicalJson({ card: { ...card, asOf: '' }, lastLine, page, site }));
}
