import {
  type APIComponentInContainer,
  type APIContainerComponent,
  ComponentType,
  SeparatorSpacingSize,
} from 'discord.js';
import { stepsFile } from '#chat/cards/steps-file.ts';
import type { Outgoing } from '#chat/surface-port.ts';
import type { Card } from '#core/card.ts';
import { type StateFamily, stateSigns } from '#core/state-words.ts';
import { cardSlots, type Slot, type SlotName } from './card-slots.ts';
import { actionRows } from './draw-actions.ts';

type OutgoingCard = Extract<Outgoing, { kind: 'card' }>;

/** A card as Discord takes it: the tree of components, and a file with what will run when the card can't show all of it. */
export interface DrawnCard {
  readonly container: APIContainerComponent;
  readonly steps: { readonly name: string; readonly content: string } | null;
}

/** Discord refuses more than 4,000 characters of text in one message; what remains is room for its own way to count. */
const mostCharacters = 3_650;

/** What is cut first. The state, the title, the facts and the actions never are. */
const cutOrder: readonly SlotName[] = ['rehearsal', 'steps', 'effects', 'delta', 'decisions', 'message'];

/** One value that stands out on light and dark clients alike. */
const accents: Readonly<Record<StateFamily, number>> = {
  ok: 0x2fa866,
  wait: 0xb9770e,
  run: 0x4a8df0,
  bad: 0xe0524a,
  rule: 0x9b6fdc,
  idle: 0x7f8a96,
};

/**
 * Draws a card as components v2, the slots in the order of every surface. Commands that will run are shown whole or not
 * at all: when they don't fit, the card says so and a file carries every step to the letter. Pure.
 */
export function drawCard(message: OutgoingCard): DrawnCard {
  const { card, page } = message;
  const inFull = fit(cardSlots(message, 'commands'));
  const slots = inFull.some((slot) => slot.name === 'steps' && slot.wasCut)
    ? fit(cardSlots(message, 'titles'))
    : inFull;
  const steps = proposes(card) && !slots.every(showsAll) ? stepsFile(card) : null;
  const shown = slots.filter((slot) => slot.text !== '' && (slot.name !== 'file' || steps !== null));
  const foot = shown.filter((slot) => slot.name === 'foot');
  const components: APIComponentInContainer[] = [
    ...shown.filter((slot) => slot.name !== 'foot').flatMap(componentsOf),
    ...(steps === null
      ? []
      : [{ type: ComponentType.File as const, file: { url: `attachment://${steps.name}` } }]),
    ...actionRows(card, page),
    ...foot.flatMap(componentsOf),
  ];
  return {
    container: {
      type: ComponentType.Container,
      accent_color: accents[stateSigns[card.state].family],
      components,
    },
    steps,
  };
}

/** Whether something would run after a yes: then everything that would has to be shown. */
function proposes(card: Card): boolean {
  return card.state === 'needs_you' && card.steps.length > 0;
}

interface FittedSlot extends Slot {
  readonly wasCut: boolean;
}

function fit(slots: readonly Slot[]): FittedSlot[] {
  const fitted = slots.map((slot): FittedSlot => ({ ...slot, wasCut: false }));
  for (const name of cutOrder) {
    const tooMany = fitted.reduce((sum, slot) => sum + slot.text.length, 0) - mostCharacters;
    if (tooMany <= 0) break;
    const at = fitted.findIndex((slot) => slot.name === name && slot.text !== '');
    const slot = fitted[at];
    if (slot === undefined) continue;
    fitted[at] = { ...slot, text: slot.cut(Math.max(0, slot.text.length - tooMany)), wasCut: true };
  }
  return fitted;
}

/** What somebody has to have read before a yes. */
const decisive: readonly SlotName[] = ['steps', 'rehearsal', 'effects'];

function showsAll(slot: FittedSlot): boolean {
  return slot.whole && !(slot.wasCut && decisive.includes(slot.name));
}

function componentsOf(slot: Slot): APIComponentInContainer[] {
  const text = { type: ComponentType.TextDisplay as const, content: slot.text };
  return slot.name === 'steps'
    ? [{ type: ComponentType.Separator, divider: true, spacing: SeparatorSpacingSize.Small }, text]
    : [text];
}
