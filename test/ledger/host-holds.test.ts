import { describe, expect, test } from 'vitest';
import type { RunState } from '#core/task.ts';
import { ledgerForTests, openRun } from './house-of-tests.ts';

const { ledger } = ledgerForTests();

const hold = (run: string, hosts: readonly string[]) => ledger().transact((tx) => tx.holdHosts(run, hosts));
const release = (run: string) => ledger().transact((tx) => tx.releaseHosts(run));
const move = async (run: string, ...states: readonly RunState[]) => {
  for (const state of states) {
    await ledger().transact((tx) =>
      tx.moveRun(run, ['pending', 'running', 'blocked', 'review', 'escalated', 'waiting_retry'], { state }),
    );
  }
};

/** Hosts of a test's own, so that tests don't wait for each other's runs. */
let house = 0;
const newHosts = (): readonly [string, string] => {
  house += 1;
  return [`nas${house}`, `pi${house}`];
};

describe('hosts are held first come, first served', () => {
  test('a later run waits for the one that holds the host, and for its turn', async () => {
    const [nas] = newHosts();
    const [first, second, third] = [
      await openRun(ledger(), { hosts: [nas] }),
      await openRun(ledger(), { hosts: [nas] }),
      await openRun(ledger(), { hosts: [nas] }),
    ];
    expect(await hold(third.id, [nas])).toEqual({ held: false, by: first.id });
    expect(await hold(first.id, [nas])).toEqual({ held: true });
    expect(await hold(second.id, [nas])).toEqual({ held: false, by: first.id });
    await move(second.id, 'running', 'blocked');
    await move(third.id, 'running', 'blocked');
    await move(first.id, 'running', 'completed');
    expect(await release(first.id)).toEqual([second.id]);
    expect(await hold(third.id, [nas])).toEqual({ held: false, by: second.id });
    expect(await hold(second.id, [nas])).toEqual({ held: true });
  });

  test('all hosts or none', async () => {
    const [nas, pi] = newHosts();
    const first = await openRun(ledger(), { hosts: [pi] });
    const second = await openRun(ledger(), { hosts: [nas, pi] });
    const third = await openRun(ledger(), { hosts: [nas] });
    expect(await hold(first.id, [pi])).toEqual({ held: true });
    expect(await hold(second.id, [nas, pi])).toEqual({ held: false, by: first.id });
    // The one in the middle holds nothing yet, and keeps its place all the same.
    expect(await hold(third.id, [nas])).toEqual({ held: false, by: second.id });
  });

  test('several runs that wait for different hosts may go on together', async () => {
    const [nas, pi] = newHosts();
    const both = await openRun(ledger(), { hosts: [nas, pi] });
    const [a, b, c] = [
      await openRun(ledger(), { hosts: [nas] }),
      await openRun(ledger(), { hosts: [pi] }),
      await openRun(ledger(), { hosts: [nas, pi] }),
    ];
    await hold(both.id, [nas, pi]);
    for (const run of [a, b, c]) await move(run.id, 'running', 'blocked');
    await move(both.id, 'running', 'failed');
    expect(await release(both.id)).toEqual([a.id, b.id]);
  });

  test('whoever has the hosts has them when asked again, even when an earlier run was reset', async () => {
    const [nas] = newHosts();
    const earlier = await openRun(ledger(), { hosts: [nas] });
    await move(earlier.id, 'running', 'failed');
    const later = await openRun(ledger(), { hosts: [nas] });
    expect(await hold(later.id, [nas])).toEqual({ held: true });
    await ledger().transact((tx) => tx.moveRun(earlier.id, ['failed'], { state: 'pending' }));
    expect(await hold(later.id, [nas])).toEqual({ held: true });
    expect(await hold(earlier.id, [nas])).toEqual({ held: false, by: later.id });
  });

  test.each(['review', 'escalated', 'waiting_retry', 'blocked'] as const)(
    'a run in %s keeps its place',
    async (state) => {
      const [nas] = newHosts();
      const first = await openRun(ledger(), { hosts: [nas] });
      const second = await openRun(ledger(), { hosts: [nas] });
      await move(first.id, 'running', state);
      expect(await hold(second.id, [nas])).toEqual({ held: false, by: first.id });
    },
  );

  test('a run that only reads keeps nobody waiting', async () => {
    const [nas] = newHosts();
    await openRun(ledger(), { hosts: [nas], mutates: false });
    const second = await openRun(ledger(), { hosts: [nas] });
    expect(await hold(second.id, [nas])).toEqual({ held: true });
  });

  test('of runs that ask at once exactly the first gets the host', async () => {
    const [nas] = newHosts();
    const runs = [];
    for (let i = 0; i < 6; i += 1) runs.push(await openRun(ledger(), { hosts: [nas] }));
    const answers = await Promise.all(
      [...runs].reverse().map(async (run) => [run.id, await hold(run.id, [nas])] as const),
    );
    expect(answers.filter(([, answer]) => answer.held).map(([run]) => run)).toEqual([runs[0]?.id]);
  });
});

test('the hosts say who holds them', async () => {
  const [nas] = newHosts();
  const run = await openRun(ledger(), { hosts: [nas] });
  await ledger().transact((tx) => tx.saveHostUnreachable(nas, 'no answer on port 22'));
  await hold(run.id, [nas]);
  const row = (await ledger().hosts()).find((host) => host.host === nas);
  expect(row).toMatchObject({
    heldBy: run.id,
    unreachable: 'no answer on port 22',
    facts: null,
    seenAt: null,
  });
});
