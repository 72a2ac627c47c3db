import { stepsFile } from '#chat/cards/steps-file.ts';
import type { Outgoing } from '#chat/surface-port.ts';
import { type Block, gap, html, plainText, text } from './blocks.ts';
import { type Detail, levels } from './card-detail.ts';
import { answer, decisions, delta, effects, facts, foot, head, lastLine, warnings } from './card-slots.ts';
import { isWhole, progress, proposedSteps, rehearsal } from './card-steps.ts';
import { ways } from './card-ways.ts';
import { fitsIntoEvent, type MessageText } from './event-size.ts';
import { recordAnswer } from './record-answer.ts';

type OutgoingCard = Extract<Outgoing, { kind: 'card' }>;

/** A card as Matrix shows it. */
export interface DrawnCard extends MessageText {
  /** What the card is too small for: posted before it, so that nobody decides without. */
  readonly file: { readonly name: string; readonly content: string } | null;
}

/**
 * Draws a card within what an event may weigh, with its copies in an edit counted. A command that will run is shown
 * whole or stands, to the letter, in the file that goes with the card; the card then says so. Pure.
 */
export function drawCard(message: OutgoingCard, zone: string): DrawnCard {
  for (const detail of levels) {
    const drawn = drawAt(message, zone, detail);
    if (fitsIntoEvent(drawn)) return drawn;
  }
  // Every slot is limited by itself, so the least detail always fits; a card that doesn't is a mistake in this file.
  throw new Error(`the card of request ${message.card.request} does not fit into a Matrix event`);
}

function drawAt(message: OutgoingCard, zone: string, detail: Detail): DrawnCard {
  const { card } = message;
  const file = card.state === 'needs_you' && !isWhole(card, detail) ? stepsFile(card) : null;
  const slots: Block[][] = [
    head(card, detail),
    card.answer == null
      ? answer(card, detail)
      : recordAnswer(card.answer, { site: message.site ?? null, zone, asOf: card.asOf }, detail),
    warnings(card, detail),
    effects(card, detail),
    card.state === 'needs_you' ? proposedSteps(card, detail) : progress(card, detail),
    lastLine(message, detail),
    rehearsal(card, zone, detail),
    facts(card, detail),
    delta(card, detail),
    decisions(card, zone, detail),
    file === null
      ? []
      : [
          text(
            'Not everything fits on this card. Every step, to the letter, is in the file ',
            { code: file.name },
            ' above.',
          ),
        ],
    ways(card, detail),
    foot(message, zone),
  ];
  const blocks = slots.filter((slot) => slot.length > 0).flatMap((slot) => [...slot, gap]);
  return { body: plainText(blocks), html: html(blocks), file };
}
