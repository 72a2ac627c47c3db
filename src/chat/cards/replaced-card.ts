import type { Card } from '#core/card.ts';
import { stateSigns } from '#core/state-words.ts';
import type { RevisionRow } from '#flow/ledger-port.ts';

/** The card of a revision that no longer counts: it says so and what to look at, and offers nothing. */
export function replacedCard(current: Card, shown: RevisionRow): Card {
  const asks = current.state === 'question';
  const word = `${stateSigns.replaced.word} by ${asks ? 'a question' : `revision ${current.revision}`}`;
  return {
    ...current,
    revision: shown.revision,
    hash: shown.hash,
    state: 'replaced',
    stateWord: word,
    title: shown.content.title,
    message: asks
      ? 'The question below has to be answered first.'
      : current.delta.length === 0
        ? 'The newer card below is the one that counts.'
        : `The newer card below is the one that counts. It differs in: ${current.delta.join('; ')}`,
    risk: shown.content.risk,
    warnings: [],
    effects: [],
    steps: [],
    rehearsal: null,
    verification: null,
    undo: null,
    cost: null,
    decisions: [],
    delta: [],
    link: null,
    confirmCode: null,
    actions: [],
    answerBy: null,
  };
}
