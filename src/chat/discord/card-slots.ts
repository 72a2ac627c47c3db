import { effectWords } from '#chat/cards/effect-words.ts';
import { readOnlyWords, stepPlace, stepTiming, stepWords } from '#chat/cards/step-words.ts';
import type { Outgoing } from '#chat/surface-port.ts';
import type { Card, CardStep } from '#core/card.ts';
import type { RecordAnswer } from '#core/record-answer.ts';
import { stateSigns } from '#core/state-words.ts';
import { webAddress } from './draw-actions.ts';
import { drawAnswer } from './draw-answer.ts';
import {
  codeBlock,
  firstLines,
  inertLine,
  inertMarkdown,
  moreLines,
  shorten,
  showsInCodeBlock,
} from './inert-markdown.ts';

export type SlotName =
  | 'head'
  | 'message'
  | 'warnings'
  | 'effects'
  | 'steps'
  | 'lastLine'
  | 'rehearsal'
  | 'facts'
  | 'delta'
  | 'decisions'
  | 'file'
  | 'foot';

/** One part of a card as markdown. */
export interface Slot {
  readonly name: SlotName;
  /** Empty when there is nothing to say. */
  readonly text: string;
  /** Whether everything a person approves and this slot is there to show is shown to the letter. */
  readonly whole: boolean;
  /** The slot within so many characters; says what it leaves out. */
  cut(most: number): string;
}

type OutgoingCard = Extract<Outgoing, { kind: 'card' }>;

/** Characters an answer may take, so that the state and the ways on stand beside it. */
const mostAnswer = 3_000;
const mostTitle = 200;
const mostWords = 120;
const mostLine = 200;
const mostComment = 300;
const mostFact = 300;
const mostDiffLines = 12;
/** Characters all notes of a rehearsal together may take. */
const mostNotes = 880;
/** Characters all warnings together may take. */
const mostWarnings = 1_500;
const mostStepLines = 10;

/** All slots of a card in the order of every surface. `steps` says whether a proposal's steps show their commands. */
export function cardSlots(message: OutgoingCard, steps: 'commands' | 'titles'): Slot[] {
  const { card, lastLine, page, site = null } = message;
  const proposed = card.state === 'needs_you';
  return [
    headSlot(card),
    card.answer == null ? messageSlot(card) : answerSlot(card.answer, site),
    warningsSlot(card, proposed),
    effectsSlot(card, proposed),
    proposed ? proposedSteps(card, steps) : progressSteps(card),
    lastLineSlot(lastLine),
    rehearsalSlot(card, proposed),
    factsSlot(card, proposed),
    deltaSlot(card, proposed),
    decisionsSlot(card),
    fixed('file', 'Not everything fits on this card. Every step, to the letter, is in this file:'),
    footSlot(card, page),
  ];
}

function headSlot(card: Card): Slot {
  const { emoji } = stateSigns[card.state];
  const title = inertLine(shorten(card.title, mostTitle));
  const asked = card.ask.words === card.title ? '' : `: “${inertLine(shorten(card.ask.words, mostWords))}”`;
  const line = [
    `**${inertLine(card.stateWord)}**`,
    nameOf(card),
    `${inertLine(shorten(card.ask.person, 60))}, ${moment(card.ask.at, 't')}${asked}`,
  ];
  return fixed('head', `### ${emoji} ${title}\n-# ${line.join(' · ')}`);
}

/** "P-142 rev 2", or "R-143" while there is no plan. */
export function nameOf(card: Card): string {
  const revision = card.revision === null || card.revision < 2 ? '' : ` rev ${card.revision}`;
  return card.plan === null ? `R-${card.request}` : `P-${card.plan}${revision}`;
}

/** An answer about the record. */
function answerSlot(answer: RecordAnswer, site: string | null): Slot {
  const draw = (most: number): string => drawAnswer(answer, site, most);
  return { name: 'message', text: draw(mostAnswer), whole: true, cut: draw };
}

/** A first line in words; further lines are usually something a host printed in columns, and stand as they are. */
function messageSlot(card: Card): Slot {
  if (card.message === null) return fixed('message', '');
  const [first = '', ...rest] = card.message.trim().split('\n');
  if (rest.length < 2) {
    const text = inertMarkdown(card.message.trim());
    return {
      name: 'message',
      text,
      whole: true,
      cut: (most) => firstLines(text.split('\n'), most).join('\n'),
    };
  }
  const draw = (lines: readonly string[]): string =>
    `${inertLine(first)}\n${codeBlock(lines.join('\n').trim())}`;
  return {
    name: 'message',
    text: draw(rest),
    whole: true,
    cut: (most) => draw(firstLines(rest, Math.max(20, most - inertLine(first).length - 10))),
  };
}

