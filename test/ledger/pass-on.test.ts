import { expect, test } from 'vitest';
import type { StepChange } from '#flow/ledger-port.ts';
import { ledgerForTests, openRun, shellStep } from './house-of-tests.ts';

const { ledger } = ledgerForTests();

/** A running run of three steps whose first has an open attempt of `w1`, and the change from it to the second. */
async function underWay(attempt: string): Promise<{ readonly run: string; readonly change: StepChange }> {
  const run = await openRun(ledger(), { steps: 3 });
  await ledger().transact(async (tx) => {
    await tx.moveRun(run.id, ['pending'], { state: 'running' });
    await tx.moveTask(`${run.id}-s1`, ['pending'], { state: 'running' });
    await tx.openAttempt({ id: attempt, task: `${run.id}-s1`, worker: 'w1', leaseSeconds: 60 });
  });
  const about = { stream: `run:${run.id}`, actor: 'executor', run: run.id };
  return {
    run: run.id,
    change: {
      run: run.id,
      ended: {
        attempt,
        worker: 'w1',
        exitCode: 0,
        summary: 'Said “a\u0000b”.',
        records: { digest: 'sha256:é' },
        at: '2026-11-28T12:00:00.000Z',
      },
      output: [
        { stream: 'out', text: 'grüße\n', endOffset: { out: 8, err: 0 } },
        { stream: 'err', text: 'oh\n', endOffset: { out: 8, err: 3 } },
      ],
      begun: {
        task: `${run.id}-s2`,
        step: shellStep(2),
        attempt: `${attempt}-next`,
        worker: 'w1/2',
        leaseSeconds: 60,
      },
      events: [
        { ...about, kind: 'task.completed', summary: 'One: "done"\\.', data: { task: `${run.id}-s1` } },
        { ...about, kind: 'task.started', summary: 'Two {begins}, NULL.' },
      ],
    },
  };
}

const everythingOf = async (run: string) => ({
  run: await ledger().run(run),
  tasks: await ledger().tasks(run),
  log: await ledger().readLog(run, 0, 1_000),
  events: (await ledger().audit({ limit: 1_000 })).filter((event) => event.run === run),
});

test('what was said, what it came to, the next attempt and the events about it are stored in one go', async () => {
  const { run, change } = await underWay('p1');
  const opened = await ledger().passOn(change);
  const { tasks, log, events } = await everythingOf(run);
  expect(tasks.map(({ state }) => state)).toEqual(['completed', 'running', 'pending']);
  expect(tasks[0]).toMatchObject({
    summary: 'Said “a␀b”.',
    errorClass: null,
    endedAt: change.ended.at,
    attempts: [
      {
        id: 'p1',
        outcome: 'succeeded',
        exitCode: 0,
        records: { digest: 'sha256:é' },
        outOffset: 8,
        errOffset: 3,
      },
    ],
  });
  expect(tasks[1]?.attempts).toEqual([opened]);
  expect(opened).toMatchObject({ id: 'p1-next', number: 1, worker: 'w1/2', outcome: null });
  expect(log.chunks.map(({ stream, text }) => [stream, text])).toEqual([
    ['out', 'grüße\n'],
    ['err', 'oh\n'],
  ]);
  expect(events.toReversed().map(({ kind, summary }) => [kind, summary])).toEqual(
    change.events.map(({ kind, summary }) => [kind, summary]),
  );
  expect(await ledger().verify()).toMatchObject({ ok: true });
});

test('a step without output passes on too', async () => {
  const { run, change } = await underWay('p2');
  expect(await ledger().passOn({ ...change, output: [] })).not.toBeNull();
  expect((await ledger().readLog(run, 0, 1_000)).chunks).toEqual([]);
});

test.each<[string, (change: StepChange) => StepChange | Promise<StepChange>]>([
  ['the attempt is another worker’s', (change) => ({ ...change, ended: { ...change.ended, worker: 'w2' } })],
  [
    'the attempt has ended',
    async (change) => {
      const end = { outcome: 'failed', exitCode: 1, errorClass: null, summary: 'No.', records: {} } as const;
      await ledger().transact((tx) => tx.closeAttempt(change.ended.attempt, 'w1', end));
      return change;
    },
  ],
  [
    'the run was stopped',
    async (change) => {
      await ledger().transact((tx) => tx.moveRun(change.run, ['running'], { state: 'cancelled' }));
      return change;
    },
  ],
  [
    'the next step is not the one that is stored',
    (change) => ({
      ...change,
      begun: { ...change.begun, step: shellStep(2, 'n100', 'echo something else') },
    }),
  ],
  ['there is no such task', (change) => ({ ...change, begun: { ...change.begun, task: 'none' } })],
  [
    'the next task was begun by somebody else',
    async (change) => {
      await ledger().transact(async (tx) => {
        await tx.moveTask(change.begun.task, ['pending'], { state: 'running' });
        await tx.openAttempt({
          id: `${change.ended.attempt}-other`,
          task: change.begun.task,
          worker: 'w9',
          leaseSeconds: 60,
        });
      });
      return change;
    },
  ],
])('when %s, nothing is changed and nobody goes on', async (why, spoil) => {
  const { run, change } = await underWay(`q ${why}`);
  const spoilt = await spoil(change);
  const before = await everythingOf(run);
  expect(await ledger().passOn(spoilt)).toBeNull();
  expect(await everythingOf(run)).toEqual(before);
});

test('a task is passed on to the one right behind it, and to no other', async () => {
  const { run, change } = await underWay('p3');
  const third = { ...change.begun, task: `${run}-s3`, step: shellStep(3) };
  const before = await everythingOf(run);
  await expect(ledger().passOn({ ...change, begun: third })).rejects.toThrow('is not of step 2 of run');
  expect(await everythingOf(run)).toEqual(before);
});

test('of four that pass on from the same attempt one goes on', async () => {
  const { run, change } = await underWay('p4');
  const passed = await Promise.all(
    [1, 2, 3, 4].map((n) =>
      ledger().passOn({ ...change, begun: { ...change.begun, attempt: `p4-${n}`, worker: `w1/${n}` } }),
    ),
  );
  expect(passed.filter((attempt) => attempt !== null)).toHaveLength(1);
  const { tasks, events } = await everythingOf(run);
  expect(tasks[1]?.attempts).toHaveLength(1);
  expect(events).toHaveLength(2);
});
