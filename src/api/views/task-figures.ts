import { finalRunStates, RunState } from '#core/task.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import type { RecordPeriod } from '#flow/record-questions.ts';
import type { TaskFigures } from '../contract/record.ts';
import { planName } from './names.ts';

/** Runs that are looked into at most. */
const mostRuns = 50;

/** How the work stands: what runs now, and what was tried again and failed in a period. */
export async function taskFigures(ledger: Ledger, asked: RecordPeriod): Promise<TaskFigures> {
  const { since, until, service, host } = asked;
  const period = {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(service === undefined ? {} : { service }),
    ...(host === undefined ? {} : { host }),
  };
  const open = RunState.options.filter((state) => !finalRunStates.includes(state));
  const [runs, retries, errors] = await Promise.all([
    ledger.runsIn(open),
    ledger.retries({ ...period, limit: 1 }),
    ledger.errorFigures(period),
  ]);
  const newest = errors.toSorted((a, b) => Date.parse(b.last.at) - Date.parse(a.last.at))[0];
  return {
    running: await Promise.all(
      runs.slice(0, mostRuns).map(async (run) => {
        const tasks = await ledger.tasks(run.id);
        const task = tasks.find(({ state }) => state !== 'completed' && state !== 'cancelled');
        return {
          runId: run.id,
          planId: planName(run.plan),
          state: run.state,
          hosts: [...run.hosts],
          startedAt: run.startedAt,
          task:
            task === undefined
              ? null
              : {
                  taskId: task.id,
                  position: task.position,
                  of: tasks.length,
                  summary: task.step.summary,
                  state: task.state,
                  attempts: task.attempts.length,
                },
        };
      }),
    ),
    retries: retries.count,
    failures: errors.map(({ errorClass, count, last }) => ({
      errorClass,
      count,
      lastAt: last.at,
      lastTaskId: last.task,
      lastRunId: last.run,
      lastPlanId: planName(last.plan),
      lastSummary: last.summary,
    })),
    lastError:
      newest === undefined
        ? null
        : {
            errorClass: newest.errorClass,
            at: newest.last.at,
            taskId: newest.last.task,
            runId: newest.last.run,
          },
  };
}
