import { describe, expect, test } from 'vitest';
import type { RunState } from '#core/task.ts';
import { onConnection } from '../support/postgres.ts';
import { contentWith, draftPlan, ledgerForTests, openRun, propose, shellStep } from './house-of-tests.ts';

const { ledger, database } = ledgerForTests();

const ask = (text: string, thread: string | null = null, person = 'anna') =>
  ledger().transact((tx) => tx.insertRequest({ text, thread, person, surface: 'console' }));

test('a request without a thread opens one, and the next words can join it', async () => {
  const first = await ask('deploy kuma');
  const second = await ask('on nas', first.thread);
  expect(first.thread).not.toBe('');
  expect(second.thread).toBe(first.thread);
  expect(await ledger().request(second.id)).toEqual(second);
  expect(second).toMatchObject({ state: 'received', reply: null, choices: [], suggestions: [], intents: [] });
});

test('an answer with choices is what the thread still waits for, until it is answered', async () => {
  const request = await ask('deploy it');
  const choices = [{ label: 'Uptime Kuma', words: 'deploy uptime kuma', fact: 'not installed' }];
  await ledger().transact((tx) =>
    tx.answerRequest(request.id, {
      state: 'question',
      reply: 'Deploy what?',
      choices,
      suggestions: ['deploy kuma'],
    }),
  );
  expect(await ledger().openQuestion(request.thread)).toMatchObject({
    id: request.id,
    choices,
    suggestions: ['deploy kuma'],
  });
  await ledger().transact((tx) => tx.answerRequest(request.id, { state: 'answered', reply: 'Deploy what?' }));
  expect(await ledger().openQuestion(request.thread)).toBeNull();
});

describe('the filters', () => {
  const inState = async (...states: readonly RunState[]): Promise<number> => {
    const run = await openRun(ledger());
    for (const state of states) {
      await ledger().transact((tx) => tx.moveRun(run.id, ['pending', 'running'], { state }));
    }
    return run.plan;
  };
  const listed = async (filter: 'needs_you' | 'running' | 'failed') =>
    (await ledger().requests({ limit: 1000, filter })).map((request) => request.id);

  test('sort requests by what they need', async () => {
    const question = await ask('restart');
    await ledger().transact((tx) =>
      tx.answerRequest(question.id, { state: 'question', reply: 'Restart what?' }),
    );
    const proposed = await ledger().transact(async (tx) => {
      const id = await draftPlan(tx);
      await propose(tx, id, contentWith([shellStep(1)]));
      return id;
    });
    const drafting = await ledger().transact((tx) => draftPlan(tx));
    const pending = await inState();
    const running = await inState('running');
    const blocked = await inState('running', 'blocked');
    const review = await inState('running', 'review');
    const failed = await inState('running', 'failed');
    const completed = await inState('running', 'completed');
    const cancelled = await inState('cancelled');

    const [needsYou, under, bad] = [
      await listed('needs_you'),
      await listed('running'),
      await listed('failed'),
    ];
    expect(needsYou).toEqual(expect.arrayContaining([question.id, proposed, review]));
    expect(under).toEqual(expect.arrayContaining([drafting, pending, running, blocked]));
    expect(bad).toEqual([failed]);
    for (const list of [needsYou, under, bad]) {
      for (const id of [completed, cancelled]) expect(list).not.toContain(id);
    }
    expect(needsYou.filter((id) => under.includes(id))).toEqual([]);
    expect(await ledger().requestCounts()).toEqual({
      all: (await ledger().requests({ limit: 1000 })).length,
      needsYou: needsYou.length,
      running: under.length,
      failed: bad.length,
    });
  });

  test('keep what gave up among what needs somebody until somebody is on it', async () => {
    const failed = await inState('running', 'failed');
    const run = `${failed}-1`;
    expect(await listed('needs_you')).not.toContain(failed);
    const raise = () =>
      ledger().transact((tx) =>
        tx.raiseAlert({ request: failed, run, kind: 'gave_up', headline: 'It gave up.', need: 'Somebody.' }),
      );
    await raise();
    expect(await listed('needs_you')).toContain(failed);
    expect(await listed('failed')).toContain(failed);
    const [waiting] = [(await ledger().requestCounts()).needsYou];
    await ledger().transact((tx) => tx.acknowledgeAlerts(failed, 'anna'));
    expect(await listed('needs_you')).not.toContain(failed);
    expect((await ledger().requestCounts()).needsYou).toBe(waiting - 1);
    await raise();
    expect(await listed('needs_you')).toContain(failed);
  });

  test('find words, persons and older pages', async () => {
    const [a, b] = [await ask('Restart JELLYFIN 100%', null, 'ben'), await ask('stop sonarr', null, 'ben')];
    expect((await ledger().requests({ limit: 10, text: 'jellyfin' })).map((row) => row.id)).toEqual([a.id]);
    expect((await ledger().requests({ limit: 10, text: '100%' })).map((row) => row.id)).toEqual([a.id]);
    expect((await ledger().requests({ limit: 10, person: 'ben' })).map((row) => row.id)).toEqual([
      b.id,
      a.id,
    ]);
    expect((await ledger().requests({ limit: 1, person: 'ben', before: b.id })).map((row) => row.id)).toEqual(
      [a.id],
    );
    expect(await ledger().requests({ limit: 10, text: 'a\u0000b' })).toEqual([]);
  });
});

