import { serviceOf } from '#core/intent.ts';
import type { Ledger, RevisionRow, RunRow } from '#flow/ledger-port.ts';
import { exactStep } from './exact-step.ts';

/** Runs of the past that are looked at: the last few tell best how long something takes now. */
const pastRuns = 3;

/**
 * How long each step of a run usually takes, in milliseconds by step id: the median of the same step, to the letter and
 * on the same host, in the last completed runs for the service. A step that never ran before is left out.
 */
export async function usualDurations(
  ledger: Pick<Ledger, 'audit' | 'tasks'>,
  run: RunRow,
  revision: RevisionRow,
): Promise<ReadonlyMap<string, number>> {
  const { steps, intents } = revision.content;
  const host = steps[0]?.target;
  const past = await ledger.audit({
    kinds: ['run.completed'],
    ...(host === undefined ? {} : { host }),
    ...serviceOf(intents),
    limit: pastRuns + 1,
  });
  const runs = past.flatMap((event) => (event.run === undefined || event.run === run.id ? [] : [event.run]));
  const tasks = (await Promise.all(runs.slice(0, pastRuns).map((id) => ledger.tasks(id)))).flat();
  const usual = new Map<string, number>();
  for (const step of steps) {
    const lasted = tasks
      .filter((task) => task.state === 'completed' && task.step.target === step.target)
      .filter((task) => exactStep(task.step) === exactStep(step))
      .flatMap(({ startedAt, endedAt }) =>
        startedAt === null || endedAt === null ? [] : [Date.parse(endedAt) - Date.parse(startedAt)],
      )
      .toSorted((a, b) => a - b);
    const median = lasted[Math.floor((lasted.length - 1) / 2)];
    if (median !== undefined) usual.set(step.id, median);
  }
  return usual;
}
