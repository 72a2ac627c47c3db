import { effectWords } from '#chat/cards/effect-words.ts';
import { readOnlyWords, stepPlace, stepTiming, stepWords } from '#chat/cards/step-words.ts';
import type { Card, CardStep } from '#core/card.ts';
import { stateSigns } from '#core/state-words.ts';
import { inertText } from '#platform/untrusted-text.ts';
import { type Block, type StepLine, text } from './blocks.ts';
import type { Detail } from './card-detail.ts';
import { count, cut, output } from './card-parts.ts';
import { oneLine, shorten } from './columns.ts';
import { zonedTime } from './zoned-time.ts';

const stepsAround = 10;

export function proposedSteps(card: Card, { commands, steps: mostSteps, most }: Detail): Block[] {
  if (card.steps.length === 0) return [];
  const rehearsed = card.steps.filter((step) => step.rehearsed).length;
  const shown = commands ? card.steps : card.steps.slice(0, mostSteps);
  const items = shown.map(
    (step): StepLine => ({
      mark: String(step.position),
      words: shorten(oneLine(step.summary), most.line) + stepPlace(card, step),
      // Where none could be rehearsed, the line above says so for all of them.
      after: rehearsed === 0 ? '' : step.rehearsed ? ' ✓' : ' –',
      command: commands ? step.exact : null,
    }),
  );
  return [
    text({ strong: `Steps ${card.steps.length} · rehearsed ${rehearsed} of ${card.steps.length}` }),
    { kind: 'steps', items },
    ...cut(card.steps.length - shown.length, 'step'),
  ];
}

export function progress(card: Card, { most }: Detail): Block[] {
  if (card.steps.length === 0) return [];
  const read = readOnlyWords(card);
  if (read !== null) return [text(read)];
  // The step that is at work, or the first that went wrong, or the last.
  const at = card.steps.findIndex((step) => step.state !== 'done' && step.state !== 'answer');
  const centre = at < 0 ? card.steps.length - 1 : at;
  const from = Math.max(0, Math.min(centre - stepsAround / 2, card.steps.length - stepsAround));
  const shown = card.steps.slice(from, from + stepsAround);
  const items = shown.map(
    (step): StepLine => ({
      mark: `${signOf(step)} ${step.position}`,
      words: shorten(oneLine(isTold(card, step) ? step.summary : stepWords(step)), most.line),
      after: afterwards(step, card.asOf),
      command: null,
    }),
  );
  return [
    ...(from === 0 ? [] : [text(`… ${count(from, 'step')} before`)]),
    { kind: 'steps', items },
    ...cut(card.steps.length - from - shown.length, 'step'),
  ];
}

/** Whether the card's own sentence says already what came of the step, so that nobody reads it twice. */
function isTold({ message }: Card, { result }: CardStep): boolean {
  if (message === null || result === null || result.trim() === '') return false;
  return message.toLowerCase().includes(result.trim().toLowerCase().replace(/\.$/, ''));
}

/** The usual ▶ is a coloured button in most Matrix clients, taller than its line; ► is a letter everywhere. */
function signOf({ state }: CardStep): string {
  const { symbol } = stateSigns[state];
  return symbol === '▶' ? '►' : symbol;
}

function afterwards(step: CardStep, asOf: string): string {
  const timing = stepTiming(step, asOf);
  return timing === '' ? '' : `, ${timing}`;
}

export function rehearsal(card: Card, zone: string, detail: Detail): Block[] {
  const { diffLines, most } = detail;
  if (card.state !== 'needs_you' || card.rehearsal === null) return [];
  const lines = diffOf(card);
  const added = lines.filter((line) => line.startsWith('+') && !line.startsWith('+++')).length;
  const removed = lines.filter((line) => line.startsWith('-') && !line.startsWith('---')).length;
  const at = zonedTime(card.rehearsal.at, card.asOf, zone, true);
  const notes = notesOf(card)
    .slice(0, mostNotes(detail))
    .map((line) => shorten(oneLine(line), most.line));
  const looked = card.steps.some((step) => step.rehearsed) ? 'Rehearsed' : 'Looked at the host';
  const shown = lines.slice(0, diffLines).map((line) => shorten(line, most.line));
  return [
    text({ strong: lines.length === 0 ? looked : `Rehearsal +${added} −${removed}` }, ` · ${at}`),
    ...(notes.length === 0 ? [] : [{ kind: 'list', items: notes } as const]),
    ...(shown.length === 0 ? [] : [output(shown.join('\n'), '', 'diff')]),
    ...cut(lines.length - shown.length, 'line', ' of changes'),
  ];
}

/** What was seen on the host and what the planner adds. */
function notesOf({ rehearsal: seen }: Card): string[] {
  return [...(seen?.facts.map(({ label, value }) => `${label}: ${value}`) ?? []), ...(seen?.notes ?? [])];
}

function mostNotes({ diffLines }: Detail): number {
  return Math.min(12, diffLines + 6);
}

function diffOf(card: Card): string[] {
  return card.steps.flatMap((step) => (step.diff === null ? [] : step.diff.trimEnd().split('\n')));
}

/** Whether a proposal shows everything that will run, be written and come of it, to the letter. */
export function isWhole(card: Card, detail: Detail): boolean {
  const { most } = detail;
  const lines = diffOf(card);
  const warnings = card.warnings ?? [];
  return (
    detail.commands &&
    card.effects.length <= detail.effects &&
    card.effects.every((effect) => effectWords(effect).length <= most.line) &&
    warnings.length <= most.entries &&
    warnings.every((line) => line.length <= most.fact) &&
    [card.undo, card.verification].every((line) => (line?.length ?? 0) <= most.fact) &&
    card.steps.every((step) => step.summary.length <= most.line) &&
    notesOf(card).length <= mostNotes(detail) &&
    notesOf(card).every((line) => line.length <= most.line) &&
    card.steps.every((step) => inertText(step.exact) === step.exact) &&
    card.steps.every((step) => step.content === null || step.diff !== null) &&
    lines.length <= detail.diffLines &&
    lines.every((line) => line.length <= most.line && inertText(line) === line)
  );
}
