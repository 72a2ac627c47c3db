import type { Pool, PoolClient } from 'pg';
import type { Job } from '#flow/queue-port.ts';
import type { Prisma } from './prisma-client/client.ts';

export async function enqueue(tx: Prisma.TransactionClient, job: Job): Promise<void> {
  await tx.outboxEntry.create({ data: { kind: job.kind, job: job.id } });
}

/**
 * Hands committed jobs to `deliver`, oldest first, and removes what was delivered. Entries that another process is
 * delivering are skipped. When `deliver` throws, what came before it counts as delivered and the rest stays; when the
 * process dies in the middle, entries are delivered again.
 */
export async function drainOutbox(
  pool: Pool,
  deliver: (job: Job) => Promise<void>,
  limit: number,
): Promise<number> {
  const client = await pool.connect();
  const { delivered, failure } = await takeAndDeliver(client, deliver, limit).catch((error: unknown) => {
    // A connection in an unknown state isn't given back: closing it undoes its transaction.
    client.release(true);
    throw error;
  });
  client.release();
  if (failure) throw failure.error;
  return delivered.length;
}

interface Delivery {
  readonly delivered: readonly string[];
  readonly failure: { readonly error: unknown } | null;
}

async function takeAndDeliver(
  client: PoolClient,
  deliver: (job: Job) => Promise<void>,
  limit: number,
): Promise<Delivery> {
  await client.query('BEGIN');
  const { rows } = await client.query<Entry>(
    'SELECT id, kind, job FROM outbox ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED',
    [limit],
  );
  const delivery = await deliverInOrder(rows, deliver);
  await client.query('DELETE FROM outbox WHERE id = ANY($1::bigint[])', [delivery.delivered]);
  await client.query('COMMIT');
  return delivery;
}

interface Entry {
  readonly id: string;
  readonly kind: Job['kind'];
  readonly job: string;
}

async function deliverInOrder(
  entries: readonly Entry[],
  deliver: (job: Job) => Promise<void>,
): Promise<Delivery> {
  const delivered: string[] = [];
  for (const entry of entries) {
    try {
      await deliver({ kind: entry.kind, id: entry.job });
    } catch (error) {
      return { delivered, failure: { error } };
    }
    delivered.push(entry.id);
  }
  return { delivered, failure: null };
}
