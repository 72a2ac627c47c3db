import { canonicalJson } from '#core/canonical.ts';
import { planHash } from '#core/plan.ts';
import type { TaskState } from '#core/task.ts';
import type { Clock } from './clock-port.ts';
import {
  Detached,
  type OutputChunk,
  type PerformOptions,
  type StepExecutor,
  type StepResult,
} from './executor-port.ts';
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
  /** This worker's name; those of its claims begin with it. */
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
  if (task === null || !claimable.includes(task.state)) return;
  const claimed = await claim(deps, task);
  if (claimed === null) return;

  const revision = await deps.ledger.revision(claimed.run.plan, claimed.run.revision);
  const result = isApproved(claimed.run, claimed.task, revision)
    ? await performAttempt(deps, claimed)
    : {
        outcome: 'failed' as const,
        exitCode: null,
        errorClass: 'refused_by_policy' as const,
        summary: 'This step is not the one that was approved, so it was not run. Ask again for a new plan.',
        records: {},
      };
  if (result === null) return;
  await reportOutcome(deps, { ...claimed, result: redacted(deps.redaction, result) });
}

const claimable: readonly TaskState[] = ['pending', 'waiting_retry', 'running'];

/** A task this worker has for itself, as it stood when it was claimed. */
interface Claimed {
  readonly run: RunRow;
  readonly task: TaskRow;
  readonly attempt: AttemptRow;
  /** Whether an earlier worker may have begun the attempt. */
  readonly takenOver: boolean;
}

/**
 * Claims a task: opens its next attempt, or takes over one whose worker is gone. Null when it is not ours to do. All
 * is decided on the locked run: a job says only where to look, so one that comes too early, too late or twice starts
 * nothing.
 */
async function claim(deps: PerformTaskDeps, wanted: TaskRow): Promise<Claimed | null> {
  const { ledger, leaseSeconds, clock } = deps;
  // Each claim has a name of its own. By the worker's name alone a job that is delivered twice to one worker, after
  // its lease ran out, would be done by it twice at a time.
  const worker = `${deps.worker}/${clock.freshId()}`;
  return ledger.transact(async (tx) => {
    const locked = await tx.lockRun(wanted.run);
    const task = locked?.tasks.find((candidate) => candidate.id === wanted.id);
    if (locked === null || task === undefined) return null;
    const { run, tasks } = locked;
    if (task.state === 'running') {
      const open = task.attempts.findLast((attempt) => attempt.outcome === null);
      if (open === undefined || !(await tx.takeOverAttempt(open.id, worker, leaseSeconds))) return null;
      // Read again: until it was taken over, its last worker may have stored more output.
      const now = (await tx.lockRun(run.id))?.tasks.find((candidate) => candidate.id === task.id);
      const attempt = now?.attempts.find((candidate) => candidate.id === open.id);
      return attempt === undefined ? null : { run, task, attempt, takenOver: true };
    }
    const itsTurn = tasks.every((other) => other.position >= task.position || other.state === 'completed');
    if (run.state !== 'running' || !itsTurn || !claimable.includes(task.state)) return null;
    const startedAt = task.startedAt ?? clock.now().toISOString();
    if (!(await tx.moveTask(task.id, [task.state], { state: 'running', startedAt }))) return null;
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
    return { run, task, attempt, takenOver: false };
  });
}

/** The approved thing is the executed thing: same hash, same step, to the letter. */
function isApproved(run: RunRow, task: TaskRow, revision: RevisionRow | null): boolean {
  if (revision === null || revision.hash !== run.hash || planHash(revision.content) !== run.hash)
    return false;
  const approved = revision.content.steps[task.position - 1];
  return approved !== undefined && canonicalJson(approved) === canonicalJson(task.step);
}

