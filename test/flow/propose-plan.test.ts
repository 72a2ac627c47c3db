import { expect, test } from 'vitest';
import type { Planner } from '#flow/planner-port.ts';
import { proposePlan } from '#flow/propose-plan.ts';
import { draftPlan } from '../ledger/house-of-tests.ts';
import { flowsForTests } from './house-of-flows.ts';

const { ledger, worker, sql } = flowsForTests();

const draft = (plan: number, planner: Partial<Planner>) =>
  proposePlan({ ...worker('w1'), planner: planner as Planner, answerWithinHours: 24 }, plan);

test('a draft that meets an unexpected error ends with a sentence and does not come back for ever', async () => {
  const plan = await ledger().transact((tx) => draftPlan(tx));
  await draft(plan, {
    place: () => {
      throw new TypeError('no such thing');
    },
  });
  const reply = expect.stringMatching(
    /^Chiffon itself met an unexpected error.* Nothing ran\. .* under [0-9a-f]{8}\.$/,
  );
  expect(await ledger().plan(plan)).toMatchObject({ state: 'rejected', note: reply });
  expect(await ledger().request(plan)).toMatchObject({ state: 'answered', reply });
  expect(await ledger().strandedJobs(0)).not.toContainEqual({ kind: 'draft', id: String(plan) });
});

test('while the ledger is away a draft is kept for later', async () => {
  const plan = await ledger().transact((tx) => draftPlan(tx));
  const away = draft(plan, {
    place: () => {
      throw Object.assign(new Error('away'), { code: 'ledger_unavailable' });
    },
  });
  await expect(away).rejects.toThrow('away');
  expect(await sql('SELECT state FROM plans WHERE id = $1', [plan])).toEqual([{ state: 'drafting' }]);
});
