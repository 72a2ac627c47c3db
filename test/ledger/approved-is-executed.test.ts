import { describe, expect, test } from 'vitest';
import { canonicalJson } from '#core/canonical.ts';
import { planHash } from '#core/plan.ts';
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
const steps = [shellStep(1), shellStep(2)];
const content = contentWith(steps);

async function proposed(): Promise<{ readonly plan: number; readonly hash: string }> {
  return await ledger().transact(async (tx) => {
    const plan = await draftPlan(tx);
    return { plan, hash: await propose(tx, plan, content) };
  });
}

const runOf = (plan: number, hash: string, revision = 1) => ({
  plan,
  revision,
  hash,
  mutates: true,
  hosts: ['n100'],
});

describe('a run exists only for what somebody approved', () => {
  test('not without a decision', async () => {
    const { plan, hash } = await proposed();
    const open = ledger().transact((tx) => tx.insertRun(runOf(plan, hash), steps));
    await expect(open).rejects.toThrow(`nobody approved revision 1 of plan ${plan}`);
    expect(await ledger().runs(plan)).toEqual([]);
  });

  test.each(['reject', 'changes'] as const)('not after the decision "%s"', async (decision) => {
    const { plan, hash } = await proposed();
    const open = ledger().transact(async (tx) => {
      await tx.insertApproval({
        plan,
        revision: 1,
        hash,
        decision,
        person: 'anna',
        surface: 'console',
        rule: null,
        comment: 'no',
      });
      await tx.insertRun(runOf(plan, hash), steps);
    });
    await expect(open).rejects.toThrow('nobody approved');
  });

  test('not with the approval of another plan, revision or hash', async () => {
    const first = await proposed();
    const second = await proposed();
    const other = contentWith([shellStep(1, 'n100', 'echo other')]);
    await ledger().transact(async (tx) => {
      await approve(tx, first.plan, first.hash);
      await tx.insertRevision({
        plan: first.plan,
        revision: 2,
        content: other,
        hash: planHash(other),
        rehearsal: { at: '2026-11-21T12:00:00.000Z', steps: [], facts: [], notes: [] },
        askedFor: 'other words',
      });
    });
    for (const run of [
      runOf(second.plan, first.hash),
      runOf(first.plan, planHash(other), 2),
      runOf(first.plan, planHash(other)),
    ]) {
      await expect(ledger().transact((tx) => tx.insertRun(run, steps))).rejects.toThrow('nobody approved');
    }
  });

  test('not by a superuser either', async () => {
    const { plan, hash } = await proposed();
    await onConnection(database().superuserUrl, async (client) => {
      const insert = client.query(
        `INSERT INTO runs (id, plan, number, revision, hash, mutates, hosts) VALUES ($1 || '-1', $2, 1, 1, $3, true, '{}')`,
        [String(plan), plan, hash],
      );
      await expect(insert).rejects.toThrow('nobody approved');
    });
  });

  test('an approval names a revision that exists', async () => {
    const { plan } = await proposed();
    await expect(ledger().transact((tx) => approve(tx, plan, 'f'.repeat(64)))).rejects.toThrow('to approve');
  });

  test('the same person approves a revision once', async () => {
    const { plan, hash } = await proposed();
    await ledger().transact((tx) => approve(tx, plan, hash));
    await expect(ledger().transact((tx) => approve(tx, plan, hash))).rejects.toThrow();
    expect(await ledger().approvals(plan)).toHaveLength(1);
  });
});

describe('the approved thing is the executed thing', () => {
  test.each([
    ['another command', [shellStep(1, 'n100', 'rm -rf /'), shellStep(2)]],
    ['another order', [shellStep(2), shellStep(1)]],
    ['one step more', [...steps, shellStep(3)]],
    ['another host', [shellStep(1, 'nas'), shellStep(2)]],
  ])('a run with %s is refused', async (_, changed) => {
    const { plan, hash } = await proposed();
    const open = ledger().transact(async (tx) => {
      await approve(tx, plan, hash);
      await tx.insertRun(runOf(plan, hash), changed);
    });
    await expect(open).rejects.toThrow('is not the step that was approved');
  });

  test('what was approved reads back byte for byte, whatever characters it has', async () => {
    const odd = shellStep(1, 'n100', `printf '%s\\n' "ü 語 😀 \\u0041 \t </script> \u2028 \\\\"`);
    const strange = contentWith([odd], 'Sag „grüß Gott“ 語 😀');
    const run = await ledger().transact(async (tx) => {
      const plan = await draftPlan(tx);
      const hash = await propose(tx, plan, strange);
      await approve(tx, plan, hash);
      return await tx.insertRun(runOf(plan, hash), [odd]);
    });
    const [task] = await ledger().tasks(run.id);
    const revision = await ledger().revision(run.plan, 1);
    expect(canonicalJson(task?.step)).toBe(canonicalJson(odd));
    expect(revision && planHash(revision.content)).toBe(planHash(strange));
  });

  test('a revision with another hash than its content is refused', async () => {
    const insert = ledger().transact(async (tx) => {
      const plan = await draftPlan(tx);
      await tx.insertRevision({
        plan,
        revision: 1,
        content,
        hash: planHash(contentWith([shellStep(1)])),
        rehearsal: { at: '2026-11-21T12:00:00.000Z', steps: [], facts: [], notes: [] },
        askedFor: null,
      });
    });
    await expect(insert).rejects.toThrow('revisions_hash_is_of_content');
  });

  test.each([
    `UPDATE tasks SET step = replace(step, 'echo', 'reboot; echo')`,
    `UPDATE tasks SET position = position + 10`,
    `UPDATE runs SET hosts = '{nas}'`,
    `UPDATE runs SET revision = 2`,
    'DELETE FROM tasks',
    'DELETE FROM runs',
  ])('a superuser too is refused: %s', async (statement) => {
    await openRun(ledger());
    await onConnection(database().superuserUrl, async (client) => {
      await expect(client.query(statement)).rejects.toThrow(/never changes|only ever added/);
    });
  });
});

test('runs of a plan are numbered, and tasks carry the names of their steps', async () => {
  const run = await openRun(ledger(), { steps: 3 });
  expect(run.id).toBe(`${run.plan}-1`);
  expect((await ledger().tasks(run.id)).map((task) => [task.id, task.position, task.state])).toEqual([
    [`${run.id}-s1`, 1, 'pending'],
    [`${run.id}-s2`, 2, 'pending'],
    [`${run.id}-s3`, 3, 'pending'],
  ]);
});
