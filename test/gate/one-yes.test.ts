import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Surface } from '#core/person.ts';
import { planHash } from '#core/plan.ts';
import { contentWith, draftPlan, propose, shellStep } from '../ledger/house-of-tests.ts';
import { type Gate, openGate } from './house-at-the-gate.ts';

/** How many plans are pressed on ten times at once. More, for a night: CHIFFON_GATE=1000. */
const rounds = Number(process.env['CHIFFON_GATE'] ?? 6);

let gate: Gate;
beforeAll(async () => {
  gate = await openGate();
});
afterAll(() => gate?.close());

const proposal = async (host: string) => {
  const content = contentWith([shellStep(1, host)]);
  const plan = await gate.served.ledger.transact(async (tx) => {
    const drafted = await draftPlan(tx);
    await propose(tx, drafted, content);
    return drafted;
  });
  return { plan, hash: planHash(content) };
};

test('ten presses at once, on five surfaces by two people, make exactly one run', async () => {
  const presses: readonly (readonly [Surface, string])[] = [
    ['api', 'anna'],
    ['api', 'ben'],
    ['console', 'anna'],
    ['console', 'ben'],
    ['terminal', 'anna'],
    ['terminal', 'ben'],
    ['discord', 'anna'],
    ['discord', 'ben'],
    ['matrix', 'anna'],
    ['matrix', 'ben'],
  ];
  for (let round = 0; round < rounds; round += 1) {
    const { plan, hash } = await proposal(`h${round}`);
    const answers = await Promise.all(
      presses.map(([surface, person]) => gate.press(surface, { person, plan, hash })),
    );
    expect(answers.filter(({ taken }) => taken)).toHaveLength(1);
    expect(
      answers.filter(({ taken, said }) => !taken && !/already approved by (Anna|Ben)/.test(said)),
    ).toEqual([]);
    expect(await gate.served.ledger.runs(plan)).toHaveLength(1);
    expect((await gate.served.ledger.approvals(plan)).map(({ decision }) => decision)).toEqual(['approve']);
  }
}, 1_800_000);

test('the yes is kept with why it counted: rule, roles, who else could have said it, and what the judge said', async () => {
  const { plan, hash } = await proposal('kept');
  expect(await gate.press('discord', { person: 'ben', plan, hash })).toMatchObject({ taken: true });
  const policy = {
    rule: 'policy.change-needs-operator',
    role: 'operator',
    mayDecide: ['anna', 'ben'],
    askedBy: { id: 'anna', role: 'owner' },
    steps: [{ stepId: 's1', verdict: 'allow', rule: expect.stringMatching(/^read\./) }],
  };
  expect((await gate.served.ledger.approvals(plan))[0]?.policy).toEqual(policy);
  const [event] = await gate.served.ledger.audit({ plan, kinds: ['plan.approved'], limit: 10 });
  expect(event?.data?.['policy']).toEqual(policy);
  expect(event?.data?.['message']).toBe('m1');
  const answer = await gate.served.app.inject({
    url: `/api/v1/plans/P-${plan}`,
    headers: { authorization: 'Bearer token-of-vera' },
  });
  expect((answer.json() as { approvals: { policy: unknown }[] }).approvals[0]?.policy).toEqual(policy);
});
