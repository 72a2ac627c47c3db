import type { RunDetail } from '#api/contract/runs.ts';
import type { CardState } from '#core/card.ts';
import {
  notStarted,
  outcomeWords,
  type StateFamily,
  type StateWords,
  stateSigns,
  taskWords,
} from '#core/state-words.ts';
import type { TaskState } from '#core/task.ts';

/** The shapes the console draws; each says one thing, also without colour. */
export type ShapeName =
  | 'diamond'
  | 'diamond-hollow'
  | 'circle-hollow'
  | 'running'
  | 'loop'
  | 'triangle'
  | 'check'
  | 'cross'
  | 'octagon'
  | 'barred'
  | 'unknown'
  | 'bubble'
  | 'square-hollow'
  | 'back'
  | 'pencil';

/** How each state of a card is drawn here. Its word and its colour are those of every surface. */
const shapes: Readonly<Record<CardState, ShapeName>> = {
  needs_you: 'diamond',
  question: 'diamond',
  drafting: 'pencil',
  waiting: 'diamond-hollow',
  queued: 'circle-hollow',
  running: 'running',
  retrying: 'loop',
  escalated: 'triangle',
  done: 'check',
  failed: 'cross',
  gave_up: 'octagon',
  refused: 'barred',
  unknown: 'unknown',
  answer: 'bubble',
  rejected: 'square-hollow',
  replaced: 'square-hollow',
  stopped: 'square-hollow',
  parked: 'square-hollow',
};

export interface StateLook {
  readonly shape: ShapeName;
  readonly family: StateFamily;
}

/** The look of a state that came as text; one that this build does not know is shown as unknown. */
export function stateLook(state: string): StateLook {
  const known = Object.hasOwn(shapes, state) ? (state as CardState) : 'unknown';
  return { shape: shapes[known], family: stateSigns[known].family };
}

/** A run's state as a card's: lists may name either. */
export function runState(state: string): string {
  return Object.hasOwn(taskWords, state) ? taskWords[state as TaskState].state : state;
}

/** How a task stands, seen with its run: one that was never reached does not wait for its turn any more. */
export function taskLook(run: RunDetail, task: RunDetail['tasks'][number]): StateWords {
  return run.endedAt !== null && task.state === 'pending' ? notStarted : taskWords[task.state];
}

/** What became of something, as the record has it; an outcome that this build does not know keeps its own name. */
export function outcomeLook(outcome: string): StateWords {
  return Object.hasOwn(outcomeWords, outcome)
    ? outcomeWords[outcome as keyof typeof outcomeWords]
    : { state: 'unknown', word: outcome };
}
