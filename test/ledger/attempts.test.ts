import { describe, expect, test } from 'vitest';
import { strandedQuery } from '#ledger/stranded-jobs.ts';
import { onConnection } from '../support/postgres.ts';
import { draftPlan, ledgerForTests, openRun, startAttempt } from './house-of-tests.ts';

const { ledger, database } = ledgerForTests();

const ended = { outcome: 'succeeded', exitCode: 0, errorClass: null, summary: 'Said.', records: {} } as const;
const close = (id: string, worker: string) => ledger().transact((tx) => tx.closeAttempt(id, worker, ended));
const takeOver = (id: string, worker: string) =>
  ledger().transact((tx) => tx.takeOverAttempt(id, worker, 60));
/** Lets a lease run out now. */
const expire = (id: string) =>
  onConnection(database().superuserUrl, (client) =>
    client.query(`UPDATE attempts SET lease_until = now() - interval '1 second' WHERE id = $1`, [id]),
  );

describe('an attempt belongs to one worker', () => {
  test('nobody takes it over while its lease lasts, and one does when it ran out', async () => {
    await startAttempt(ledger(), 'a');
    expect(await takeOver('a', 'w2')).toBe(false);
    expect(await takeOver('a', 'w1')).toBe(false);
    await expire('a');
    const winners = await Promise.all(['w2', 'w3', 'w4'].map((worker) => takeOver('a', worker)));
    expect(winners.filter((won) => won)).toHaveLength(1);
  });

  test('a lease is renewed by its worker only, and not after the end', async () => {
    const { task } = await startAttempt(ledger(), 'b', 1);
    const until = async () => (await ledger().task(task))?.attempts[0]?.leaseUntil ?? '';
    const before = await until();
    expect(await ledger().renewLease('b', 'w2', 600)).toBe(false);
    expect(await ledger().renewLease('b', 'w1', 600)).toBe(true);
    expect((await until()) > before).toBe(true);
    expect(await close('b', 'w1')).toBe(true);
    expect(await ledger().renewLease('b', 'w1', 600)).toBe(false);
  });

  test('it is closed once, by its worker', async () => {
    const { task } = await startAttempt(ledger(), 'c');
    expect(await close('c', 'w2')).toBe(false);
    expect(await close('c', 'w1')).toBe(true);
    expect(await close('c', 'w1')).toBe(false);
    expect((await ledger().task(task))?.attempts).toEqual([
      {
        id: 'c',
        task,
        number: 1,
        worker: 'w1',
        leaseUntil: expect.any(String),
        ...ended,
        outOffset: 0,
        errOffset: 0,
        startedAt: expect.any(String),
        endedAt: expect.any(String),
      },
    ]);
  });

  test('a task has one open attempt at a time, and the next gets the next number', async () => {
    const { task } = await startAttempt(ledger(), 'd');
    const open = (id: string) =>
      ledger().transact((tx) => tx.openAttempt({ id, task, worker: 'w1', leaseSeconds: 60 }));
    await expect(open('d2')).rejects.toThrow();
    await close('d', 'w1');
    expect(await open('d2')).toMatchObject({ number: 2, outcome: null, endedAt: null });
  });

  test('a superuser too cannot change what it came to', async () => {
    await startAttempt(ledger(), 'e');
    await close('e', 'w1');
    await onConnection(database().superuserUrl, async (client) => {
      for (const change of [
        `outcome = 'failed'`,
        'ended_at = NULL, outcome = NULL',
        `summary = 'x'`,
        `records = '{"a":"b"}'`,
        'number = 7',
      ]) {
        await expect(client.query(`UPDATE attempts SET ${change} WHERE id = 'e'`), change).rejects.toThrow(
          /never changes/,
        );
      }
    });
  });

  test('what a host wrote into records and summary is made storable', async () => {
    const { task } = await startAttempt(ledger(), 'f');
    await ledger().transact((tx) =>
      tx.closeAttempt('f', 'w1', { ...ended, summary: 'a\u0000', records: { digest: 'x\u0000\ud800' } }),
    );
    expect((await ledger().task(task))?.attempts[0]).toMatchObject({
      summary: 'a␀',
      records: { digest: 'x␀\ufffd' },
    });
  });
});