/** What must be read before a yes. Never cut to make room for anything else. */
function warningsSlot(card: Card, proposed: boolean): Slot {
  const warnings = proposed ? (card.warnings ?? []) : [];
  if (warnings.length === 0) return fixed('warnings', '');
  const most = Math.min(mostFact, Math.floor(mostWarnings / warnings.length));
  const lines = warnings.map((line) => `- ${inertLine(shorten(line, most))}`);
  return {
    ...fixed('warnings', ['**Read this before you approve**', ...lines].join('\n')),
    whole: warnings.every((line) => line.length <= most),
  };
}

function effectsSlot(card: Card, proposed: boolean): Slot {
  if (!proposed || card.effects.length === 0) return fixed('effects', '');
  const all = card.effects.map(effectWords);
  const lines = all.map((line) => `- ${inertLine(shorten(line, mostLine))}`);
  const close = 'Nothing else is touched.';
  return {
    name: 'effects',
    text: [...lines, close].join('\n'),
    whole: all.every((line) => line.length <= mostLine),
    cut: (most) => [...firstLines(lines, most - close.length - 1), close].join('\n'),
  };
}

function proposedSteps(card: Card, how: 'commands' | 'titles'): Slot {
  const count = `**Steps ${card.steps.length} · rehearsed ${card.steps.filter((step) => step.rehearsed).length} of ${card.steps.length}**`;
  const title = (step: CardStep): string =>
    `${step.position}\\. ${inertLine(shorten(step.summary, mostLine) + stepPlace(card, step))} ${step.rehearsed ? '✓' : '–'}`;
  const shortened = card.steps.some((step) => step.summary.length > mostLine);
  if (how === 'commands' && card.steps.every((step) => showsInCodeBlock(step.exact))) {
    const lines = card.steps.map((step) => `${title(step)}\n${codeBlock(step.exact)}`);
    const text = [count, ...lines].join('\n');
    return { name: 'steps', text, whole: !shortened, cut: () => '' };
  }
  const lines = card.steps.map(title);
  const close = 'The commands themselves stand in the file below.';
  return {
    name: 'steps',
    text: [count, ...lines, close].join('\n'),
    whole: false,
    cut: (most) => [count, ...firstLines(lines, most - close.length - count.length - 2), close].join('\n'),
  };
}

function progressSteps(card: Card): Slot {
  const read = readOnlyWords(card);
  if (read !== null) return fixed('steps', inertLine(read));
  const lines = card.steps.map((step) => {
    const words = inertLine(shorten(stepWords(step), mostLine));
    const timing = stepTiming(step, card.asOf);
    return `${stateSigns[step.state].symbol} ${step.position} ${words}${timing === '' ? '' : `, ${timing}`}`;
  });
  // The step that is at work, or the first that went wrong, or the last.
  const at = card.steps.findIndex((step) => step.state !== 'done' && step.state !== 'answer');
  const shown = around(lines, at < 0 ? lines.length - 1 : at, mostStepLines);
  return {
    name: 'steps',
    text: shown.join('\n'),
    whole: true,
    cut: (most) => firstLines(around(lines, Math.max(0, at), 5), most).join('\n'),
  };
}

/** At most so many lines around one of them, and how many more there are before and after. */
function around(lines: readonly string[], at: number, most: number): string[] {
  if (lines.length <= most) return [...lines];
  const from = Math.min(Math.max(0, at - Math.floor(most / 2)), lines.length - most);
  const after = lines.length - from - most;
  return [
    ...(from === 0 ? [] : [`${moreLines(from).replace('lines', 'steps').replace('line', 'step')} before`]),
    ...lines.slice(from, from + most),
    ...(after === 0 ? [] : [moreLines(after).replace('lines', 'steps').replace('line', 'step')]),
  ];
}

function lastLineSlot(lastLine: string | null): Slot {
  const line = lastLine?.trim() ?? '';
  return fixed('lastLine', line === '' ? '' : codeBlock(shorten(line.replaceAll('\n', ' '), mostLine)));
}

