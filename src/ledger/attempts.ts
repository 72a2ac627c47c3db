import type { Pool } from 'pg';
import type { AttemptRow, LedgerTransaction } from '#flow/ledger-port.ts';
import type * as Stored from './prisma-client/client.ts';
import type { Prisma } from './prisma-client/client.ts';
import { toAttempt } from './row-forms.ts';
import { visible, visibleJson } from './storable-text.ts';

/** Opens the next attempt of a task. PostgreSQL refuses it while another attempt of the task is open. */
export async function openAttempt(
  tx: Prisma.TransactionClient,
  row: Parameters<LedgerTransaction['openAttempt']>[0],
): Promise<AttemptRow> {
  // Leases run by the database's clock, the only one all workers share.
  const [opened] = await tx.$queryRaw<Stored.Attempt[]>`
    INSERT INTO attempts (id, task, number, worker, lease_until)
    SELECT ${row.id}, ${row.task}, coalesce(max(number), 0) + 1, ${row.worker}, now() + make_interval(secs => ${row.leaseSeconds}::double precision)
    FROM attempts WHERE task = ${row.task}
    RETURNING id, task AS "taskId", number, worker, lease_until AS "leaseUntil", outcome, exit_code AS "exitCode",
      error_class AS "errorClass", summary, records, out_offset AS "outOffset", err_offset AS "errOffset",
      started_at AS "startedAt", ended_at AS "endedAt"`;
  if (opened === undefined) throw new Error(`attempt ${row.id} was not opened`);
  return toAttempt(opened);
}

export async function takeOverAttempt(
  tx: Prisma.TransactionClient,
  id: string,
  worker: string,
  leaseSeconds: number,
): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE attempts SET worker = ${worker}, lease_until = now() + make_interval(secs => ${leaseSeconds}::double precision)
    WHERE id = ${id} AND ended_at IS NULL AND lease_until < now()`;
  return count === 1;
}

export async function closeAttempt(
  tx: Prisma.TransactionClient,
  id: string,
  worker: string,
  end: Parameters<LedgerTransaction['closeAttempt']>[2],
): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE attempts SET outcome = ${end.outcome}, exit_code = ${end.exitCode}::integer, error_class = ${end.errorClass},
      summary = ${end.summary === null ? null : visible(end.summary)},
      records = ${JSON.stringify(visibleJson(end.records))}::jsonb, ended_at = ${new Date()}
    WHERE id = ${id} AND worker = ${worker} AND ended_at IS NULL`;
  return count === 1;
}

export async function renewLease(
  pool: Pool,
  attempt: string,
  worker: string,
  leaseSeconds: number,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE attempts SET lease_until = now() + make_interval(secs => $3)
     WHERE id = $1 AND worker = $2 AND ended_at IS NULL`,
    [attempt, worker, leaseSeconds],
  );
  return rowCount === 1;
}
