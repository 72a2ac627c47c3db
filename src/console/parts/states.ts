import type { CardState } from '#core/card.ts';
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

/** Families share a colour. */
export type Family = 'wait' | 'idle' | 'run' | 'ok' | 'bad' | 'rule';

export interface StateLook {
  readonly shape: ShapeName;
  readonly family: Family;
}

/** How each state of a card looks. */
export const stateLooks: Readonly<Record<CardState, StateLook>> = {
  needs_you: { shape: 'diamond', family: 'wait' },
  question: { shape: 'diamond', family: 'wait' },
  drafting: { shape: 'pencil', family: 'idle' },
  waiting: { shape: 'diamond-hollow', family: 'wait' },
  queued: { shape: 'circle-hollow', family: 'idle' },
  running: { shape: 'running', family: 'run' },
  retrying: { shape: 'loop', family: 'run' },
  escalated: { shape: 'triangle', family: 'run' },
  done: { shape: 'check', family: 'ok' },
  failed: { shape: 'cross', family: 'bad' },
  gave_up: { shape: 'octagon', family: 'bad' },
  refused: { shape: 'barred', family: 'rule' },
  unknown: { shape: 'unknown', family: 'rule' },
  answer: { shape: 'bubble', family: 'idle' },
  rejected: { shape: 'square-hollow', family: 'idle' },
  replaced: { shape: 'square-hollow', family: 'idle' },
  stopped: { shape: 'square-hollow', family: 'idle' },
  parked: { shape: 'square-hollow', family: 'idle' },
};

/** The look of a state that came as text; one that this build does not know is shown as unknown. */
export function stateLook(state: string): StateLook {
  return Object.hasOwn(stateLooks, state) ? stateLooks[state as CardState] : stateLooks.unknown;
}

/** A task's or run's state in the words of cards. */
export const taskLooks: Readonly<Record<TaskState, { state: CardState; word: string }>> = {
  pending: { state: 'queued', word: 'Queued' },
  running: { state: 'running', word: 'Running' },
  completed: { state: 'done', word: 'Done' },
  failed: { state: 'failed', word: 'Failed' },
  escalated: { state: 'escalated', word: 'Escalated' },
  blocked: { state: 'waiting', word: 'Waiting' },
  waiting_retry: { state: 'retrying', word: 'Next try soon' },
  review: { state: 'unknown', word: 'Outcome unknown' },
  cancelled: { state: 'stopped', word: 'Stopped' },
};

/** A run's state as a card's: lists may name either. */
export function runState(state: string): string {
  return Object.hasOwn(taskLooks, state) ? taskLooks[state as TaskState].state : state;
}

/** What became of something, as the record has it. */
export const outcomeLooks: Readonly<Record<string, { state: CardState; word: string }>> = {
  succeeded: { state: 'done', word: 'Succeeded' },
  failed: { state: 'failed', word: 'Failed' },
  unknown: { state: 'unknown', word: 'Unknown' },
  cancelled: { state: 'stopped', word: 'Stopped' },
  refused: { state: 'refused', word: 'Refused' },
};

/** Classes of errors in words, for the head of the why-panel. */
export const errorWords: Readonly<Record<string, string>> = {
  permission_denied: 'Permission denied',
  missing_file: 'A file is missing',
  command_not_found: 'A program is missing',
  network_error: 'The network did not carry it',
  disk_full: 'The disk is full',
  port_in_use: 'The port is taken',
  timed_out: 'It took too long',
  unhealthy: 'It did not become healthy',
  host_key: 'The host showed another key',
  yaml_parse_error: 'A YAML file cannot be read',
  talos_error: 'Talos reported an error',
  proxmox_error: 'Proxmox reported an error',
  refused_by_policy: 'A rule forbids it',
  outcome_unknown: 'Nobody can say whether it finished',
  unknown: 'The command failed',
};
