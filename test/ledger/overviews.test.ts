import pg from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { ledgerForTests, openRun } from './house-of-tests.ts';

const { ledger } = ledgerForTests();

afterEach(() => {
  vi.restoreAllMocks();
});

const ask = (text: string) =>
  ledger().transact((tx) => tx.insertRequest({ text, thread: null, person: 'anna', surface: 'console' }));

/** How many statements reach PostgreSQL during the work. */
async function statements(work: () => Promise<unknown>): Promise<number> {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  await work();
  const count = query.mock.calls.length;
  query.mockRestore();
  return count;
}

test('an overview holds what the single reads say, in the order that was asked for', async () => {
  const holder = await openRun(ledger(), { hosts: ['nas'], steps: 2 });
  const waiting = await openRun(ledger(), { hosts: ['nas'] });
  await ledger().transact(async (tx) => {
    await tx.holdHosts(holder.id, ['nas']);
    await tx.moveRun(holder.id, ['pending'], { state: 'running' });
    await tx.moveRun(waiting.id, ['pending'], { state: 'running' });
    await tx.moveRun(waiting.id, ['running'], { state: 'blocked', blockedBy: holder.id });
  });
  const words = await ask('thanks');
  const order = [words.id, waiting.plan, 999_999, holder.plan];
  const overviews = await ledger().overviews(order);
  expect(overviews.map((overview) => overview.request.id)).toEqual([words.id, waiting.plan, holder.plan]);
  expect(overviews[0]).toEqual({
    request: words,
    plan: null,
    approvals: [],
    run: null,
    tasks: [],
    holder: null,
    openAlert: null,
  });
  for (const { request, plan, approvals, run, tasks } of overviews.slice(1)) {
    expect(request).toEqual(await ledger().request(request.id));
    expect(plan).toEqual(await ledger().plan(request.id));
    expect(approvals).toEqual(await ledger().approvals(request.id));
    expect(run).toEqual((await ledger().runs(request.id)).at(-1));
    expect(tasks).toEqual(
      (await ledger().tasks(run?.id ?? '')).map(({ position, state }) => ({ position, state })),
    );
  }
  const title = (await ledger().plan(holder.plan))?.title;
  expect(overviews.map((overview) => overview.holder)).toEqual([null, { id: holder.plan, title }, null]);
});

test('an overview has the newest call that nobody is on, without what would quiet it', async () => {
  const { plan: request, id: run } = await openRun(ledger(), { hosts: ['n200'] });
  const called = async () => (await ledger().overviews([request]))[0]?.openAlert;
  expect(await called()).toBeNull();
  for (const kind of ['gave_up', 'review'] as const)
    await ledger().transact((tx) =>
      tx.raiseAlert({ request, run, kind, headline: `${kind}!`, need: 'Look.' }),
    );
  expect(await called()).toEqual({
    kind: 'review',
    headline: 'review!',
    need: 'Look.',
    at: expect.any(String),
  });
  await ledger().transact((tx) => tx.acknowledgeAlerts(request, 'anna'));
  expect(await called()).toBeNull();
});

test('a list of sixty asks the database as often as a list of two', async () => {
  const numbers: number[] = [];
  for (let i = 0; i < 60; i += 1) numbers.push((await openRun(ledger(), { hosts: [`pi${i}`] })).plan);
  for (const plan of numbers) {
    await ledger().transact(async (tx) => {
      await tx.moveRun(`${plan}-1`, ['pending'], { state: 'running' });
      await tx.moveRun(`${plan}-1`, ['running'], { state: 'blocked', blockedBy: `${numbers[0]}-1` });
    });
  }
  const few = await statements(() => ledger().overviews(numbers.slice(0, 2)));
  const many = await statements(() => ledger().overviews(numbers));
  expect(many).toBe(few);
  expect(many).toBeGreaterThan(3);
  expect(many).toBeLessThan(12);
});

test('the machines are read with as many statements however many are held', async () => {
  const read = () => statements(() => ledger().hosts());
  await ledger().transact((tx) => tx.saveHostUnreachable('one', 'no answer'));
  const before = await read();
  for (const host of ['a', 'b', 'c']) {
    const run = await openRun(ledger(), { hosts: [host] });
    await ledger().transact(async (tx) => {
      await tx.saveHostUnreachable(host, 'no answer');
      await tx.holdHosts(run.id, [host]);
    });
    const held = (await ledger().hosts()).find((row) => row.host === host);
    expect(held).toMatchObject({ heldBy: run.id, heldFor: { id: run.plan } });
  }
  // One more statement asks for the runs at all.
  expect((await read()) - before).toBeLessThanOrEqual(2);
});