function rehearsalSlot(card: Card, proposed: boolean): Slot {
  if (!proposed || card.rehearsal === null) return { ...fixed('rehearsal', ''), whole: noFiles(card) };
  const notes = [
    ...card.rehearsal.facts.map((fact) => `${fact.label}: ${fact.value}`),
    ...card.rehearsal.notes,
  ].map((line) => inertLine(shorten(line, mostLine)));
  const diffs = card.steps.flatMap((step) => (step.diff === null ? [] : step.diff.trimEnd().split('\n')));
  const added = diffs.filter((line) => line.startsWith('+') && !line.startsWith('+++')).length;
  const removed = diffs.filter((line) => line.startsWith('-') && !line.startsWith('---')).length;
  const head =
    diffs.length === 0
      ? `**Rehearsed** ${moment(card.rehearsal.at, 'T')}`
      : `**Rehearsal +${added} −${removed}** · ${moment(card.rehearsal.at, 'T')}`;
  const told =
    [...card.rehearsal.facts.map((fact) => `${fact.label}: ${fact.value}`), ...card.rehearsal.notes].every(
      (line) => line.length <= mostLine,
    ) && notes.join('\n').length <= mostNotes;
  const draw = (mostNotes: number, mostLines: number): string => {
    const shown = diffs.slice(0, mostLines).map((line) => shorten(line, mostLine));
    const left = diffs.length - shown.length;
    return [
      head,
      ...firstLines(notes, mostNotes),
      ...(shown.length === 0 ? [] : [codeBlock(shown.join('\n'), 'diff')]),
      ...(left === 0 ? [] : [`${moreLines(left)} of changes`]),
    ].join('\n');
  };
  return {
    name: 'rehearsal',
    text: draw(mostNotes, mostDiffLines),
    whole:
      told &&
      diffs.length <= mostDiffLines &&
      diffs.every((line) => line.length <= mostLine && showsInCodeBlock(line)) &&
      card.steps.every((step) => step.content === null || step.diff !== null),
    cut: (most) => {
      for (const lines of [9, 6, 3, 0]) {
        const text = draw(mostNotes, lines);
        if (text.length <= most) return text;
      }
      return draw(Math.max(0, most - head.length - 30), 0);
    },
  };
}

function noFiles(card: Card): boolean {
  return card.steps.every((step) => step.content === null && step.diff === null);
}

function factsSlot(card: Card, proposed: boolean): Slot {
  if (!proposed) {
    return fixed(
      'facts',
      card.link !== null && !webAddress(card.link) ? `Opens at ${plainAddress(card.link)}` : '',
    );
  }
  const risk = card.risk ?? 'read';
  const lines = [
    `Risk ${riskBars[risk]} ${risk} · Cost ${inertLine(card.cost ?? '0')}`,
    `Undo: ${inertLine(shorten(card.undo ?? 'none', mostFact))}`,
    ...(card.verification === null ? [] : [`Check: ${inertLine(shorten(card.verification, mostFact))}`]),
    ...(card.confirmCode === null ? [] : [`To approve, type the code **${inertLine(card.confirmCode)}**.`]),
  ];
  return {
    ...fixed('facts', lines.join('\n')),
    whole: [card.undo, card.verification].every((line) => (line?.length ?? 0) <= mostFact),
  };
}

const riskBars = { read: '▮▯▯', change: '▮▮▯', destructive: '▮▮▮' } as const;

function deltaSlot(card: Card, proposed: boolean): Slot {
  if (!proposed || card.delta.length === 0) return fixed('delta', '');
  const head = '**Different from the revision before**';
  const lines = card.delta.map((line) => `- ${inertLine(shorten(line, mostLine))}`);
  return {
    name: 'delta',
    text: [head, ...firstLines(lines, 800)].join('\n'),
    whole: true,
    cut: (most) => [head, ...firstLines(lines, most - head.length - 1)].join('\n'),
  };
}

function decisionsSlot(card: Card): Slot {
  const lines = card.decisions.map((decision) => {
    const comment = decision.comment === null ? '' : `: “${shorten(decision.comment, mostComment)}”`;
    return `${inertLine(`${decision.words}${comment}`)}, ${moment(decision.at, 't')}`;
  });
  return {
    name: 'decisions',
    text: lines.join('\n'),
    whole: true,
    cut: (most) => firstLines(lines, most).join('\n'),
  };
}

function footSlot(card: Card, page: string | null): Slot {
  const parts: string[] = [];
  if (card.hash !== null) parts.push(`${card.hash.slice(0, 4)}…${card.hash.slice(-4)}`);
  if (card.answerBy !== null) parts.push(`until ${moment(card.answerBy, 'f')}`);
  if (card.state === 'needs_you' && card.plan !== null) {
    const code = card.confirmCode === null ? '' : ` ${card.confirmCode}`;
    parts.push(`or write: approve ${card.plan} ${card.hash?.slice(0, 8) ?? ''}${code}`.trim());
  } else {
    parts.push(`as of ${moment(card.asOf, 'T')}`);
  }
  if (page !== null && !webAddress(page)) parts.push(plainAddress(page));
  return fixed('foot', `-# ${parts.join(' · ')}`);
}

/** A moment that every reader sees in a clock and zone of their own. */
function moment(iso: string, style: 't' | 'T' | 'f' | 'R'): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? inertLine(iso) : `<t:${Math.floor(at / 1000)}:${style}>`;
}

/** Chiffon's own address as something to press, without a preview. */
function plainAddress(address: string): string {
  return /^https?:\/\/[^\s<>]+$/.test(address) ? `<${address}>` : inertLine(address);
}

function fixed(name: SlotName, text: string): Slot {
  return { name, text, whole: true, cut: () => text };
}
