import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmCode, type PlanContent, planHash } from '#core/plan.ts';
import { parkOverduePlans } from '#flow/park-overdue-plans.ts';
import { contentWith, draftPlan, propose, shellStep } from '../ledger/house-of-tests.ts';
import { type Gate, members, openGate, type Press, surfaces } from './house-at-the-gate.ts';
import { spoofs } from './tricks.ts';

let gate: Gate;
beforeAll(async () => {
  gate = await openGate();
});
afterAll(() => gate?.close());

const change = contentWith([shellStep(1)]);
const destructive: PlanContent = { ...change, risk: 'destructive' };

async function proposal(content: PlanContent = change) {
  const plan = await gate.served.ledger.transact(async (tx) => {
    const drafted = await draftPlan(tx);
    await propose(tx, drafted, content);
    return drafted;
  });
  return { person: 'anna', plan, hash: planHash(content) };
}

const move = (plan: number, state: 'rejected' | 'superseded' | 'changes_requested') =>
  gate.served.ledger.transact((tx) => tx.movePlan(plan, { states: ['awaiting_approval'] }, { state }));

/** Every way to press too late, too early, as the wrong person, or on something else than what stands there. */
const presses: readonly (readonly [name: string, prepare: () => Promise<Press>])[] = [
  [
    'an expired plan that nobody parked yet',
    async () => {
      const made = await proposal();
      await gate.superuser(`UPDATE plans SET answer_by = now() - interval '1 second' WHERE id = $1`, [
        made.plan,
      ]);
      return made;
    },
  ],
  [
    'a parked plan',
    async () => {
      const made = await proposal();
      await gate.superuser(`UPDATE plans SET answer_by = now() - interval '1 second' WHERE id = $1`, [
        made.plan,
      ]);
      await parkOverduePlans({ ledger: gate.served.ledger });
      return made;
    },
  ],
  [
    'a plan somebody rejected',
    async () => {
      const made = await proposal();
      await move(made.plan, 'rejected');
      return made;
    },
  ],
  [
    'a plan that another took the place of',
    async () => {
      const made = await proposal();
      await move(made.plan, 'superseded');
      return made;
    },
  ],
  [
    'a plan that is being rehearsed anew',
    async () => {
      const made = await proposal();
      await move(made.plan, 'changes_requested');
      return made;
    },
  ],
  [
    'the card of an older revision',
    async () => {
      const made = await proposal();
      const content = contentWith([shellStep(1, 'n100', 'echo other')]);
      const hash = planHash(content);
      await move(made.plan, 'changes_requested');
      await gate.served.ledger.transact(async (tx) => {
        const rehearsal = { at: '2026-11-21T12:00:00.000Z', steps: [], facts: [], notes: [] };
        await tx.insertRevision({ plan: made.plan, revision: 2, content, hash, rehearsal, askedFor: 'x' });
        await tx.movePlan(
          made.plan,
          { states: ['changes_requested'] },
          { state: 'awaiting_approval', revision: 2, hash },
        );
      });
      return made;
    },
  ],
  ['another hash', async () => ({ ...(await proposal()), hash: 'f'.repeat(64) })],
  [
    'a hash of one other letter',
    async () => {
      const made = await proposal();
      return { ...made, hash: `${made.hash.slice(0, -1)}${made.hash.endsWith('0') ? '1' : '0'}` };
    },
  ],
  ['a plan that does not exist', async () => ({ ...(await proposal()), plan: 999_999_999 })],
  ['a viewer', async () => ({ ...(await proposal()), person: 'vera' })],
  ['somebody nobody knows', async () => ({ ...(await proposal()), person: 'mallory' })],
  [
    'a destructive plan, by an operator with the code',
    async () => {
      const made = await proposal(destructive);
      return { ...made, person: 'ben', code: confirmCode(made.hash) };
    },
  ],
  ['a destructive plan without its code', async () => await proposal(destructive)],
  [
    'a destructive plan with the code of another',
    async () => ({
      ...(await proposal(destructive)),
      code: confirmCode(planHash(change)),
    }),
  ],
  [
    'a plan of somebody who has left the house',
    async () => {
      const made = await proposal();
      await gate.superuser(`UPDATE requests SET person = 'gone' WHERE id = $1`, [made.plan]);
      return made;
    },
  ],
  [
    'a plan the judge has learned to deny',
    async () => await proposal(contentWith([shellStep(1, 'n100', 'systemctl poweroff')])),
  ],
  [
    'a plan whose text was changed in the database',
    async () => {
      const made = await proposal();
      await gate.superuser('ALTER TABLE revisions DROP CONSTRAINT IF EXISTS revisions_hash_is_of_content');
      await gate.superuser(
        `UPDATE revisions SET content = replace(content, 'echo 1', 'echo 2') WHERE plan = $1`,
        [made.plan],
      );
      return made;
    },
  ],
];