/** Runs the attempt to its result; null when this worker let go of it (it stops, or lost its claim). */
async function performAttempt(
  deps: PerformTaskDeps,
  { run, task, attempt, takenOver }: Claimed,
): Promise<StepResult | null> {
  const { ledger, log } = deps;
  const stop = new AbortController();
  const detach = new AbortController();
  const letGo = (): void => detach.abort();
  deps.stopping.addEventListener('abort', letGo, { once: true });
  const unlisten = deps.onRunStopped(run.id, () => stop.abort());
  const beat = setInterval(
    () => {
      ledger.renewLease(attempt.id, attempt.worker, deps.leaseSeconds).then(
        (mine) => {
          if (!mine) letGo();
        },
        (error: unknown) =>
          log.warn({ attempt: attempt.id, error }, 'the lease could not be renewed; trying again'),
      );
    },
    (deps.leaseSeconds * 1000) / 3,
  );
  const append = async (chunks: readonly OutputChunk[]): Promise<void> => {
    if (await ledger.appendLog(attempt.id, chunks, attempt.worker)) return;
    letGo();
    throw new Detached(`another worker has attempt ${attempt.id} now`);
  };
  const output = storeOutput(append, deps.redaction, await storedBefore(ledger, run, attempt));
  const options: PerformOptions = {
    attemptId: attempt.id,
    mayHaveStarted: takenOver,
    earlierAttempts: task.attempts.filter(({ outcome }) => outcome === 'unknown').map(({ id }) => id),
    resumeAt: { out: attempt.outOffset, err: attempt.errOffset },
    onOutput: output.write,
    signal: stop.signal,
    detach: detach.signal,
  };
  try {
    if (deps.stopping.aborted) throw new Detached('this worker is stopping');
    // A run may have been stopped before this worker began to listen.
    if ((await ledger.run(run.id))?.state === 'cancelled') stop.abort();
    const result = await performOrSayUnknown(deps, task, options);
    await output.end();
    return result;
  } catch (error) {
    if (!(error instanceof Detached)) throw error;
    // Whoever comes next need not wait for the lease to run out.
    await ledger.renewLease(attempt.id, attempt.worker, 0);
    return null;
  } finally {
    clearInterval(beat);
    unlisten();
    deps.stopping.removeEventListener('abort', letGo);
  }
}

/** Bytes of a log that are looked back at: the longest key, and what other programs wrote between its lines. */
const lookBackBytes = 64 * 1024;

/** The end of what an attempt has stored, for whoever goes on with it: its next line may belong to a key begun there. */
async function storedBefore(
  ledger: Ledger,
  run: RunRow,
  attempt: AttemptRow,
): Promise<readonly Pick<OutputChunk, 'stream' | 'text'>[]> {
  if (attempt.outOffset === 0 && attempt.errOffset === 0) return [];
  const { end } = await ledger.readLog(run.id, 0, 1);
  const { chunks } = await ledger.readLog(run.id, Math.max(0, end - lookBackBytes), lookBackBytes);
  return chunks.filter((chunk) => chunk.task === attempt.task && chunk.attempt === attempt.number);
}

/**
 * An executor that throws has met something nobody foresaw: what became of the command is unknown, and a person is
 * told so. Handing the error on instead would bring the same task back for ever. What the ledger threw is handed on:
 * it comes back, and the command is found again then.
 */
async function performOrSayUnknown(
  deps: Pick<PerformTaskDeps, 'executor' | 'log'>,
  task: TaskRow,
  options: PerformOptions,
): Promise<StepResult> {
  let refused: { readonly error: unknown } | null = null;
  const onOutput = async (chunk: OutputChunk): Promise<void> => {
    try {
      await options.onOutput(chunk);
    } catch (error) {
      refused = { error };
      throw error;
    }
  };
  try {
    return await deps.executor.perform(task.step, { ...options, onOutput });
  } catch (error) {
    if (error instanceof Detached || refused !== null) throw error;
    deps.log.error({ task: task.id, attempt: options.attemptId, error }, 'a step met an unexpected error');
    return {
      outcome: 'unknown',
      exitCode: null,
      errorClass: 'outcome_unknown',
      summary: `Chiffon itself met an unexpected error, so nobody can say whether this step finished. Look at ${task.step.target} before it is run again; Chiffon's log has the error beside attempt ${options.attemptId}`,
      records: {},
    };
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
