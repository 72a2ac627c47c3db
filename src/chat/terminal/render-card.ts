import { effectWords } from '#chat/cards/effect-words.ts';
import { readOnlyWords, stepPlace, stepWords } from '#chat/cards/step-words.ts';
import type { Card, CardStep } from '#core/card.ts';
import { stateSigns } from '#core/state-words.ts';
import { type AnswerReader, answerText } from '#flow/answer-text.ts';

/** A card as plain text: the same slots in the same order as on every surface. Commands are never shortened. */
export function renderCard(card: Card, reader?: Pick<AnswerReader, 'zone' | 'address'>): string {
  const name = card.plan === null ? `R-${card.request}` : `P-${card.plan}`;
  const revision = card.revision === null || card.revision < 2 ? '' : ` rev ${card.revision}`;
  const lines = [
    `${stateSigns[card.state].symbol} ${card.stateWord.toUpperCase()}  ${name}${revision}`,
    card.title,
  ];
  if (card.answer != null && reader !== undefined)
    lines.push('', answerText(card.answer, { ...reader, now: new Date(card.asOf) }));
  else if (card.message !== null) lines.push('', card.message);
  const proposed = card.state === 'needs_you';
  if (proposed && card.effects.length > 0) {
    lines.push(
      '',
      'CHANGES',
      ...card.effects.map((effect) => `  ${effectWords(effect)}`),
      '  Nothing else is touched.',
    );
  }
  const read = readOnlyWords(card);
  if (read !== null) lines.push('', read);
  else if (card.steps.length > 0)
    lines.push('', 'STEPS', ...card.steps.flatMap((step) => stepLines(card, step, proposed)));
  const seen = [
    ...(card.rehearsal?.facts.map((fact) => `${fact.label}: ${fact.value}`) ?? []),
    ...(card.rehearsal?.notes ?? []),
  ];
  if (proposed && seen.length > 0) lines.push('', ...seen.map((line) => `  ${line}`));
  if (proposed && card.warnings?.length)
    lines.push('', 'READ THIS BEFORE YOU APPROVE', ...card.warnings.map((line) => `  ${line}`));
  if (proposed) {
    lines.push('', `RISK ${card.risk ?? 'read'}   UNDO ${card.undo ?? 'none'}   COST ${card.cost ?? '0'}`);
    if (card.verification !== null) lines.push(`CHECK ${card.verification}`);
  }
  if (card.delta.length > 0 && proposed)
    lines.push('', 'DIFFERENT FROM THE REVISION BEFORE', ...card.delta.map((line) => `  ${line}`));
  if (card.link !== null) lines.push('', `Open ${card.link}`);
  for (const decision of card.decisions)
    lines.push(`${decision.words}${decision.comment === null ? '' : `: ${decision.comment}`}`);
  if (card.confirmCode !== null) lines.push('', `To approve, type the code ${card.confirmCode}.`);
  return lines.join('\n');
}

function stepLines(card: Card, step: CardStep, proposed: boolean): string[] {
  const mark = proposed ? ' ' : stateSigns[step.state].symbol;
  const head = `  ${mark} ${step.position} ${stepWords(step)}${proposed ? stepPlace(card, step) : ''}`;
  if (!proposed) return [head];
  const rehearsed = step.rehearsed ? `rehearsed: ${step.rehearsalNote ?? 'yes'}` : 'not rehearsed';
  return [
    head,
    `        ${step.exact.replaceAll('\n', '\n        ')}`,
    ...writtenLines(step),
    `        undo: ${step.undo}; ${rehearsed}`,
  ];
}

/** What a file step writes: the difference to the file that is there, or the whole file where there is none yet. */
function writtenLines({ content, diff }: CardStep): string[] {
  const text = diff ?? content;
  return text === null
    ? []
    : text
        .replace(/\n$/u, '')
        .split('\n')
        .map((line) => `        │ ${line}`);
}
