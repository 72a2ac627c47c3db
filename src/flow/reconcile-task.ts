import type { Person } from '#core/person.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import { authorise } from '#policy/authorise.ts';
import type { Clock } from './clock-port.ts';
import type { House } from './house.ts';
import type { Ledger, TaskRow } from './ledger-port.ts';
import { aboutRun, settleRun } from './report-outcome.ts';

/** What a person found out about a step whose outcome nobody could tell. */
export type Verdict = 'completed' | 'failed' | 'again';

/**
 * Settles a task in review: it did finish, it did not, or it shall be run once more. Only a person may say so,
 * because running a command twice can be worse than not running it.
 */
export async function reconcileTask(
  deps: { readonly ledger: Ledger; readonly house: House; readonly clock: Clock },
  asked: { readonly task: string; readonly verdict: Verdict; readonly person: Person },
): Promise<Result<TaskRow>> {
  const { ledger, house, clock } = deps;
  const allowed = authorise(asked.person, { kind: 'reconcile' }, house.people);
  if (!allowed.ok) return allowed;
  const task = await ledger.task(asked.task);
  const run = task === null ? null : await ledger.run(task.run);
  if (task === null || run === null)
    return refuse('not_found', `There is no task ${asked.task}. The run's page lists its tasks.`);
  const words = {
    completed: 'it did finish',
    failed: 'it did not finish',
    again: 'run it once more',
  } as const;
  const summary = `${asked.person.name} looked and said: ${words[asked.verdict]}.`;
  const { about, title } = await aboutRun(ledger, run);
  const settled = await ledger.transact(async (tx) => {
    const now = clock.now().toISOString();
    const locked = await tx.lockRun(run.id);
    if (locked === null || locked.run.state !== 'review' || task.state !== 'review') return false;
    if (!(await tx.moveRun(run.id, ['review'], { state: 'running' }))) return false;
    await tx.append({
      stream: `run:${run.id}`,
      kind: 'task.reconciled',
      actor: asked.person.id,
      plan: run.plan,
      run: run.id,
      host: task.step.target,
      summary: `Step ${task.position}: ${summary}`,
      data: { task: task.id, verdict: asked.verdict },
    });
    await tx.acknowledgeAlerts(run.plan, asked.person.id);
    if (asked.verdict === 'again') {
      await tx.moveTask(task.id, ['review'], { state: 'running' });
      await tx.moveTask(task.id, ['running'], { state: 'waiting_retry', endedAt: null });
      await tx.enqueue({ kind: 'task', id: task.id });
      return true;
    }
    await tx.moveTask(task.id, ['review'], { state: asked.verdict, summary, endedAt: now });
    await settleRun(
      tx,
      clock,
      { ...locked, run: { ...locked.run, state: 'running' } },
      { task, next: asked.verdict, summary, about, title, attended: true },
    );
    return true;
  });
  const current = await ledger.task(asked.task);
  if (current === null) throw new Error(`task ${asked.task} vanished`);
  return settled
    ? done(current)
    : refuse(
        'not_in_review',
        `Step ${task.position} of run ${run.id} is ${current.state}; there is nothing to settle.`,
      );
}
