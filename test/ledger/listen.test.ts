import { expect, test, vi } from 'vitest';
import type { StoredEvent } from '#core/event.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { onConnection } from '../support/postgres.ts';
import { ledgerForTests, startAttempt } from './house-of-tests.ts';

const { ledger, database } = ledgerForTests();

const say = (summary: string) =>
  ledger().transact((tx) =>
    tx.append({ stream: 'system', kind: 'system.started', actor: 'chiffon', summary }),
  );

test('events, output and jobs are heard after their commit, and not after unsubscribing', async () => {
  const events: StoredEvent[] = [];
  const logs: [string, number][] = [];
  let jobs = 0;
  const stop = await ledger().listen({
    event: (event) => events.push(event),
    log: (run, end) => logs.push([run, end]),
    outbox: () => {
      jobs += 1;
    },
  });
  const { run } = await startAttempt(ledger(), 'heard');
  await ledger().appendLog('heard', [{ stream: 'out', text: 'grüße', endOffset: { out: 7, err: 0 } }]);
  const stored = await ledger().transact(async (tx) => {
    await tx.enqueue({ kind: 'task', id: `${run}-s1` });
    return await tx.append({
      stream: `run:${run}`,
      kind: 'run.started',
      actor: 'anna',
      run,
      summary: 'Started.',
    });
  });
  await vi.waitFor(() => expect(events).toContainEqual(stored));
  await vi.waitFor(() => expect(logs).toContainEqual([run, 7]));
  await vi.waitFor(() => expect(jobs).toBe(1));
  await stop();

  const heard = events.length;
  const other: string[] = [];
  const stopOther = await ledger().listen({ event: (event) => other.push(event.summary) });
  await say('after unsubscribing');
  await vi.waitFor(() => expect(other).toContain('after unsubscribing'));
  expect(events).toHaveLength(heard);
  await stopOther();
});

test('nothing is heard of a transaction that is undone', async () => {
  const heard: string[] = [];
  const stop = await ledger().listen({ event: (event) => heard.push(event.summary) });
  await ledger()
    .transact(async (tx) => {
      await tx.append({ stream: 'system', kind: 'system.started', actor: 'chiffon', summary: 'undone' });
      throw new Error('no');
    })
    .catch(() => {});
  await say('the next one');
  await vi.waitFor(() => expect(heard).toEqual(['the next one']));
  await stop();
});

test('an event that commits late is heard before those with higher ids', async () => {
  const heard: string[] = [];
  const stop = await ledger().listen({ event: (event) => heard.push(event.summary) });
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let begun: () => void = () => {};
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const slow = ledger().transact(async (tx) => {
    await tx.append({ stream: 'host:slow', kind: 'host.probed', actor: 'chiffon', summary: 'slow' });
    begun();
    await finished;
  });
  await started;
  await say('quick');
  finish();
  await slow;
  await vi.waitFor(() => expect(heard).toEqual(['slow', 'quick']));
  await stop();
});

test('another process hears it too', async () => {
  const second = await createPostgresLedger({ url: database().url, applicationName: 'second process' });
  const heard: string[] = [];
  await second.listen({ event: (event) => heard.push(event.summary) });
  await say('across');
  await vi.waitFor(() => expect(heard).toEqual(['across']));
  await second.close();
});

test('when every connection is cut, listening goes on and misses nothing', async () => {
  const heard: string[] = [];
  const ends: [string, number][] = [];
  let jobs = 0;
  const stop = await ledger().listen({
    event: (event) => heard.push(event.summary),
    log: (run, end) => ends.push([run, end]),
    outbox: () => {
      jobs += 1;
    },
  });
  const { run } = await startAttempt(ledger(), 'cut');
  await say('before');
  await vi.waitFor(() => expect(heard).toEqual(['before']));
  for (let round = 1; round <= 3; round += 1) {
    await onConnection(database().superuserUrl, (client) =>
      client.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      ),
    );
    await vi.waitFor(() => say(`round ${round}`), { timeout: 5_000 });
  }
  await ledger().appendLog('cut', [{ stream: 'out', text: 'x', endOffset: { out: 1, err: 0 } }]);
  await vi.waitFor(() => expect(heard).toEqual(['before', 'round 1', 'round 2', 'round 3']), {
    timeout: 5_000,
  });
  await vi.waitFor(() => expect(ends).toContainEqual([run, 1]), { timeout: 5_000 });
  expect(jobs).toBeGreaterThan(0);
  await stop();
});

test('who begins to listen hears nothing of what was committed before', async () => {
  for (let round = 1; round <= 30; round += 1) {
    await say(`before ${round}`);
    const heard: string[] = [];
    const stop = await ledger().listen({ event: (event) => heard.push(event.summary) });
    await say(`after ${round}`);
    await vi.waitFor(() => expect(heard).toContain(`after ${round}`));
    expect(heard).toEqual([`after ${round}`]);
    await stop();
  }
});
