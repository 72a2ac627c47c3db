import type { Outgoing } from '#chat/surface-port.ts';
import type { Card, CardAction, CardStep } from '#core/card.ts';
import { stateSigns } from '#core/state-words.ts';
import { inertText } from '#platform/untrusted-text.ts';
import { type Block, gap, html, type Piece, plainText, type StepLine, text } from './blocks.ts';
import { oneLine, shorten } from './columns.ts';
import { fitsIntoEvent, type MessageText } from './event-size.ts';
import { stepsFile } from './steps-file.ts';
import { duration, zonedTime } from './zoned-time.ts';

type OutgoingCard = Extract<Outgoing, { kind: 'card' }>;

/** A card as Matrix shows it. */
export interface DrawnCard extends MessageText {
  /** What the card is too small for: posted before it, so that nobody decides without. */
  readonly file: { readonly name: string; readonly content: string } | null;
}

/** How much of a card is shown. What is cut first is what the console shows better: the diff, then steps, then effects. */
interface Detail {
  readonly diffLines: number;
  /** Whether the steps of a proposal show their commands. */
  readonly commands: boolean;
  readonly steps: number;
  readonly effects: number;
  /** Lines of an answer. */
  readonly lines: number;
  /** How many characters each kind of text people and hosts wrote gets. */
  readonly most: Limits;
}

interface Limits {
  readonly title: number;
  readonly words: number;
  readonly line: number;
  readonly message: number;
  readonly comment: number;
  readonly fact: number;
  /** How many warnings, differences and decisions. */
  readonly entries: number;
}

const usual: Limits = {
  title: 200,
  words: 200,
  line: 200,
  message: 1_500,
  comment: 300,
  fact: 300,
  entries: 20,
};
const little: Limits = {
  title: 120,
  words: 80,
  line: 80,
  message: 500,
  comment: 100,
  fact: 150,
  entries: 5,
};
const least: Limits = { title: 60, words: 40, line: 40, message: 200, comment: 40, fact: 60, entries: 3 };

const levels: readonly Detail[] = [
  { diffLines: 12, commands: true, steps: 40, effects: 30, lines: 120, most: usual },
  { diffLines: 6, commands: true, steps: 40, effects: 30, lines: 60, most: usual },
  { diffLines: 0, commands: true, steps: 40, effects: 30, lines: 40, most: usual },
  { diffLines: 0, commands: false, steps: 40, effects: 20, lines: 20, most: usual },
  { diffLines: 0, commands: false, steps: 10, effects: 10, lines: 10, most: little },
  { diffLines: 0, commands: false, steps: 5, effects: 5, lines: 5, most: least },
];

const stepsAround = 10;

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
    answer(card, detail),
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

function head(card: Card, { most }: Detail): Block[] {
  const { emoji } = stateSigns[card.state];
  const title = shorten(oneLine(card.title), most.title);
  const words = shorten(oneLine(card.ask.words), most.words);
  const first = text({ strong: `${emoji} ${oneLine(card.stateWord)}` }, ` · ${nameOf(card)}`);
  // While there is no plan, the title is what was asked.
  if (words === title) return [first, { kind: 'quote', who: shorten(oneLine(card.ask.person), 40), words }];
  return [
    first,
    text({ strong: title }),
    { kind: 'quote', who: shorten(oneLine(card.ask.person), 40), words },
  ];
}

/** "P-142 rev 2", or "R-143" while there is no plan. */
export function nameOf(card: Pick<Card, 'plan' | 'request' | 'revision'>): string {
  const revision = card.revision === null || card.revision < 2 ? '' : ` rev ${card.revision}`;
  return card.plan === null ? `R-${card.request}` : `P-${card.plan}${revision}`;
}

