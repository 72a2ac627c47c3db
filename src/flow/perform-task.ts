import { beginTask, type ClaimDeps, type Claimed, claimable, claimTask } from './claim-task.ts';
import { examineApproval } from './examine-approval.ts';
import {
  Detached,
  type OutputChunk,
  type PerformOptions,
  type StepExecutor,
  type StepResult,
} from './executor-port.ts';
import type { TaskRow } from './ledger-port.ts';
import type { FlowLog } from './log-port.ts';
import { passToNext } from './pass-to-next.ts';
import type { Planner } from './planner-port.ts';
import type { Redaction } from './redaction-port.ts';
import { type GoOn, reportOutcome } from './report-outcome.ts';
import { storeOutput } from './store-output.ts';
import { storedBefore } from './stored-before.ts';

/**
 * How long a little output waits before it is stored, in milliseconds: what a command writes that ends at once is
 * stored together with its outcome.
 */
const outputPatienceMs = 20;

export interface PerformTaskDeps extends ClaimDeps {
  readonly planner: Pick<Planner, 'summarise'>;
  readonly executor: StepExecutor;
  readonly redaction: Redaction;
  readonly log: FlowLog;
  /** Aborts when this process is to stop: running commands are let go, not killed. */
  readonly stopping: AbortSignal;
  /** Whether a worker may go on with the next step of its run: not while all are busy, because then others wait. */
  readonly mayGoOn: () => boolean;
  /** Tells when a run was stopped by a person; answers how to stop listening. */
  readonly onRunStopped: (run: string, stopped: () => void) => () => void;
}

/**
 * Carries out a task and, as long as each succeeds and no other work waits, those after it in its run: claims it, performs its step, stores
 * output and outcome. May be called any number of times for the same task, by any worker: the claim decides, an attempt
 * that lost its worker is attached to and never started again, and a step that differs from what was approved is not
 * run.
 *
 * The next task is claimed in the transaction that ends the one before, so the way from step to step takes neither the
 * queue nor a second commit. A worker that dies in between leaves a claim whose lease runs out, like any other.
 */
export async function performTask(deps: PerformTaskDeps, taskId: string): Promise<void> {
  const task = await deps.ledger.task(taskId);
  if (task === null || !claimable.includes(task.state)) return;
  // Listening begins before the claim, so that no stop can fall between the two.
  const stopped = new AbortController();
  const unlisten = deps.onRunStopped(task.run, () => stopped.abort());
  try {
    let claimed = await claimTask(deps, task);
    if (claimed?.run.state === 'cancelled') stopped.abort();
    while (claimed !== null) claimed = await performClaimed(deps, claimed, stopped.signal);
  } finally {
    unlisten();
  }
}

/** Performs a claimed task; answers the next one of the run, already claimed, or null when this worker is done here. */
async function performClaimed(
  deps: PerformTaskDeps,
  claimed: Claimed,
  stopped: AbortSignal,
): Promise<Claimed | null> {
  const { refused, content } = await examineApproval(deps.ledger, claimed);
  const performed =
    refused === null
      ? await performAttempt(deps, claimed, stopped)
      : {
          result: {
            outcome: 'failed' as const,
            exitCode: null,
            errorClass: 'refused_by_policy' as const,
            summary: refused,
            records: {},
          },
          output: [],
        };
  if (performed === null) return null;
  const mayGoOn = (): boolean => !deps.stopping.aborted && deps.mayGoOn();
  const goOn: GoOn = async (tx, run, task) => (mayGoOn() ? await beginTask(tx, deps, run, task) : null);
  const { output } = performed;
  const done = { ...claimed, content, output, result: redacted(deps.redaction, performed.result) };
  const next = mayGoOn() ? await passToNext(deps, done) : null;
  return next ?? (await reportOutcome(deps, done, goOn));
}

/**
 * Runs the attempt to its result, with the last of its output where that is not stored yet; null when this worker let go
 * of it (it stops, or lost its claim).
 */
async function performAttempt(
  deps: PerformTaskDeps,
  { run, task, attempt, takenOver }: Claimed,
  stopped: AbortSignal,
): Promise<{ readonly result: StepResult; readonly output: readonly OutputChunk[] } | null> {
  const { ledger, log } = deps;
  const detach = new AbortController();
  const letGo = (): void => detach.abort();
  deps.stopping.addEventListener('abort', letGo, { once: true });
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
  const before = await storedBefore(ledger, run, attempt);
  const output = storeOutput(append, deps.redaction, before, outputPatienceMs);
  const options: PerformOptions = {
    attemptId: attempt.id,
    mayHaveStarted: takenOver,
    earlierAttempts: task.attempts.filter(({ outcome }) => outcome === 'unknown').map(({ id }) => id),
    resumeAt: { out: attempt.outOffset, err: attempt.errOffset },
    onOutput: output.write,
    signal: stopped,
    detach: detach.signal,
  };
  try {
    if (deps.stopping.aborted) throw new Detached('this worker is stopping');
    const result = await performOrSayUnknown(deps, task, options);
    return { result, output: await output.rest() };
  } catch (error) {
    if (!(error instanceof Detached)) throw error;
    // Whoever comes next need not wait for the lease to run out.
    await ledger.renewLease(attempt.id, attempt.worker, 0);
    return null;
  } finally {
    clearInterval(beat);
    deps.stopping.removeEventListener('abort', letGo);
  }
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
