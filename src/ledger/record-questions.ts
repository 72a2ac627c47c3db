import type { Pool } from 'pg';
import type { ErrorClass, RunState } from '#core/task.ts';
import type { RunRow } from '#flow/ledger-port.ts';
import type { RecordPeriod, RecordQuestions } from '#flow/record-questions.ts';
import { visible } from './storable-text.ts';

/** What people ask the record, each question in one or two statements that read an index. */
export function recordQuestions(pool: Pool): RecordQuestions {
  return {
    runsDuring: (period) => runsDuring(pool, period),
    failedTasks: (runs) => failedTasks(pool, runs),
    errorFigures: (period) => errorFigures(pool, period),
    retries: (period) => retries(pool, period),
    lastSuccess: (of) => lastSuccess(pool, of),
    // Until the git trail keeps a table of its commits, there are none to name.
    commitsOfPlans: async () => [],
  };
}

/** Runs one question may answer at most. */
const mostRuns = 500;

interface StoredRun {
  readonly id: string;
  readonly plan: number;
  readonly revision: number;
  readonly hash: string;
  readonly state: RunState;
  readonly mutates: boolean;
  readonly hosts: readonly string[];
  readonly blocked_by: string | null;
  readonly summary: string | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly at: Date;
}

const runColumns =
  'r.id, r.plan, r.revision, r.hash, r.state, r.mutates, r.hosts, r.blocked_by, r.summary, r.started_at, r.ended_at, r.at';

function toRun(row: StoredRun): RunRow {
  const { blocked_by: blockedBy, started_at: startedAt, ended_at: endedAt, at, ...rest } = row;
  return {
    ...rest,
    blockedBy,
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    at: at.toISOString(),
  };
}

async function runsDuring(
  pool: Pool,
  period: Parameters<RecordQuestions['runsDuring']>[0],
): Promise<readonly RunRow[]> {
  const { values, given } = parameters();
  const conditions = ['r.started_at IS NOT NULL'];
  if (period.until !== undefined) conditions.push(`r.started_at < ${given(period.until)}`);
  if (period.since !== undefined)
    conditions.push(`(r.ended_at IS NULL OR r.ended_at >= ${given(period.since)})`);
  if (period.host !== undefined) conditions.push(`${given(visible(period.host))} = ANY(r.hosts)`);
  if (period.mutates !== undefined) conditions.push(`r.mutates = ${given(period.mutates)}`);
  const { rows } = await pool.query<StoredRun>(
    `SELECT ${runColumns} FROM runs r WHERE ${conditions.join(' AND ')}
     ORDER BY r.started_at DESC LIMIT ${given(bounded(period.limit))}`,
    values,
  );
  return rows.map(toRun);
}

async function failedTasks(pool: Pool, runs: readonly string[]): ReturnType<RecordQuestions['failedTasks']> {
  if (runs.length === 0) return [];
  const { rows } = await pool.query<{
    run: string;
    task: string;
    position: number;
    steps: number;
    step: string;
    error_class: ErrorClass | null;
    summary: string | null;
    attempt: number;
  }>(
    `SELECT DISTINCT ON (t.run) t.run, t.id AS task, t.position, t.step::json ->> 'summary' AS step, t.error_class, t.summary,
       (SELECT count(*)::integer FROM tasks o WHERE o.run = t.run) AS steps,
       coalesce((SELECT max(a.number) FROM attempts a WHERE a.task = t.id), 1) AS attempt
     FROM tasks t WHERE t.run = ANY($1::text[]) AND t.state = 'failed'
     ORDER BY t.run, t.position DESC`,
    [runs.map((run) => visible(run))],
  );
  return rows.map(({ error_class: errorClass, ...row }) => ({ ...row, errorClass }));
}

async function errorFigures(pool: Pool, period: RecordPeriod): ReturnType<RecordQuestions['errorFigures']> {
  const { values, given } = parameters();
  const conditions = [
    "a.outcome IN ('failed', 'unknown')",
    'a.ended_at IS NOT NULL',
    ...where(period, given),
  ];
  if (period.since !== undefined) conditions.push(`a.ended_at >= ${given(period.since)}`);
  if (period.until !== undefined) conditions.push(`a.ended_at < ${given(period.until)}`);
  const { rows } = await pool.query<{
    error_class: ErrorClass;
    count: number;
    at: Date;
    plan: number;
    run: string;
    task: string;
    position: number;
    summary: string | null;
  }>(
    `SELECT * FROM (
       SELECT coalesce(a.error_class, 'unknown') AS error_class, a.ended_at AS at, r.plan, t.run, t.id AS task, t.position,
         a.summary,
         count(*) OVER (PARTITION BY coalesce(a.error_class, 'unknown'))::integer AS count,
         row_number() OVER (PARTITION BY coalesce(a.error_class, 'unknown') ORDER BY a.ended_at DESC) AS place
       FROM attempts a JOIN tasks t ON t.id = a.task JOIN runs r ON r.id = t.run
       WHERE ${conditions.join(' AND ')}
     ) figures WHERE place = 1 ORDER BY count DESC, at DESC`,
    values,
  );
  return rows.map(({ error_class: errorClass, count, at, plan, run, task, position, summary }) => ({
    errorClass,
    count,
    last: { at: at.toISOString(), plan, run, task, position, summary },
  }));
}