/** A first line in words; further lines are usually something a host printed in columns, and stand as they are. */
function answer({ message }: Card, { lines: mostLines, most }: Detail): Block[] {
  if (message === null || message.trim() === '') return [];
  const [first = '', ...rest] = message.trim().split('\n');
  const words = text(shorten(oneLine(first), most.message));
  if (rest.length === 0) return [words];
  const shown = rest.slice(0, mostLines).map((line) => shorten(line, most.line));
  while (shown[0]?.trim() === '') shown.shift();
  return [words, output(shown.join('\n'), '  '), ...cut(rest.length - mostLines, 'line')];
}

function warnings({ warnings: all = [] }: Card, { most }: Detail): Block[] {
  if (all.length === 0) return [];
  const items = all.slice(0, most.entries).map((line) => shorten(oneLine(line), most.fact));
  return [
    text({ strong: 'Read this before you approve' }),
    { kind: 'list', items },
    ...cut(all.length - most.entries, 'warning'),
  ];
}

function effects(card: Card, { effects: mostEffects, most }: Detail): Block[] {
  if (card.state !== 'needs_you' || card.effects.length === 0) return [];
  const items = card.effects.slice(0, mostEffects).map((effect) => {
    const values =
      effect.before === undefined || effect.after === undefined ? '' : `, ${effect.before} → ${effect.after}`;
    return shorten(
      oneLine(`${effect.host}: ${effect.kind} ${effect.what} ${effect.change}${values}`),
      most.line,
    );
  });
  return [
    { kind: 'list', items },
    ...cut(card.effects.length - mostEffects, 'change'),
    text({ strong: 'Nothing else is touched.' }),
  ];
}

function proposedSteps(card: Card, { commands, steps: mostSteps, most }: Detail): Block[] {
  if (card.steps.length === 0) return [];
  const rehearsed = card.steps.filter((step) => step.rehearsed).length;
  const shown = commands ? card.steps : card.steps.slice(0, mostSteps);
  const items = shown.map(
    (step): StepLine => ({
      mark: String(step.position),
      words: shorten(oneLine(step.summary), most.line),
      after: step.rehearsed ? ' ✓' : ' –',
      command: commands ? step.exact : null,
    }),
  );
  return [
    text({ strong: `Steps ${card.steps.length} · rehearsed ${rehearsed} of ${card.steps.length}` }),
    { kind: 'steps', items },
    ...cut(card.steps.length - shown.length, 'step'),
  ];
}

function progress(card: Card, { most }: Detail): Block[] {
  if (card.steps.length === 0) return [];
  // The step that is at work, or the first that went wrong, or the last.
  const at = card.steps.findIndex((step) => step.state !== 'done' && step.state !== 'answer');
  const centre = at < 0 ? card.steps.length - 1 : at;
  const from = Math.max(0, Math.min(centre - stepsAround / 2, card.steps.length - stepsAround));
  const shown = card.steps.slice(from, from + stepsAround);
  const items = shown.map(
    (step): StepLine => ({
      mark: `${stateSigns[step.state].symbol} ${step.position}`,
      words: shorten(oneLine(`${step.summary}${step.result === null ? '' : `: ${step.result}`}`), most.line),
      after: timing(step, card.asOf),
      command: null,
    }),
  );
  return [
    ...(from === 0 ? [] : [text(`… ${count(from, 'step')} before`)]),
    { kind: 'steps', items },
    ...cut(card.steps.length - from - shown.length, 'step'),
  ];
}

function timing(step: CardStep, asOf: string): string {
  if (step.startedAt === null) return '';
  const start = Date.parse(step.startedAt);
  if (step.endedAt !== null) return `, ${duration(Math.max(0, Date.parse(step.endedAt) - start))}`;
  if (step.state !== 'running') return '';
  const usual = step.usualMs == null ? '' : ` (usually ${duration(step.usualMs)})`;
  return `, ${duration(Math.max(0, Date.parse(asOf) - start))}${usual}`;
}

function lastLine({ lastLine: line }: OutgoingCard, { most }: Detail): Block[] {
  const words = oneLine(line ?? '');
  return words === '' ? [] : [output(shorten(words, most.line), '> ')];
}