test('a proposal nobody answered in time is overdue', async () => {
  const proposedUntil = (answerBy: string) =>
    ledger().transact(async (tx) => {
      const id = await draftPlan(tx);
      const hash = await propose(tx, id, contentWith([shellStep(1)]));
      await tx.movePlan(
        id,
        { states: ['awaiting_approval'], hash },
        { state: 'awaiting_approval', answerBy },
      );
      return id;
    });
  const late = await proposedUntil('2020-01-01T00:00:00.000Z');
  const early = await proposedUntil('2999-01-01T00:00:00.000Z');
  const overdue = (await ledger().overduePlans()).map((plan) => plan.id);
  expect(overdue).toContain(late);
  expect(overdue).not.toContain(early);
});

test.each([0, -1, 1.5, Number.NaN, 3_000_000_000, 1e300])(
  'there is no request, plan or revision %d',
  async (id) => {
    expect(await ledger().request(id)).toBeNull();
    expect(await ledger().plan(id)).toBeNull();
    expect(await ledger().revision(id, id)).toBeNull();
    expect(await ledger().revisions(id)).toEqual([]);
    expect(await ledger().approvals(id)).toEqual([]);
    expect(await ledger().runs(id)).toEqual([]);
  },
);

test.each(['deploy\u0000', 'half \ud83d a smile'])(
  'words that can not be stored as they are, are refused: %j',
  async (text) => {
    await expect(ask(text)).rejects.toMatchObject({
      name: 'UnstorableText',
      message: expect.stringMatching(/Remove it/),
    });
  },
);

test('names that can not exist are simply not there', async () => {
  expect(await ledger().run('\u0000')).toBeNull();
  expect(await ledger().task('nonsense')).toBeNull();
  expect(await ledger().tasks('nonsense')).toEqual([]);
  expect(await ledger().transact((tx) => tx.lockRun('nonsense'))).toBeNull();
});

test('a database user without the right to make roles still gets a ledger, and health says what is missing', async () => {
  const { createPostgresLedger } = await import('#ledger/postgres-ledger.ts');
  const { emptyDatabase } = await import('../support/postgres.ts');
  const plain = await emptyDatabase();
  const name = new URL(plain.url).pathname.slice(1);
  await onConnection(database().superuserUrl, async (client) => {
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD 'x'; ALTER DATABASE ${name} OWNER TO ${name}`);
  });
  const address = new URL(plain.url);
  address.username = name;
  address.password = 'x';
  const managed = await createPostgresLedger({ url: address.href, applicationName: 'managed' });
  await managed.transact((tx) =>
    tx.insertRequest({ text: 'hi', thread: null, person: 'anna', surface: 'api' }),
  );
  expect(await managed.health()).toEqual({
    ok: true,
    detail: expect.stringMatching(/[Tt]he triggers alone guard the record/),
    remedy: expect.stringMatching(/CREATE ROLE chiffon_app/),
  });
  await managed.close();
  await plain.drop();
  await onConnection(database().superuserUrl, (client) => client.query(`DROP ROLE ${name}`));
});
