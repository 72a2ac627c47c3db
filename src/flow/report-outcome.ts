import type { EventKind, NewEvent } from '#core/event.ts';
import { serviceOf } from '#core/intent.ts';
import type { PlanContent } from '#core/plan.ts';
import type { RunState, TaskState } from '#core/task.ts';
import { answerFromOutputs } from './answer-from-outputs.ts';
import type { Claimed } from './claim-task.ts';
import type { Clock } from './clock-port.ts';
import type { OutputChunk, StepResult } from './executor-port.ts';
import type { AttemptRow, Ledger, LedgerTransaction, RunRow, TaskRow } from './ledger-port.ts';
import type { Planner } from './planner-port.ts';
import { raiseAlert } from './raise-alert.ts';
import { releaseAndWake } from './run-lifecycle.ts';

/** How often an idempotent step whose outcome nobody knows is tried in all. */
const triesOfUnknown = 3;

/** An attempt that has ended, and what it came to. */
export interface Done {
  readonly run: RunRow;
  readonly task: TaskRow;
  readonly attempt: AttemptRow;
  readonly result: StepResult;
  /** What of its output is not stored yet. */
  readonly output: readonly OutputChunk[];
  /** The approved plan. */
  readonly content: PlanContent | null;
}

/** Claims the task that is next in a locked run, for whoever did the one before; null to leave it to the queue. */
export type GoOn = (tx: LedgerTransaction, run: RunRow, task: TaskRow) => Promise<Claimed | null>;

/**
 * Writes down what an attempt came to, with the last of its output, and sets the next thing in motion: the next task, the end of the run, another
 * try, or a person's review. One transaction; a worker that lost its claim (`attempt.worker`) changes nothing. Answers
 * the next task where `goOn` claimed it.
 */
export async function reportOutcome(
  deps: {
    readonly ledger: Ledger;
    readonly planner: Pick<Planner, 'summarise'>;
    readonly clock: Clock;
  },
  done: Done,
  goOn: GoOn,
): Promise<Claimed | null> {
  const { ledger, clock } = deps;
  const { task, attempt, result, content } = done;
  const { about, title } = aboutPlan(done.run, content);
  const answer = result.outcome === 'succeeded' ? await answerOf(deps, done, content) : null;
  return await ledger.transact(async (tx) => {
    const locked = await tx.lockRun(done.run.id);
    if (locked === null) return null;
    if (!(await tx.appendLog(attempt.id, done.output, attempt.worker))) return null;
    if (!(await tx.closeAttempt(attempt.id, attempt.worker, result))) return null;
    const next = nextTaskState(done, locked.run.state);
    const now = clock.now().toISOString();
    const final = next !== 'waiting_retry' && next !== 'review';
    await tx.moveTask(task.id, ['running'], {
      state: next,
      summary: result.summary,
      errorClass: result.errorClass,
      endedAt: final ? now : null,
    });
    await tx.appendAll(ending(done, next));
    if (next === 'waiting_retry') {
      await tx.enqueue({ kind: 'task', id: task.id });
      return null;
    }
    return await settleRun(tx, clock, locked, {
      task,
      next,
      summary: answer ?? result.summary,
      about,
      title,
      attended: false,
      goOn,
    });
  });
}

/** What is recorded when an attempt has ended and its task became `next`. */
export function ending(
  done: Pick<Done, 'run' | 'task' | 'attempt' | 'result' | 'content'>,
  next: TaskState,
): readonly NewEvent[] {
  const { run, task, attempt, result, content } = done;
  const { about } = aboutPlan(run, content);
  const executed = { ...about, actor: 'executor', host: task.step.target, outcome: result.outcome };
  return [
    {
      ...executed,
      kind: 'attempt.ended',
      summary: result.summary,
      data: {
        task: task.id,
        attempt: attempt.id,
        exitCode: result.exitCode,
        errorClass: result.errorClass,
        records: result.records,
      },
    },
    {
      ...executed,
      kind: taskEvent[next],
      summary: `Step ${task.position}: ${result.summary}`,
      data: { task: task.id },
    },
  ];
}

/**
 * What a run came to when this was its last step: for a question what was found out, for a change what is true now,
 * stated from the check.
 */
async function answerOf(
  deps: { readonly ledger: Ledger; readonly planner: Pick<Planner, 'summarise'> },
  done: Done,
  content: PlanContent | null,
): Promise<string | null> {
  if (content === null || done.task.position < content.steps.length) return null;
  if (!done.run.mutates) {
    // The answer is drawn from what is stored. Storing the same again, below, is harmless.
    await deps.ledger.appendLog(done.attempt.id, done.output, done.attempt.worker);
    return answerFromOutputs(deps, done.run);
  }
  return done.task.step.uses === 'http'
    ? `${content.verification} ${done.result.summary}.`
    : content.verification;
}

