import { beforeEach, expect, test } from 'vitest';
import type { Ledger } from '#flow/ledger-port.ts';
import type { Job } from '#flow/queue-port.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { ledgerForTests } from './house-of-tests.ts';

const { ledger, database } = ledgerForTests();

beforeEach(async () => {
  await ledger().drainOutbox(async () => {}, 10_000);
});

async function enqueue(count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, i) => `142-1-s${i + 1}`);
  await ledger().transact(async (tx) => {
    for (const id of ids) await tx.enqueue({ kind: 'task', id });
  });
  return ids;
}

test('jobs are handed out in order, once, and are gone afterwards', async () => {
  const ids = await enqueue(5);
  const got: Job[] = [];
  expect(await ledger().drainOutbox(async (job) => void got.push(job), 3)).toBe(3);
  expect(await ledger().drainOutbox(async (job) => void got.push(job), 3)).toBe(2);
  expect(await ledger().drainOutbox(async (job) => void got.push(job), 3)).toBe(0);
  expect(got).toEqual(ids.map((id) => ({ kind: 'task', id })));
});

test('four drainers at once deliver each job once', async () => {
  const ids = await enqueue(300);
  const second = await createPostgresLedger({ url: database().url, applicationName: 'second process' });
  const got: string[] = [];
  const drain = async (of: Ledger) => {
    let moved = 1;
    while (moved > 0) {
      moved = await of.drainOutbox(async (job) => {
        await new Promise((done) => setImmediate(done));
        got.push(job.id);
      }, 20);
    }
  };
  await Promise.all([drain(ledger()), drain(ledger()), drain(second), drain(second)]);
  await second.close();
  expect([...got].sort()).toEqual([...ids].sort());
});

test('a delivery that fails keeps its job and those behind it', async () => {
  const ids = await enqueue(4);
  const got: string[] = [];
  const failing = ledger().drainOutbox(async (job) => {
    if (job.id === ids[2]) throw new Error('the queue is full');
    got.push(job.id);
  }, 10);
  await expect(failing).rejects.toThrow('the queue is full');
  await ledger().drainOutbox(async (job) => void got.push(job.id), 10);
  expect(got).toEqual(ids);
});

test('a drainer that dies in the middle loses nothing', async () => {
  const ids = await enqueue(3);
  const second = await createPostgresLedger({ url: database().url, applicationName: 'dying' });
  const dying = second.drainOutbox(async () => {
    await killConnections('dying');
  }, 10);
  await expect(dying).rejects.toMatchObject({ name: 'LedgerUnavailable' });
  await second.close();
  const got: string[] = [];
  await ledger().drainOutbox(async (job) => void got.push(job.id), 10);
  expect(got).toEqual(ids);
});

async function killConnections(applicationName: string): Promise<void> {
  const { onConnection } = await import('../support/postgres.ts');
  await onConnection(database().superuserUrl, (client) =>
    client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
      applicationName,
    ]),
  );
}