test.each(presses)(
  'on none of the five surfaces does anything run after a press on, or by, %s',
  async (_, prepare) => {
    const press = await prepare();
    for (const surface of surfaces) {
      const answer = await gate.press(surface, press);
      expect(answer).toEqual({ taken: false, said: expect.stringMatching(/\S/) });
    }
    expect(await gate.served.ledger.runs(press.plan)).toEqual([]);
  },
);

test('over the API the beginning of a hash is no hash', async () => {
  const made = await proposal();
  for (const hash of ['', made.hash.slice(0, 8), made.hash.slice(0, 63), made.hash.toUpperCase()]) {
    if (hash === made.hash) continue;
    expect(await gate.press('api', { ...made, hash })).toMatchObject({ taken: false });
  }
  expect(await gate.served.ledger.runs(made.plan)).toEqual([]);
});

test('a beginning that two revisions share means neither', async () => {
  const made = await proposal();
  const content = contentWith([shellStep(1, 'n100', 'echo other')]);
  const twin = `${made.hash.slice(0, 8)}${planHash(content).slice(8)}`;
  await gate.superuser('ALTER TABLE revisions DROP CONSTRAINT IF EXISTS revisions_hash_is_of_content');
  await gate.superuser(
    `INSERT INTO revisions (plan, revision, content, hash, rehearsal) SELECT plan, 2, content, $2, rehearsal FROM revisions WHERE plan = $1`,
    [made.plan, twin],
  );
  for (const surface of ['discord', 'matrix'] as const)
    expect(await gate.press(surface, { ...made, hash: made.hash.slice(0, 8) })).toMatchObject({
      taken: false,
    });
  expect(await gate.press('discord', { ...made, hash: made.hash.slice(0, 8) })).toMatchObject({
    taken: false,
  });
});

test('a name gives no right: an account does', async () => {
  const made = await proposal();
  expect(new Set(spoofs).size).toBe(20);
  for (const name of spoofs)
    for (const surface of ['discord', 'matrix'] as const) {
      const account = surface === 'discord' ? '99' : `@${name}:elsewhere.example`;
      expect(await gate.press(surface, { ...made, person: name, account })).toMatchObject({ taken: false });
    }
  expect(await gate.served.ledger.runs(made.plan)).toEqual([]);
});

test('what the configuration says now counts: who became a viewer since the card was drawn approves nothing', async () => {
  const made = { ...(await proposal()), person: 'ben' };
  const cookie = await gate.served.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { token: 'token-of-ben' },
  });
  const later = await openGate(
    members.map((one) => (one.id === 'ben' ? { ...one, role: 'viewer' as const } : one)),
    gate.served.database,
  );
  try {
    for (const surface of surfaces) expect(await later.press(surface, made)).toMatchObject({ taken: false });
    const old = await later.served.app.inject({
      method: 'POST',
      url: `/api/v1/plans/P-${made.plan}/decision`,
      headers: { 'x-csrf-token': String((cookie.json() as { csrf: string }).csrf) },
      cookies: { chiffon_session: String(cookie.cookies[0]?.value) },
      payload: { decision: 'approve', hash: made.hash },
    });
    expect(old.statusCode).toBe(403);
    expect(await gate.served.ledger.runs(made.plan)).toEqual([]);
  } finally {
    await later.close();
  }
  // The same press, where Ben is still an operator.
  expect(await gate.press('api', made)).toMatchObject({ taken: true });
});
