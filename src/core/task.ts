import { z } from 'zod';

/** The states of a task. The same list and transitions are enforced by a trigger in PostgreSQL. */
export const TaskState = z.enum([
  'pending',
  'running',
  'completed',
  'failed',
  'escalated',
  'blocked',
  'waiting_retry',
  'review',
  'cancelled',
]);
export type TaskState = z.infer<typeof TaskState>;

/**
 * Every transition that may be stored. `failed → pending` is a person's reset; `cancelled` is a person's stop, reachable
 * from everything that is not final.
 */
export const taskTransitions: Readonly<Record<TaskState, readonly TaskState[]>> = {
  pending: ['running', 'cancelled'],
  running: ['completed', 'failed', 'escalated', 'blocked', 'waiting_retry', 'review', 'cancelled'],
  waiting_retry: ['running', 'cancelled'],
  escalated: ['running', 'failed', 'cancelled'],
  blocked: ['pending', 'cancelled'],
  review: ['running', 'completed', 'failed', 'cancelled'],
  failed: ['pending'],
  completed: [],
  cancelled: [],
};

/** Whether a task may go from one state to another. */
export function mayMoveTask(from: TaskState, to: TaskState): boolean {
  return taskTransitions[from].includes(to);
}

/** What an attempt came to. `unknown`: nobody can say whether the command finished; a person decides. */
export const Outcome = z.enum(['succeeded', 'failed', 'unknown', 'cancelled']);
export type Outcome = z.infer<typeof Outcome>;

/** Classes of errors (requirements ESC-7), with the ones that come from Chiffon's own checks. */
export const ErrorClass = z.enum([
  'permission_denied',
  'missing_file',
  'command_not_found',
  'network_error',
  'disk_full',
  'port_in_use',
  'timed_out',
  'unhealthy',
  'host_key',
  'yaml_parse_error',
  'talos_error',
  'proxmox_error',
  'refused_by_policy',
  'outcome_unknown',
  'unknown',
]);
export type ErrorClass = z.infer<typeof ErrorClass>;

/** What a run can be; the same words as a task's. */
export const RunState = TaskState;
export type RunState = TaskState;

/** States after which nothing more happens without a person. */
export const finalRunStates: readonly RunState[] = ['completed', 'failed', 'cancelled'];
