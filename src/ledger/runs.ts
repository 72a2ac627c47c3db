import { canonicalJson } from '#core/canonical.ts';
import type { Step } from '#core/step.ts';
import type { RunState, TaskState } from '#core/task.ts';
import type { LedgerTransaction, RunRow, TaskRow } from '#flow/ledger-port.ts';
import type * as Stored from './prisma-client/client.ts';
import { Prisma, type PrismaClient } from './prisma-client/client.ts';
import { isRowNumber } from './requests.ts';
import { toRun, toTask } from './row-forms.ts';
import { visible } from './storable-text.ts';

/** Opens the next run of a plan. PostgreSQL refuses it without an approval, or with other steps than were approved. */
export async function insertRun(
  tx: Prisma.TransactionClient,
  run: Parameters<LedgerTransaction['insertRun']>[0],
  steps: readonly Step[],
): Promise<RunRow> {
  // Two runs opened at once would otherwise get the same number.
  await tx.$queryRaw`SELECT FROM plans WHERE id = ${run.plan} FOR UPDATE`;
  const last = await tx.run.aggregate({ where: { planId: run.plan }, _max: { number: true } });
  const number = (last._max.number ?? 0) + 1;
  const id = `${run.plan}-${number}`;
  const row = await tx.run.create({
    data: {
      id,
      planId: run.plan,
      number,
      revision: run.revision,
      hash: run.hash,
      mutates: run.mutates,
      hosts: [...run.hosts],
    },
  });
  await tx.task.createMany({
    data: steps.map((step, index) => ({
      id: `${id}-${step.id}`,
      runId: id,
      position: index + 1,
      step: canonicalJson(step),
    })),
  });
  await tx.runLog.create({ data: { runId: id } });
  return toRun(row);
}

export async function moveRun(
  tx: Prisma.TransactionClient,
  id: string,
  from: readonly RunState[],
  to: Parameters<LedgerTransaction['moveRun']>[2],
): Promise<boolean> {
  const { count } = await tx.run.updateMany({
    where: { id, state: { in: [...from] } },
    data: { ...to, ...withVisibleSummary(to) },
  });
  return count === 1;
}

/**
 * Locks a run until the transaction ends. Every transaction that ends a task or a run does this first. Two statements
 * of SQL, because every step of every run passes here twice.
 */
export async function lockRun(
  tx: Prisma.TransactionClient,
  id: string,
): ReturnType<LedgerTransaction['lockRun']> {
  const [run] = await tx.$queryRaw<Stored.Run[]>`
    SELECT id, plan AS "planId", number, ordinal, revision, hash, state, mutates, hosts, blocked_by AS "blockedBy",
      summary, started_at AS "startedAt", ended_at AS "endedAt", at, changed_at AS "changedAt"
    FROM runs WHERE id = ${visible(id)} FOR UPDATE`;
  return run === undefined ? null : { run: toRun(run), tasks: await readTasksOfRun(tx, run.id) };
}

type AttemptOfTask = { [K in keyof Stored.Attempt as `attempt_${K}`]: Stored.Attempt[K] | null };

/** Every task with every attempt, in the order they run, in one statement. */
async function readTasksOfRun(tx: Prisma.TransactionClient, run: string): Promise<readonly TaskRow[]> {
  const rows = await tx.$queryRaw<(Stored.Task & AttemptOfTask)[]>`
    SELECT t.id, t.run AS "runId", t.position, t.step, t.state, t.summary, t.error_class AS "errorClass",
      t.started_at AS "startedAt", t.ended_at AS "endedAt", t.changed_at AS "changedAt",
      a.id AS "attempt_id", a.task AS "attempt_taskId", a.number AS "attempt_number", a.worker AS "attempt_worker",
      a.lease_until AS "attempt_leaseUntil", a.outcome AS "attempt_outcome", a.exit_code AS "attempt_exitCode",
      a.error_class AS "attempt_errorClass", a.summary AS "attempt_summary", a.records AS "attempt_records",
      a.out_offset AS "attempt_outOffset", a.err_offset AS "attempt_errOffset",
      a.started_at AS "attempt_startedAt", a.ended_at AS "attempt_endedAt"
    FROM tasks t LEFT JOIN attempts a ON a.task = t.id
    WHERE t.run = ${run} ORDER BY t.position, a.number`;
  const tasks = new Map<string, Stored.Task & { readonly attempts: Stored.Attempt[] }>();
  for (const row of rows) {
    const task = tasks.get(row.id) ?? { ...row, attempts: [] };
    tasks.set(row.id, task);
    if (row.attempt_id !== null) task.attempts.push(attemptOf(row));
  }
  return [...tasks.values()].map(toTask);
}

