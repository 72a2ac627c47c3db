import { describe, expect, test } from 'vitest';
import { applicationRole } from '#ledger/application-role.ts';
import { anna, flowsForTests } from './house-of-flows.ts';

const flows = flowsForTests();

/** How often the record is out of order, for each way; CHIFFON_UNWRITABLE=100 is the long version. */
const times = Number(process.env['CHIFFON_UNWRITABLE'] ?? 5);

/** Ways a record can't be written, each with how it is set right. */
const ways: readonly (readonly [string, string, string])[] = [
  [
    'events can not be added',
    `REVOKE INSERT ON events FROM ${applicationRole}`,
    `GRANT INSERT ON events TO ${applicationRole}`,
  ],
  [
    'attempts can not be added',
    `REVOKE INSERT ON attempts FROM ${applicationRole}`,
    `GRANT INSERT ON attempts TO ${applicationRole}`,
  ],
  [
    'the disk is full',
    `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
     CREATE TRIGGER full_disk BEFORE INSERT ON events EXECUTE FUNCTION full_disk()`,
    'DROP FUNCTION full_disk() CASCADE',
  ],
];

describe.each(ways)('while %s, nothing runs', (_, broken, mended) => {
  test(`${times} approved commands wait, and each runs once when the record is back`, async () => {
    const runs = [];
    for (let i = 0; i < times; i += 1) runs.push(await flows.approved());
    await flows.sql(broken);
    try {
      for (const run of runs) await expect(flows.perform(`${run.id}-s1`)).rejects.toThrow();
    } finally {
      await flows.sql(mended);
    }
    expect(runs.map((run) => flows.starts(run.hosts[0] ?? ''))).toEqual(runs.map(() => 0));
    for (const run of runs) await flows.perform(`${run.id}-s1`);
    expect(runs.map((run) => flows.starts(run.hosts[0] ?? ''))).toEqual(runs.map(() => 1));
  });
});

test('nothing is approved of which there would be no record', async () => {
  const proposed = await flows.proposal();
  await flows.sql(`REVOKE INSERT ON events FROM ${applicationRole}`);
  try {
    await expect(flows.decide(proposed, anna, 'approve')).rejects.toThrow();
  } finally {
    await flows.sql(`GRANT INSERT ON events TO ${applicationRole}`);
  }
  expect(await flows.ledger().runs(proposed.plan)).toEqual([]);
  expect(await flows.ledger().plan(proposed.plan)).toMatchObject({ state: 'awaiting_approval' });
});

test('every attempt has one intent before it and one outcome after it', async () => {
  const run = await flows.approved({ steps: 3 });
  for (const step of [1, 2, 3]) {
    // A job that is delivered twice is still one attempt.
    await Promise.all([
      flows.perform(`${run.id}-s${step}`, 'w1'),
      flows.perform(`${run.id}-s${step}`, 'w2', flows.other()),
    ]);
  }
  const rows = await flows.sql<{ attempt: string; kinds: string[] }>(
    `SELECT canonical::jsonb #>> '{data,attempt}' AS attempt, array_agg(kind ORDER BY id) AS kinds
     FROM events WHERE kind IN ('attempt.intended', 'attempt.ended') AND run = $1 GROUP BY 1`,
    [run.id],
  );
  expect(rows.map(({ kinds }) => kinds)).toEqual(
    Array.from({ length: 3 }, () => ['attempt.intended', 'attempt.ended']),
  );
  const attempts = await flows.sql<{ id: string }>(
    'SELECT a.id FROM attempts a JOIN tasks t ON t.id = a.task WHERE t.run = $1 AND a.outcome IS NOT NULL',
    [run.id],
  );
  expect(rows.map(({ attempt }) => attempt).toSorted()).toEqual(attempts.map(({ id }) => id).toSorted());
});