describe('the sweeper finds work that should move', () => {
  const jobs = async (olderThanSeconds = 0) =>
    (await ledger().strandedJobs(olderThanSeconds)).map((job) => `${job.kind} ${job.id}`);
  const running = async (steps = 2) => {
    const run = await openRun(ledger(), { steps });
    await ledger().transact((tx) => tx.moveRun(run.id, ['pending'], { state: 'running' }));
    return run.id;
  };
  const move = (
    task: string,
    ...states: readonly Parameters<
      Parameters<Parameters<ReturnType<typeof ledger>['transact']>[0]>[0]['moveTask']
    >[2]['state'][]
  ) =>
    ledger().transact(async (tx) => {
      for (const state of states) await tx.moveTask(task, ['pending', 'running', 'waiting_retry'], { state });
    });

  test('a draft nobody drafts, once it is old enough', async () => {
    const plan = await ledger().transact((tx) => draftPlan(tx));
    expect(await jobs()).toContain(`draft ${plan}`);
    expect(await jobs(60)).not.toContain(`draft ${plan}`);
    await ledger().transact((tx) => tx.movePlan(plan, { states: ['drafting'] }, { state: 'parked' }));
    expect(await jobs()).not.toContain(`draft ${plan}`);
  });

  test('the first task of a running run, not the second', async () => {
    const run = await running();
    expect(await jobs()).toContain(`task ${run}-s1`);
    expect(await jobs()).not.toContain(`task ${run}-s2`);
    expect(await jobs(60)).not.toContain(`task ${run}-s1`);
    await move(`${run}-s1`, 'running', 'completed');
    expect(await jobs()).toContain(`task ${run}-s2`);
  });

  test('a task that waits for its next try', async () => {
    const run = await running();
    await move(`${run}-s1`, 'running', 'waiting_retry');
    expect(await jobs()).toContain(`task ${run}-s1`);
  });

  test('a running task when the lease of its attempt ran out, however young, and not before', async () => {
    const run = await running();
    await move(`${run}-s1`, 'running');
    await ledger().transact((tx) =>
      tx.openAttempt({ id: 's', task: `${run}-s1`, worker: 'w1', leaseSeconds: 60 }),
    );
    expect(await jobs()).not.toContain(`task ${run}-s1`);
    await expire('s');
    expect(await jobs(60)).toContain(`task ${run}-s1`);
  });

  test('a running task of a run that was stopped, so that its host becomes free', async () => {
    const { run, task } = await startAttempt(ledger(), 'stopped');
    await ledger().transact((tx) => tx.moveRun(run, ['running'], { state: 'cancelled' }));
    expect(await jobs()).not.toContain(`task ${task}`);
    await expire('stopped');
    expect(await jobs(60)).toContain(`task ${task}`);
  });

  test('without reading what is over, however much there was', async () => {
    const explained = await onConnection(database().superuserUrl, async (client) => {
      // A history: 3,000 plans, each with a run of 3 steps that was carried out. Undone at the end.
      await client.query(`BEGIN; SET LOCAL session_replication_role = replica;
        INSERT INTO requests (id, thread, text, person, surface) SELECT n, n, 'x', 'p', 'api' FROM generate_series(50001, 53000) n;
        INSERT INTO plans (id, title, state, revision, hash, risk)
          SELECT n, 'x', 'approved', 1, repeat('0', 64), 'change' FROM generate_series(50001, 53000) n;
        INSERT INTO runs (id, plan, number, revision, hash, state, mutates, hosts)
          SELECT n || '-1', n, 1, 1, 'x', 'completed', true, '{n100}' FROM generate_series(50001, 53000) n;
        INSERT INTO tasks (id, run, position, step, state)
          SELECT n || '-1-s' || s, n || '-1', s, '{}', 'completed' FROM generate_series(50001, 53000) n, generate_series(1, 3) s;
        INSERT INTO attempts (id, task, number, worker, lease_until, outcome, ended_at)
          SELECT 'old ' || id, id, 1, 'w', now(), 'succeeded', now() FROM tasks WHERE run ~ '^5[0-9]{4}-1$';
        ANALYZE plans, runs, tasks, attempts`);
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${strandedQuery}`, [5, 1_000]);
      await client.query('ROLLBACK');
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(explained).not.toMatch(/Seq Scan/);
  });

  test.each(['review', 'failed', 'cancelled'] as const)(
    'no task of a run whose task is %s',
    async (state) => {
      const run = await running();
      await move(`${run}-s1`, 'running', state);
      expect((await jobs()).filter((job) => job.startsWith(`task ${run}-`))).toEqual([]);
    },
  );
});