function rehearsal(card: Card, zone: string, { diffLines, most }: Detail): Block[] {
  if (card.state !== 'needs_you' || card.rehearsal === null) return [];
  const lines = diffOf(card);
  const added = lines.filter((line) => line.startsWith('+') && !line.startsWith('+++')).length;
  const removed = lines.filter((line) => line.startsWith('-') && !line.startsWith('---')).length;
  const at = zonedTime(card.rehearsal.at, card.asOf, zone, true);
  const notes = [
    ...card.rehearsal.facts.map((fact) => `${fact.label}: ${fact.value}`),
    ...card.rehearsal.notes,
  ]
    .slice(0, Math.min(12, diffLines + 6))
    .map((line) => shorten(oneLine(line), most.line));
  const shown = lines.slice(0, diffLines).map((line) => shorten(line, most.line));
  return [
    text({ strong: lines.length === 0 ? 'Rehearsed' : `Rehearsal +${added} −${removed}` }, ` · ${at}`),
    ...(notes.length === 0 ? [] : [{ kind: 'list', items: notes } as const]),
    ...(shown.length === 0 ? [] : [output(shown.join('\n'), '', 'diff')]),
    ...cut(lines.length - shown.length, 'line', ' of changes'),
  ];
}

function diffOf(card: Card): string[] {
  return card.steps.flatMap((step) => (step.diff === null ? [] : step.diff.trimEnd().split('\n')));
}

/** Whether a proposal shows everything that will run and be written, to the letter. */
function isWhole(card: Card, detail: Detail): boolean {
  const lines = diffOf(card);
  return (
    detail.commands &&
    card.steps.every((step) => inertText(step.exact) === step.exact) &&
    card.steps.every((step) => step.content === null || step.diff !== null) &&
    lines.length <= detail.diffLines &&
    lines.every((line) => line.length <= detail.most.line && inertText(line) === line)
  );
}

const riskBars = { read: '▮▯▯', change: '▮▮▯', destructive: '▮▮▮' } as const;

function facts(card: Card, { most }: Detail): Block[] {
  if (card.state !== 'needs_you') {
    return card.link === null ? [] : [text('It opens at ', { link: card.link, address: card.link }, '.')];
  }
  const risk = card.risk ?? 'read';
  const fact = (label: string, value: string): Block =>
    text(`${label}: ${shorten(oneLine(value), most.fact)}`);
  return [
    text(`Risk ${riskBars[risk]} ${risk} · Cost ${shorten(oneLine(card.cost ?? '0'), 80)}`),
    fact('Undo', card.undo ?? 'none'),
    ...(card.verification === null ? [] : [fact('Check', card.verification)]),
  ];
}

function delta(card: Card, { most }: Detail): Block[] {
  if (card.state !== 'needs_you' || card.delta.length === 0) return [];
  const items = card.delta.slice(0, most.entries).map((line) => shorten(oneLine(line), most.line));
  return [
    text({ strong: 'Different from the revision before' }),
    { kind: 'list', items },
    ...cut(card.delta.length - most.entries, 'difference'),
  ];
}

function decisions(card: Card, zone: string, { most }: Detail): Block[] {
  const shown = card.decisions.slice(-Math.min(5, most.entries));
  return [
    ...(card.decisions.length > shown.length
      ? [text(`… ${count(card.decisions.length - shown.length, 'decision')} before`)]
      : []),
    ...shown.map((decision) => {
      const comment =
        decision.comment === null ? '' : `: “${shorten(oneLine(decision.comment), most.comment)}”`;
      return text(
        `${shorten(oneLine(decision.words), most.fact)}${comment}, ${zonedTime(decision.at, card.asOf, zone)}`,
      );
    }),
  ];
}

