import { beginning, type ClaimDeps, type Claimed, nameOfClaim } from './claim-task.ts';
import { type Done, ending } from './report-outcome.ts';

/**
 * The usual way from a step to the next: the attempt succeeded, and the same worker goes on. All of it is decided before,
 * so the ledger does it in one statement, if things still stand as they did. Null when there is anything else to decide, or
 * when something came in between: then nothing was changed.
 */
export async function passToNext(deps: ClaimDeps, done: Done): Promise<Claimed | null> {
  const { run, task, attempt, result, output, content } = done;
  const step = content?.steps[task.position];
  if (result.outcome !== 'succeeded' || step === undefined) return null;
  const next = { id: `${run.id}-${step.id}`, position: task.position + 1, step };
  const begun = {
    task: next.id,
    step,
    attempt: deps.clock.freshId(),
    worker: nameOfClaim(deps),
    leaseSeconds: deps.leaseSeconds,
  };
  const { exitCode, summary, records } = result;
  const opened = await deps.ledger.passOn({
    run: run.id,
    ended: {
      attempt: attempt.id,
      worker: attempt.worker,
      exitCode,
      summary,
      records,
      at: deps.clock.now().toISOString(),
    },
    output,
    begun,
    events: [...ending(done, 'completed'), ...beginning(run, next, { id: begun.attempt, number: 1 })],
  });
  if (opened === null) return null;
  return {
    run,
    task: {
      ...next,
      run: run.id,
      state: 'pending',
      summary: null,
      errorClass: null,
      startedAt: null,
      endedAt: null,
      attempts: [],
    },
    attempt: opened,
    takenOver: false,
  };
}
