import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DeliveryQueue } from '#flow/queue-port.ts';
import { createDeliveryQueue } from '#queue/create-delivery-queue.ts';
import { queueContract } from '../contracts/queue-contract.ts';
import { freshDatabase } from '../support/postgres.ts';

queueContract('PostgreSQL', async () => {
  const database = await freshDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return {
    url: database.url,
    async wipe() {
      const { rows } = await client.query<{ tables: string }>(
        `SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS tables
           FROM pg_tables WHERE schemaname = 'bullmq' AND tablename <> 'migration'`,
      );
      // A worker at work and a TRUNCATE can wait for each other; PostgreSQL then picks one of them to fail.
      await vi.waitFor(() => client.query(`TRUNCATE ${rows[0]?.tables}`), { timeout: 15_000 });
    },
    async dump() {
      const { rows } = await client.query(
        `SELECT to_jsonb(job) FROM bullmq.job UNION ALL SELECT to_jsonb(event) FROM bullmq.event
         UNION ALL SELECT to_jsonb(dedup_next) FROM bullmq.dedup_next`,
      );
      return JSON.stringify(rows);
    },
    async stop() {
      await client.end();
      await database.drop();
    },
  };
});

describe('PostgreSQL behind the delivery queue', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  const queues: DeliveryQueue[] = [];
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(async () => {
    await Promise.all(queues.splice(0).map((queue) => queue.close()));
    await database.drop();
  });

  async function opened(
    options: Omit<Parameters<typeof createDeliveryQueue>[0], 'url'> & { url?: string } = {},
  ) {
    const queue = await createDeliveryQueue({ url: database.url, ...options });
    queues.push(queue);
    return queue;
  }

  test('several processes may open the queue in an empty database at the same moment', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => opened()));
    for (const queue of all) expect(await queue.health()).toMatchObject({ ok: true, remedy: null });
  });

  test('an address that carries server options keeps them and still finds the queue’s own schema', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c search_path=public');
    const queue = await opened({ url: url.href });
    await queue.add({ kind: 'task', id: 'found' });
    expect((await queue.health()).detail).toContain('jobs waiting: 1');
  });

  test('the health sentence names the server and never the password', async () => {
    const url = new URL(database.url);
    url.password = 'pa55w0rd-of-the-house';
    url.port = '1';
    const failure = await createDeliveryQueue({ url: url.href }).catch((error: Error) => error.message);
    expect(failure).toContain(`${url.hostname}:1`);
    expect(failure).not.toContain('pa55w0rd');
  });

  test('a worker whose connections the server ended goes on by itself', async () => {
    const troubles: string[] = [];
    const queue = await opened({ onTrouble: (sentence) => troubles.push(sentence) });
    const taken: string[] = [];
    await queue.work({ concurrency: 2, handle: async (job) => void taken.push(job.id), onError: () => {} });
    await queue.add({ kind: 'task', id: 'before' });
    await vi.waitFor(() => expect(taken).toEqual(['before']), { timeout: 15_000 });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await client.end();
    await vi.waitFor(() => queue.add({ kind: 'task', id: 'after' }), { timeout: 15_000 });
    await vi.waitFor(() => expect(taken).toContain('after'), { timeout: 15_000 });
    expect(troubles.length).toBeLessThanOrEqual(2);
  });

  test('an address that is neither PostgreSQL nor Redis is refused with what would do', async () => {
    await expect(createDeliveryQueue({ url: 'amqp://127.0.0.1' })).rejects.toThrow(
      /postgres:\/\/.*redis:\/\//,
    );
    await expect(createDeliveryQueue({ url: 'nonsense' })).rejects.toThrow(/DATABASE_URL or REDIS_URL/);
    await expect(createDeliveryQueue({ url: database.url, prefix: 'a:b' })).rejects.toThrow(
      /letters, digits/,
    );
  });
});
