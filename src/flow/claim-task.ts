import type { NewEvent } from '#core/event.ts';
import type { TaskState } from '#core/task.ts';
import type { Clock } from './clock-port.ts';
import type { AttemptRow, Ledger, LedgerTransaction, RunRow, TaskRow } from './ledger-port.ts';

/** A task one worker has for itself, as it stood when it was claimed. */
export interface Claimed {
  readonly run: RunRow;
  readonly task: TaskRow;
  readonly attempt: AttemptRow;
  /** Whether an earlier worker may have begun the attempt. */
  readonly takenOver: boolean;
}

export interface ClaimDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** This worker's name; those of its claims begin with it. */
  readonly worker: string;
  /** How long a silent worker keeps its attempt, in seconds. */
  readonly leaseSeconds: number;
}

/** Tasks a worker may find something to do for. */
export const claimable: readonly TaskState[] = ['pending', 'waiting_retry', 'running'];

/**
 * Claims a task: opens its next attempt, or takes over one whose worker is gone. Null when it is not ours to do. All
 * is decided on the locked run: a job says only where to look, so one that comes too early, too late or twice starts
 * nothing.
 */
export async function claimTask(
  deps: ClaimDeps,
  wanted: Pick<TaskRow, 'id' | 'run'>,
): Promise<Claimed | null> {
  return deps.ledger.transact(async (tx) => {
    const locked = await tx.lockRun(wanted.run);
    const task = locked?.tasks.find((candidate) => candidate.id === wanted.id);
    if (locked === null || task === undefined) return null;
    const { run, tasks } = locked;
    if (task.state === 'running') return takeOver(tx, deps, run, task);
    const itsTurn = tasks.every((other) => other.position >= task.position || other.state === 'completed');
    return itsTurn ? beginTask(tx, deps, run, task) : null;
  });
}

/** Opens the next attempt of a task whose turn it is. The caller has locked the run. Null when it may not begin. */
export async function beginTask(
  tx: LedgerTransaction,
  deps: Pick<ClaimDeps, 'clock' | 'worker' | 'leaseSeconds'>,
  run: RunRow,
  task: TaskRow,
): Promise<Claimed | null> {
  const { clock, leaseSeconds } = deps;
  if (run.state !== 'running' || !claimable.includes(task.state)) return null;
  const startedAt = task.startedAt ?? clock.now().toISOString();
  if (!(await tx.moveTask(task.id, [task.state], { state: 'running', startedAt }))) return null;
  const worker = nameOfClaim(deps);
  const attempt = await tx.openAttempt({ id: clock.freshId(), task: task.id, worker, leaseSeconds });
  await tx.appendAll(beginning(run, task, attempt));
  return { run, task, attempt, takenOver: false };
}

/** What is recorded when a task begins. */
export function beginning(
  run: Pick<RunRow, 'id' | 'plan'>,
  task: Pick<TaskRow, 'id' | 'position' | 'step'>,
  attempt: Pick<AttemptRow, 'id' | 'number'>,
): readonly NewEvent[] {
  const about = {
    stream: `run:${run.id}`,
    actor: 'executor',
    plan: run.plan,
    run: run.id,
    host: task.step.target,
  };
  return [
    {
      ...about,
      kind: 'task.started',
      summary: `Step ${task.position}: ${task.step.summary}.`,
      data: { task: task.id, step: task.step.id },
    },
    {
      ...about,
      kind: 'attempt.intended',
      summary: `Try ${attempt.number} of step ${task.position} is about to run.`,
      data: { task: task.id, attempt: attempt.id, step: task.step },
    },
  ];
}

async function takeOver(
  tx: LedgerTransaction,
  deps: ClaimDeps,
  run: RunRow,
  task: TaskRow,
): Promise<Claimed | null> {
  const open = task.attempts.findLast((attempt) => attempt.outcome === null);
  if (open === undefined || !(await tx.takeOverAttempt(open.id, nameOfClaim(deps), deps.leaseSeconds)))
    return null;
  // Read again: until it was taken over, its last worker may have stored more output.
  const now = (await tx.lockRun(run.id))?.tasks.find((candidate) => candidate.id === task.id);
  const attempt = now?.attempts.find((candidate) => candidate.id === open.id);
  return attempt === undefined ? null : { run, task, attempt, takenOver: true };
}

/**
 * Each claim has a name of its own. By the worker's name alone a job that is delivered twice to one worker, after its
 * lease ran out, would be done by it twice at a time.
 */
export function nameOfClaim({ worker, clock }: Pick<ClaimDeps, 'worker' | 'clock'>): string {
  return `${worker}/${clock.freshId()}`;
}
