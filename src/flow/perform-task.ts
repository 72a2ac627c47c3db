import { canonicalJson } from '#core/canonical.ts';
import { planHash } from '#core/plan.ts';
import type { Clock } from './clock-port.ts';
import { Detached, type PerformOptions, type StepExecutor, type StepResult } from './executor-port.ts';
import type { AttemptRow, Ledger, RevisionRow, RunRow, TaskRow } from './ledger-port.ts';
import type { FlowLog } from './log-port.ts';
import type { Planner } from './planner-port.ts';
import type { Redaction } from './redaction-port.ts';
import { reportOutcome } from './report-outcome.ts';
import { storeOutput } from './store-output.ts';

export interface PerformTaskDeps {
  readonly ledger: Ledger;
  readonly planner: Pick<Planner, 'summarise'>;
  readonly executor: StepExecutor;
  readonly clock: Clock;
  readonly redaction: Redaction;
  readonly log: FlowLog;
  /** This worker's name; leases are in it. */
  readonly worker: string;
  /** How long a silent worker keeps its attempt, in seconds. */
  readonly leaseSeconds: number;
  /** Aborts when this process is to stop: running commands are let go, not killed. */
  readonly stopping: AbortSignal;
  /** Tells when a run was stopped by a person; answers how to stop listening. */
  readonly onRunStopped: (run: string, stopped: () => void) => () => void;
}

/**
 * Carries out one task: claims it, performs its step, stores output and outcome. May be called any number of times
 * for the same task, by any worker: the claim decides, an attempt that lost its worker is attached to and never
 * started again, and a step that differs from what was approved is not run.
 */
export async function performTask(deps: PerformTaskDeps, taskId: string): Promise<void> {
  const task = await deps.ledger.task(taskId);
  const run = task === null ? null : await deps.ledger.run(task.run);
  if (task === null || run === null) return;
  const attempt = await claim(deps, run, task);
  if (attempt === null) return;

  const revision = await deps.ledger.revision(run.plan, run.revision);
  const result = isApproved(run, task, revision)
    ? await performAttempt(deps, run, task, attempt)
    : {
        outcome: 'failed' as const,
        exitCode: null,
        errorClass: 'refused_by_policy' as const,
        summary: 'This step is not the one that was approved, so it was not run. Ask again for a new plan.',
        records: {},
      };
  if (result === null) return;
  await reportOutcome(deps, { run, task, attempt, result: redacted(deps.redaction, result) });
}

/** Claims a task: opens its first attempt, or takes over one whose worker is gone. Null when it is not ours to do. */
async function claim(deps: PerformTaskDeps, run: RunRow, task: TaskRow): Promise<AttemptRow | null> {
  const { ledger, worker, leaseSeconds, clock } = deps;
  if (task.state === 'running') {
    const open = task.attempts.findLast((attempt) => attempt.outcome === null);
    if (open === undefined) return null;
    return ledger.transact(async (tx) =>
      (await tx.takeOverAttempt(open.id, worker, leaseSeconds)) ? open : null,
    );
  }
  if (run.state !== 'running' || (task.state !== 'pending' && task.state !== 'waiting_retry')) return null;
  return ledger.transact(async (tx) => {
    if (
      !(await tx.moveTask(task.id, [task.state], {
        state: 'running',
        startedAt: task.startedAt ?? clock.now().toISOString(),
      }))
    )
      return null;
    const attempt = await tx.openAttempt({ id: clock.freshId(), task: task.id, worker, leaseSeconds });
    const about = {
      stream: `run:${run.id}`,
      actor: 'executor',
      plan: run.plan,
      run: run.id,
      host: task.step.target,
    };
    await tx.append({
      ...about,
      kind: 'task.started',
      summary: `Step ${task.position}: ${task.step.summary}.`,
      data: { task: task.id, step: task.step.id },
    });
    await tx.append({
      ...about,
      kind: 'attempt.intended',
      summary: `Try ${attempt.number} of step ${task.position} is about to run.`,
      data: { task: task.id, attempt: attempt.id, step: task.step },
    });
    return attempt;
  });
}

/** The approved thing is the executed thing: same hash, same step, to the letter. */
function isApproved(run: RunRow, task: TaskRow, revision: RevisionRow | null): boolean {
  if (revision === null || revision.hash !== run.hash || planHash(revision.content) !== run.hash)
    return false;
  const approved = revision.content.steps[task.position - 1];
  return approved !== undefined && canonicalJson(approved) === canonicalJson(task.step);
}

/** Runs the attempt to its result; null when this worker let go of it (it stops, or lost its lease). */
async function performAttempt(
  deps: PerformTaskDeps,
  run: RunRow,
  task: TaskRow,
  attempt: AttemptRow,
): Promise<StepResult | null> {
  const { ledger, executor, log } = deps;
  const stop = new AbortController();
  const detach = new AbortController();
  const letGo = (): void => detach.abort();
  deps.stopping.addEventListener('abort', letGo, { once: true });
  const unlisten = deps.onRunStopped(run.id, () => stop.abort());
  const beat = setInterval(
    () => {
      ledger.renewLease(attempt.id, deps.worker, deps.leaseSeconds).then(
        (mine) => {
          if (!mine) detach.abort();
        },
        (error: unknown) =>
          log.warn({ attempt: attempt.id, error }, 'the lease could not be renewed; trying again'),
      );
    },
    (deps.leaseSeconds * 1000) / 3,
  );
  const output = storeOutput(ledger, deps.redaction, attempt.id);
  const options: PerformOptions = {
    attemptId: attempt.id,
    // A task that was running already is one whose worker is gone.
    mayHaveStarted: task.state === 'running',
    resumeAt: { out: attempt.outOffset, err: attempt.errOffset },
    onOutput: output.write,
    signal: stop.signal,
    detach: detach.signal,
  };
  try {
    if (deps.stopping.aborted) throw new Detached('this worker is stopping');
    // A run may have been stopped before this worker began to listen.
    if ((await ledger.run(run.id))?.state === 'cancelled') stop.abort();
    const result = await executor.perform(task.step, options);
    await output.end();
    return result;
  } catch (error) {
    if (!(error instanceof Detached)) throw error;
    // Whoever comes next need not wait for the lease to run out.
    await ledger.renewLease(attempt.id, deps.worker, 0);
    return null;
  } finally {
    clearInterval(beat);
    unlisten();
    deps.stopping.removeEventListener('abort', letGo);
  }
}

function redacted(redaction: Redaction, result: StepResult): StepResult {
  return {
    ...result,
    summary: redaction.text(result.summary),
    records: Object.fromEntries(
      Object.entries(result.records).map(([key, value]) => [key, redaction.text(value)]),
    ),
  };
}
