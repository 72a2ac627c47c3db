import type { CardState } from './card.ts';
import type { NewEvent } from './event.ts';
import type { Surface } from './person.ts';
import type { TaskState } from './task.ts';

/** States that share a colour where there are colours. A colour never says anything alone. */
export type StateFamily = 'wait' | 'idle' | 'run' | 'ok' | 'bad' | 'rule';

/** How a state is told on every surface. */
export interface StateSign {
  /** The word people read when there is nothing more precise to say, such as "Waiting for P-141". */
  readonly word: string;
  /** One character, for where there are only characters. */
  readonly symbol: string;
  /** One code point without a variation selector: with one, clients differ in what they draw. */
  readonly emoji: string;
  readonly family: StateFamily;
}

/** The one table of states: every surface takes its words and signs from here. */
export const stateSigns: Readonly<Record<CardState, StateSign>> = {
  needs_you: { word: 'Needs you', symbol: '◆', emoji: '🔶', family: 'wait' },
  question: { word: 'One question', symbol: '◆', emoji: '🔶', family: 'wait' },
  drafting: { word: 'Being rehearsed', symbol: '○', emoji: '🕒', family: 'idle' },
  waiting: { word: 'Waiting', symbol: '◇', emoji: '⏳', family: 'wait' },
  queued: { word: 'Queued', symbol: '○', emoji: '🕒', family: 'idle' },
  running: { word: 'Running', symbol: '▶', emoji: '🔵', family: 'run' },
  retrying: { word: 'Trying again', symbol: '↻', emoji: '🔁', family: 'run' },
  escalated: { word: 'Escalated', symbol: '▲', emoji: '🔺', family: 'run' },
  done: { word: 'Done', symbol: '✓', emoji: '✅', family: 'ok' },
  failed: { word: 'Failed', symbol: '✕', emoji: '❌', family: 'bad' },
  gave_up: { word: 'Gave up, needs you', symbol: '■', emoji: '🛑', family: 'bad' },
  refused: { word: 'Not allowed', symbol: '⊘', emoji: '⛔', family: 'rule' },
  unknown: { word: 'Outcome unknown', symbol: '?', emoji: '❓', family: 'rule' },
  answer: { word: 'Answer', symbol: 'i', emoji: '💬', family: 'idle' },
  rejected: { word: 'Rejected', symbol: '□', emoji: '⚪', family: 'idle' },
  replaced: { word: 'Replaced', symbol: '□', emoji: '⚪', family: 'idle' },
  stopped: { word: 'Stopped', symbol: '□', emoji: '⚪', family: 'idle' },
  parked: { word: 'Parked', symbol: '□', emoji: '⚪', family: 'idle' },
};

/** A state together with the word for it. */
export interface StateWords {
  readonly state: CardState;
  readonly word: string;
}

/** How a task or a run stands. */
export const taskWords: Readonly<Record<TaskState, StateWords>> = {
  pending: said('queued'),
  running: said('running'),
  completed: said('done'),
  failed: said('failed'),
  escalated: said('escalated'),
  blocked: said('waiting'),
  waiting_retry: said('retrying'),
  review: said('unknown'),
  cancelled: said('stopped'),
};

/** What became of an attempt, or of anything else the record tells of. */
export const outcomeWords: Readonly<Record<NonNullable<NewEvent['outcome']>, StateWords>> = {
  succeeded: said('done'),
  failed: said('failed'),
  unknown: said('unknown'),
  cancelled: said('stopped'),
  refused: said('refused'),
};

/** A step of a run that ended before it was its turn: it will not run, so it is not queued. */
export const notStarted: StateWords = { state: 'stopped', word: 'Not started' };

/** Where somebody asked or decided, as it stands behind their name: "Approved by Anna on Discord". */
export const surfacePhrases: Readonly<Record<Surface, string>> = {
  console: 'in the console',
  terminal: 'in the terminal',
  api: 'over the API',
  discord: 'on Discord',
  matrix: 'on Matrix',
};

function said(state: CardState): StateWords {
  return { state, word: stateSigns[state].word };
}
