import { expect, test } from 'vitest';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { onConnection } from '../support/postgres.ts';
import {
  approve,
  contentWith,
  draftPlan,
  ledgerForTests,
  openRun,
  propose,
  shellStep,
} from './house-of-tests.ts';

const { ledger, database } = ledgerForTests();

test('work that throws leaves neither row, event nor job', async () => {
  const before = await everything();
  const work = ledger().transact(async (tx) => {
    const plan = await draftPlan(tx);
    await tx.append({
      stream: `plan:${plan}`,
      kind: 'plan.drafting',
      actor: 'chiffon',
      plan,
      summary: 'Drafting.',
    });
    await tx.enqueue({ kind: 'draft', id: String(plan) });
    await tx.saveHostUnreachable('nas', 'no answer');
    throw new Error('the flow changed its mind');
  });
  await expect(work).rejects.toThrow('the flow changed its mind');
  expect(await everything()).toEqual(before);
});

test('a row that can not be stored takes its event and job with it', async () => {
  const run = await openRun(ledger());
  const before = await everything();
  const work = ledger().transact(async (tx) => {
    await tx.append({ stream: `run:${run.id}`, kind: 'run.completed', actor: 'chiffon', summary: 'Done.' });
    await tx.enqueue({ kind: 'task', id: `${run.id}-s1` });
    await tx.moveRun(run.id, ['pending'], { state: 'completed' });
  });
  await expect(work).rejects.toThrow(`run ${run.id} cannot go from pending to completed`);
  expect(await everything()).toEqual(before);
});

test('of ten decisions at the same moment one counts', async () => {
  const { plan, hash } = await ledger().transact(async (tx) => {
    const id = await draftPlan(tx);
    return { plan: id, hash: await propose(tx, id, contentWith([shellStep(1)])) };
  });
  const second = await createPostgresLedger({ url: database().url, applicationName: 'second process' });
  const decisions = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      (i % 2 === 0 ? ledger() : second).transact((tx) =>
        tx.movePlan(
          plan,
          { states: ['awaiting_approval'], revision: 1, hash },
          { state: i % 3 === 0 ? 'rejected' : 'approved' },
        ),
      ),
    ),
  );
  await second.close();
  expect(decisions.filter((won) => won)).toHaveLength(1);
});

test('a plan moves only at the revision and hash that were looked at', async () => {
  const plan = await ledger().transact(async (tx) => {
    const id = await draftPlan(tx);
    await propose(tx, id, contentWith([shellStep(1)]));
    return id;
  });
  const reject = (from: { revision?: number; hash?: string }) =>
    ledger().transact((tx) =>
      tx.movePlan(plan, { states: ['awaiting_approval'], ...from }, { state: 'rejected' }),
    );
  expect(await reject({ revision: 2 })).toBe(false);
  expect(await reject({ hash: 'f'.repeat(64) })).toBe(false);
  expect(await reject({ revision: 1 })).toBe(true);
});

test('of ten workers that claim a task one gets it', async () => {
  const run = await openRun(ledger());
  await ledger().transact((tx) => tx.moveRun(run.id, ['pending'], { state: 'running' }));
  const claims = await Promise.all(
    Array.from({ length: 10 }, () =>
      ledger().transact((tx) => tx.moveTask(`${run.id}-s1`, ['pending'], { state: 'running' })),
    ),
  );
  expect(claims.filter((won) => won)).toHaveLength(1);
});

test('transactions that wait for each other are both carried out', async () => {
  const [a, b] = [await openRun(ledger()), await openRun(ledger())];
  const cross = async (first: string, second: string) => {
    await ledger().transact(async (tx) => {
      await tx.lockRun(first);
      await new Promise((done) => setTimeout(done, 50));
      await tx.lockRun(second);
      await tx.append({ stream: 'system', kind: 'system.started', actor: 'chiffon', summary: 'Got both.' });
    });
  };
  await Promise.all([cross(a.id, b.id), cross(b.id, a.id)]);
  expect((await ledger().eventsAfter(0, 100)).filter((event) => event.summary === 'Got both.')).toHaveLength(
    2,
  );
});

test('two runs of one plan opened at once get different numbers', async () => {
  const steps = [shellStep(1)];
  const { plan, hash } = await ledger().transact(async (tx) => {
    const id = await draftPlan(tx);
    const proposed = await propose(tx, id, contentWith(steps));
    await approve(tx, id, proposed);
    return { plan: id, hash: proposed };
  });
  const run = { plan, revision: 1, hash, mutates: true, hosts: ['n100'] };
  const runs = await Promise.all(
    Array.from({ length: 4 }, () => ledger().transact((tx) => tx.insertRun(run, steps))),
  );
  expect(runs.map((row) => row.id).sort()).toEqual([1, 2, 3, 4].map((number) => `${plan}-${number}`));
});

/** What every table holds, as text. */
async function everything(): Promise<unknown> {
  return await onConnection(database().superuserUrl, async (client) => {
    const tables = await client.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    );
    const contents: [string, unknown][] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query(`SELECT t::text FROM ${name} t ORDER BY 1`);
      contents.push([name, rows]);
    }
    return contents;
  });
}