/** What somebody can do now, and how: every reaction has a typed twin. */
function ways(card: Card, { most }: Detail): Block[] {
  const { actions } = card;
  const of = (kind: CardAction['kind']): CardAction[] =>
    actions.filter((action) => action.kind === kind && action.blocked === null);
  return [
    ...deciding(card),
    ...answering(of('answer'), most),
    ...(of('cancel').length > 0 && card.plan !== null
      ? [text('To stop it, reply ', { code: `stop ${card.plan}` })]
      : []),
    ...settling(card, of('reset')),
    ...suggesting(card, of('ask'), most),
    ...(of('acknowledge').length > 0
      ? [text('To say that you are on it, reply ', { code: `acknowledge ${card.request}` })]
      : []),
    ...of('open').flatMap((action) =>
      action.value === null || action.value === card.link
        ? []
        : [text({ link: oneLine(action.label), address: action.value })],
    ),
  ];
}

function deciding(card: Card): Block[] {
  const { plan, hash } = card;
  if (plan === null) return [];
  const can = (kind: CardAction['kind']): boolean =>
    card.actions.some((action) => action.kind === kind && action.blocked === null);
  if (can('approve')) {
    const reject = text('To reject, reply ', { code: `reject ${plan}` });
    const changes = text('For changes, reply ', { code: `changes ${plan}` }, ' and what should be different');
    if (card.risk === 'destructive') {
      const code = card.confirmCode === null ? [] : [{ code: `approve ${plan} ${card.confirmCode}` }];
      return [text({ strong: 'To approve and delete,' }, ' reply ', ...code), reject, changes];
    }
    const named = hash === null ? '' : ` ${hash.slice(0, 8)}`;
    return [
      text({ strong: 'React ✅ to approve and run, ❌ to reject, 💬 for changes' }),
      text('or reply ', { code: `approve ${plan}${named}` }),
    ];
  }
  // A parked plan: changes without words have it rehearsed anew.
  return [
    ...(can('changes') ? [text('To have it rehearsed anew, reply ', { code: `changes ${plan}` })] : []),
    ...(can('reject') ? [text('To reject it, reply ', { code: `reject ${plan}` })] : []),
  ];
}

function answering(answers: readonly CardAction[], most: Limits): Block[] {
  if (answers.length === 0) return [];
  const items = answers.slice(0, 25).map(
    (action, index): StepLine => ({
      mark: String(index + 1),
      words: shorten(oneLine(action.label), most.line),
      after: '',
      command: null,
    }),
  );
  const numbers: Piece[] = items
    .slice(0, 3)
    .flatMap((item, index) => [index === 0 ? '' : ', ', { code: item.mark }]);
  return [
    { kind: 'steps', items },
    ...cut(answers.length - items.length, 'choice'),
    text('Reply ', ...numbers, items.length > 3 ? ', …' : '', ' or an answer in your own words'),
  ];
}

function settling(card: Card, verdicts: readonly CardAction[]): Block[] {
  if (card.plan === null || verdicts.length === 0) return [];
  return verdicts.map((action) =>
    text(`${oneLine(action.label)}: reply `, { code: `settle ${card.plan} ${action.value ?? ''}`.trim() }),
  );
}

function suggesting(card: Card, suggestions: readonly CardAction[], most: Limits): Block[] {
  return suggestions.map((action, index) =>
    text(`${shorten(oneLine(action.label), most.line)}: reply `, {
      code: `suggestion ${card.request} ${index + 1}`,
    }),
  );
}

function foot({ card, page }: OutgoingCard, zone: string): Block[] {
  const parts = [
    ...(card.hash === null ? [] : [`${card.hash.slice(0, 4)}…${card.hash.slice(-4)}`]),
    card.answerBy === null
      ? `as of ${zonedTime(card.asOf, card.asOf, zone, true)}`
      : `until ${zonedTime(card.answerBy, card.asOf, zone)}`,
  ];
  return [text(parts.join(' · ')), ...(page === null ? [] : [text({ link: 'Details', address: page })])];
}

function output(lines: string, indent: string, language: 'diff' | null = null): Block {
  return { kind: 'output', text: lines, language, indent };
}

/** A cut says so: "… 31 more lines". */
function cut(left: number, what: string, after = ''): Block[] {
  return left > 0 ? [text(`… ${count(left, `more ${what}`)}${after}`)] : [];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