/**
 * What becomes of the run once one of its tasks has come to something. Shared with a person's verdict on a review.
 * Answers the next task where `goOn` claimed it; else its job is in the outbox.
 */
export async function settleRun(
  tx: LedgerTransaction,
  clock: Clock,
  locked: { readonly run: RunRow; readonly tasks: readonly TaskRow[] },
  settled: {
    readonly task: TaskRow;
    readonly next: TaskState;
    readonly summary: string;
    readonly about: Omit<NewEvent, 'kind' | 'summary'>;
    /** The plan's title. */
    readonly title: string;
    /** Whether somebody is looking at it right now, so that nobody has to be called. */
    readonly attended: boolean;
    readonly goOn?: GoOn;
  },
): Promise<Claimed | null> {
  const { run, tasks } = locked;
  const { task, next, summary, about, title, attended } = settled;
  const now = clock.now().toISOString();
  if (next === 'completed' && run.state === 'running') {
    const following = tasks.find((other) => other.position === task.position + 1);
    if (following !== undefined) {
      const claimed = (await settled.goOn?.(tx, run, following)) ?? null;
      if (claimed === null) await tx.enqueue({ kind: 'task', id: following.id });
      return claimed;
    }
    await tx.moveRun(run.id, ['running'], { state: 'completed', summary, endedAt: now });
    await tx.append({
      ...about,
      kind: 'run.completed',
      outcome: 'succeeded',
      summary: `${title}: done. ${summary}`,
    });
  }
  if (
    next === 'failed' &&
    (await tx.moveRun(run.id, ['running'], {
      state: 'failed',
      summary: `Step ${task.position} failed: ${afterColon(summary)}`,
      endedAt: now,
    }))
  ) {
    await tx.append({
      ...about,
      kind: 'run.failed',
      outcome: 'failed',
      summary: `${title}: step ${task.position} failed. ${summary}`,
    });
    if (run.mutates && !attended) {
      const headline = `Chiffon gave up: “${title}” failed at step ${task.position} of ${tasks.length}.`;
      await raiseAlert(
        tx,
        { request: run.plan, run: run.id, kind: 'gave_up', headline, need: summary },
        about,
      );
    }
  }
  if (next === 'review') {
    if (await tx.moveRun(run.id, ['running'], { state: 'review', summary })) {
      await tx.append({ ...about, kind: 'run.review', outcome: 'unknown', summary: `${title}: ${summary}` });
      const headline = `Nobody can say whether step ${task.position} of “${title}” finished.`;
      const need = 'Look at the machine and say what is true; nothing runs there until then.';
      await raiseAlert(tx, { request: run.plan, run: run.id, kind: 'review', headline, need }, about);
    }
    return null;
  }
  await releaseAndWake(tx, clock, run);
  return null;
}

/** A sentence as it goes on after a colon: "Ended with exit code 1" becomes "ended with exit code 1". */
function afterColon(sentence: string): string {
  return /^[A-Z][a-z]+ /.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
}

function nextTaskState({ task, attempt, result }: Done, run: RunState): TaskState {
  // Nobody waits for the outcome of a run that was stopped, and nothing of it is tried again.
  if (run === 'cancelled' && result.outcome === 'unknown') return 'cancelled';
  switch (result.outcome) {
    case 'succeeded':
      return 'completed';
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    case 'unknown':
      return task.step.idempotent && attempt.number < triesOfUnknown ? 'waiting_retry' : 'review';
  }
}

const taskEvent: Readonly<Record<TaskState, EventKind>> = {
  pending: 'task.started',
  running: 'task.started',
  completed: 'task.completed',
  failed: 'task.failed',
  escalated: 'task.failed',
  blocked: 'task.failed',
  waiting_retry: 'task.waiting_retry',
  review: 'task.review',
  cancelled: 'task.cancelled',
};

/** What every event about a run carries, with the plan's title, read from the ledger. */
export async function aboutRun(ledger: Ledger, run: RunRow): Promise<ReturnType<typeof aboutPlan>> {
  return aboutPlan(run, (await ledger.revision(run.plan, run.revision))?.content ?? null);
}

/** The columns that questions about a run filter by, with the service its plan is about, and the plan's title. */
function aboutPlan(
  run: RunRow,
  content: PlanContent | null,
): { readonly about: Omit<NewEvent, 'kind' | 'summary'>; readonly title: string } {
  const about = {
    stream: `run:${run.id}`,
    actor: 'chiffon',
    plan: run.plan,
    run: run.id,
    ...(run.hosts[0] === undefined ? {} : { host: run.hosts[0] }),
    ...serviceOf(content?.intents ?? []),
    data: { mutates: run.mutates },
  };
  return { about, title: content?.title ?? `run ${run.id}` };
}