async function retries(
  pool: Pool,
  period: Parameters<RecordQuestions['retries']>[0],
): ReturnType<RecordQuestions['retries']> {
  const { values, given } = parameters();
  const conditions = ['a.number > 1', ...where(period, given)];
  if (period.since !== undefined) {
    const since = given(period.since);
    // A try that began in the period has not ended before it: said twice, because the index knows only the end.
    conditions.push(`a.started_at >= ${since}`, `(a.ended_at IS NULL OR a.ended_at >= ${since})`);
  }
  if (period.until !== undefined) conditions.push(`a.started_at < ${given(period.until)}`);
  const { rows } = await pool.query<{
    at: Date;
    plan: number;
    run: string;
    task: string;
    position: number;
    step: string;
    tries: number;
    error_class: ErrorClass | null;
    count: number;
  }>(
    `SELECT max(a.started_at) AS at, r.plan, t.run, t.id AS task, t.position, t.step::json ->> 'summary' AS step,
       max(a.number) AS tries, sum(count(*)) OVER ()::integer AS count,
       (SELECT b.error_class FROM attempts b WHERE b.task = t.id AND b.number = max(a.number) - 1) AS error_class
     FROM attempts a JOIN tasks t ON t.id = a.task JOIN runs r ON r.id = t.run
     WHERE ${conditions.join(' AND ')}
     GROUP BY r.plan, t.run, t.id, t.position, t.step ORDER BY 1 DESC LIMIT ${given(bounded(period.limit))}`,
    values,
  );
  return {
    count: rows[0]?.count ?? 0,
    tasks: rows.map(({ at, error_class: errorClass, count: _, ...row }) => ({
      ...row,
      at: at.toISOString(),
      errorClass,
    })),
  };
}

/** Commands after which a service runs; the check at their end has seen it. */
const bringsUp = ['deploy', 'update', 'restart', 'start', 'restore'];
/** Commands after which it does not, whatever a check in them says. */
const takesDown = ['stop', 'remove'];

async function lastSuccess(
  pool: Pool,
  { commands, service, worked = false }: Parameters<RecordQuestions['lastSuccess']>[0],
): Promise<RunRow | null> {
  const { values, given } = parameters();
  const from =
    service === undefined
      ? 'runs r'
      : `events e JOIN runs r ON r.id = e.run AND e.kind = 'run.completed' AND e.service = ${given(visible(service))}`;
  const conditions = ["r.state = 'completed'"];
  const said = `ARRAY(SELECT i ->> 'command' FROM json_array_elements(v.content::json -> 'intents') i)`;
  if (commands !== undefined) conditions.push(`${said} && ${given([...commands])}::text[]`);
  if (worked) {
    conditions.push(
      `NOT ${said} && ${given(takesDown)}::text[]`,
      `(${said} && ${given(bringsUp)}::text[] OR EXISTS (
         SELECT FROM tasks t WHERE t.run = r.id AND t.state = 'completed' AND t.step::json ->> 'uses' = 'http'))`,
    );
  }
  const { rows } = await pool.query<StoredRun>(
    `SELECT ${runColumns} FROM ${from} JOIN revisions v ON v.plan = r.plan AND v.revision = r.revision
     WHERE ${conditions.join(' AND ')} ORDER BY ${service === undefined ? 'r.ordinal' : 'e.id'} DESC LIMIT 1`,
    values,
  );
  return rows[0] === undefined ? null : toRun(rows[0]);
}

/** Where something ran, and for which service. */
function where(period: RecordPeriod, given: (value: unknown) => string): string[] {
  return [
    ...(period.host === undefined ? [] : [`${given(visible(period.host))} = ANY(r.hosts)`]),
    ...(period.service === undefined
      ? []
      : [
          `EXISTS (SELECT FROM events e WHERE e.plan = r.plan AND e.service = ${given(visible(period.service))})`,
        ]),
  ];
}

function parameters(): { readonly values: unknown[]; readonly given: (value: unknown) => string } {
  const values: unknown[] = [];
  return { values, given: (value) => `$${values.push(value)}` };
}

function bounded(limit: number): number {
  return Math.min(mostRuns, Math.max(1, Math.trunc(limit)));
}
