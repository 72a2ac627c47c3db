import type { Person } from '#core/person.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import { authorise } from '#policy/authorise.ts';
import type { Clock } from './clock-port.ts';
import type { House } from './house.ts';
import type { Ledger, RunRow } from './ledger-port.ts';
import { aboutRun } from './report-outcome.ts';
import { releaseAndWake } from './run-lifecycle.ts';

/**
 * A person stops a run. Steps that have not started never will; the one that runs is killed on its host by the
 * worker that holds it, and the host stays held until that has happened.
 */
export async function stopRun(
  deps: { readonly ledger: Ledger; readonly house: House; readonly clock: Clock },
  asked: { readonly run: string; readonly person: Person },
): Promise<Result<RunRow>> {
  const { ledger, house, clock } = deps;
  const allowed = authorise(asked.person, { kind: 'stop_run' }, house.people);
  if (!allowed.ok) return allowed;
  const known = await ledger.run(asked.run);
  if (known === null)
    return refuse('not_found', `There is no run ${asked.run}. The request's page lists its runs.`);
  const summary = `Stopped by ${asked.person.name}.`;
  const { about, title } = await aboutRun(ledger, known);
  const stopped = await ledger.transact(async (tx) => {
    const locked = await tx.lockRun(asked.run);
    if (locked === null) return false;
    const { run, tasks } = locked;
    const now = clock.now().toISOString();
    if (
      !(await tx.moveRun(run.id, ['pending', 'running', 'blocked', 'review', 'waiting_retry', 'escalated'], {
        state: 'cancelled',
        summary,
        endedAt: now,
        blockedBy: null,
      }))
    ) {
      return false;
    }
    for (const task of tasks) {
      await tx.moveTask(task.id, ['pending', 'waiting_retry', 'blocked', 'review', 'escalated'], {
        state: 'cancelled',
        endedAt: now,
      });
    }
    await tx.append({
      ...about,
      kind: 'run.cancelled',
      actor: asked.person.id,
      outcome: 'cancelled',
      summary: `${title}: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`,
    });
    await tx.acknowledgeAlerts(run.plan, asked.person.id);
    const somethingRuns = tasks.some((task) => task.state === 'running');
    if (!somethingRuns) await releaseAndWake(tx, clock, run);
    return true;
  });
  const current = await ledger.run(asked.run);
  if (current === null) throw new Error(`run ${asked.run} vanished`);
  if (stopped) return done(current);
  return refuse('already_over', `Run ${current.id} is already ${current.state}; there is nothing to stop.`);
}