function attemptOf(row: AttemptOfTask): Stored.Attempt {
  const fields = Object.entries(row).filter(([key]) => key.startsWith('attempt_'));
  return Object.fromEntries(
    fields.map(([key, value]) => [key.slice('attempt_'.length), value]),
  ) as Stored.Attempt;
}

export async function moveTask(
  tx: Prisma.TransactionClient,
  id: string,
  from: readonly TaskState[],
  to: Parameters<LedgerTransaction['moveTask']>[2],
): Promise<boolean> {
  const columns = [
    Prisma.sql`state = ${to.state}`,
    ...(to.summary === undefined
      ? []
      : [Prisma.sql`summary = ${to.summary === null ? null : visible(to.summary)}`]),
    ...(to.errorClass === undefined ? [] : [Prisma.sql`error_class = ${to.errorClass}`]),
    ...(to.startedAt === undefined ? [] : [Prisma.sql`started_at = ${to.startedAt}::timestamptz`]),
    ...(to.endedAt === undefined ? [] : [Prisma.sql`ended_at = ${to.endedAt}::timestamptz`]),
  ];
  // The trigger looks at the run of a task that starts, so the run is locked first here as it is where a run and its
  // tasks are cancelled: the other way round the two would wait for each other.
  const held =
    to.state === 'running'
      ? Prisma.sql`FROM (SELECT id FROM runs WHERE id = (SELECT run FROM tasks WHERE id = ${id}) FOR SHARE) AS held
          WHERE run = held.id AND`
      : Prisma.sql`WHERE`;
  const count = await tx.$executeRaw`
    UPDATE tasks SET ${Prisma.join(columns)} ${held} tasks.id = ${id} AND state = ANY(${[...from]}::text[])`;
  return count === 1;
}

/** Oldest first. */
export async function readRuns(prisma: PrismaClient, plan: number): Promise<readonly RunRow[]> {
  if (!isRowNumber(plan)) return [];
  const rows = await prisma.run.findMany({ where: { planId: plan }, orderBy: { number: 'asc' } });
  return rows.map(toRun);
}

export async function readRun(prisma: Prisma.TransactionClient, id: string): Promise<RunRow | null> {
  const row = await prisma.run.findUnique({ where: { id: visible(id) } });
  return row && toRun(row);
}

/** Oldest first. */
export async function readRunsIn(
  prisma: PrismaClient,
  states: readonly RunState[],
): Promise<readonly RunRow[]> {
  const rows = await prisma.run.findMany({
    where: { state: { in: [...states] } },
    orderBy: { ordinal: 'asc' },
  });
  return rows.map(toRun);
}

const withAttempts = { attempts: { orderBy: { number: 'asc' } } } as const;

/** In the order they run. */
export async function readTasks(prisma: Prisma.TransactionClient, run: string): Promise<readonly TaskRow[]> {
  const rows = await prisma.task.findMany({
    where: { runId: visible(run) },
    orderBy: { position: 'asc' },
    include: withAttempts,
  });
  return rows.map(toTask);
}

export async function readTask(prisma: PrismaClient, id: string): Promise<TaskRow | null> {
  const row = await prisma.task.findUnique({ where: { id: visible(id) }, include: withAttempts });
  return row && toTask(row);
}

/** A summary may quote what a host said. */
function withVisibleSummary(to: { readonly summary?: string | null }): { readonly summary?: string } {
  return typeof to.summary === 'string' ? { summary: visible(to.summary) } : {};
}
