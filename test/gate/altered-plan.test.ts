import { beforeAll, expect, test, vi } from 'vitest';
import { canonicalJson } from '#core/canonical.ts';
import { PlanContent, planHash } from '#core/plan.ts';
import type { RunRow } from '#flow/ledger-port.ts';
import { anna, flowsForTests } from '../flow/house-of-flows.ts';
import { contentWith, shellStep } from '../ledger/house-of-tests.ts';
import { onConnection } from '../support/postgres.ts';

/** How many plans are changed by one byte in the database at each place. More, for a night: CHIFFON_GATE=1000. */
const rounds = Number(process.env['CHIFFON_GATE'] ?? 2);
vi.setConfig({ testTimeout: 20_000 + rounds * 2_000 });

const flows = flowsForTests();
const { ledger, database, approved, proposal, decide, performOne, starts } = flows;

/** As somebody who may do everything, with triggers off and the checks gone. */
const superuser = (statement: string, values: readonly unknown[] = []): Promise<unknown> =>
  onConnection(database().superuserUrl, async (client) => {
    await client.query('SET session_replication_role = replica');
    return await client.query(statement, [...values]);
  });

beforeAll(async () => {
  await superuser('ALTER TABLE revisions DROP CONSTRAINT revisions_hash_is_of_content');
});

/** Another printable character at a place that differs from one call to the next. */
function oneByte(text: string, turn: number): string {
  const at = (turn * 7_919 + 13) % text.length;
  const other = String.fromCharCode(33 + ((text.charCodeAt(at) - 33 + 1 + (turn % 90)) % 94));
  const changed = text.slice(0, at) + (other === text[at] ? '~' : other) + text.slice(at + 1);
  if (changed === text) throw new Error('nothing was changed');
  return changed;
}

/** Carries a task out as a worker would; a row that can't be read any more is a surprise, and runs nothing either. */
async function tryTo(task: string): Promise<void> {
  await performOne(task).catch((error: unknown) => {
    if (
      !(error instanceof Error) ||
      !/JSON|Invalid|expected|Unrecognized|must/i.test(`${error.name} ${error.message}`)
    )
      throw error;
  });
}

test('of ten thousand one-byte changes none keeps the hash', () => {
  const content = contentWith([shellStep(1), shellStep(2, 'nas', 'docker compose -p jellyfin restart')]);
  const text = canonicalJson(content);
  const hash = planHash(content);
  let kept = 0;
  for (let turn = 0; turn < 10_000; turn += 1) {
    let read: unknown;
    try {
      read = JSON.parse(oneByte(text, turn));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      continue;
    }
    const parsed = PlanContent.safeParse(read);
    if (parsed.success && planHash(parsed.data) === hash) kept += 1;
  }
  expect(kept).toBe(0);
});

test('a plan that is changed between the card and the yes is not approved', async () => {
  for (let turn = 0; turn < rounds; turn += 1) {
    const made = await proposal({ steps: 2 });
    const revision = await ledger().revision(made.plan, 1);
    await superuser('UPDATE revisions SET content = $2 WHERE plan = $1', [
      made.plan,
      oneByte(canonicalJson(revision?.content), turn),
    ]);
    const said = await decide(made, anna, 'approve').catch((error: unknown) => {
      if (!(error instanceof Error)) throw error;
      return { ok: false as const };
    });
    expect(said.ok).toBe(false);
    await superuser('UPDATE revisions SET content = $2 WHERE plan = $1', [
      made.plan,
      canonicalJson(revision?.content),
    ]);
    expect(await ledger().runs(made.plan)).toEqual([]);
  }
});

/** What somebody with every right may change once a plan is approved, before its step at `position` runs. */
const changes: readonly (readonly [
  name: string,
  change: (run: RunRow, position: number, turn: number) => Promise<unknown>,
])[] = [
  [
    'the step',
    async (run, position, turn) => {
      const [task] = (await ledger().tasks(run.id)).slice(position - 1);
      return await superuser('UPDATE tasks SET step = $2 WHERE id = $1', [
        task?.id,
        oneByte(canonicalJson(task?.step), turn),
      ]);
    },
  ],
  [
    'the revision',
    async (run, _, turn) => {
      const revision = await ledger().revision(run.plan, run.revision);
      return await superuser('UPDATE revisions SET content = $2 WHERE plan = $1', [
        run.plan,
        oneByte(canonicalJson(revision?.content), turn),
      ]);
    },
  ],
  [
    'the hash of the run',
    (run, _, turn) => superuser('UPDATE runs SET hash = $2 WHERE id = $1', [run.id, oneByte(run.hash, turn)]),
  ],
  [
    'the approval',
    (run, _, turn) =>
      superuser('UPDATE approvals SET hash = $2 WHERE plan = $1', [run.plan, oneByte(run.hash, turn)]),
  ],
  ['the approval, which is gone', (run) => superuser('DELETE FROM approvals WHERE plan = $1', [run.plan])],
  [
    'everything but the record, so that all rows agree',
    async (run, position, turn) => {
      const revision = await ledger().revision(run.plan, run.revision);
      if (revision === null) throw new Error('there is no revision');
      const steps = revision.content.steps.map((step, index) =>
        index === position - 1 ? { ...step, command: `echo changed ${turn}` } : step,
      ) as PlanContent['steps'];
      const content = { ...revision.content, steps };
      const hash = planHash(content);
      await superuser('UPDATE revisions SET content = $2, hash = $3 WHERE plan = $1', [
        run.plan,
        canonicalJson(content),
        hash,
      ]);
      await superuser('UPDATE plans SET hash = $2 WHERE id = $1', [run.plan, hash]);
      await superuser('UPDATE approvals SET hash = $2 WHERE plan = $1', [run.plan, hash]);
      await superuser('UPDATE runs SET hash = $2 WHERE id = $1', [run.id, hash]);
      return await superuser('UPDATE tasks SET step = $2 WHERE id = $1', [
        `${run.id}-s${position}`,
        canonicalJson(steps[position - 1]),
      ]);
    },
  ],
];

test.each(changes)('when %s is changed after the yes, nothing runs', async (_, change) => {
  for (let turn = 0; turn < rounds; turn += 1) {
    const run = await approved({ steps: 2 });
    const host = run.hosts[0] ?? '';
    await change(run, 1, turn);
    await tryTo(`${run.id}-s1`);
    await tryTo(`${run.id}-s2`);
    expect(starts(host)).toBe(0);
  }
});

test.each(changes)('when %s is changed between two steps, the second does not run', async (_, change) => {
  for (let turn = 0; turn < rounds; turn += 1) {
    const run = await approved({ steps: 2 });
    const host = run.hosts[0] ?? '';
    await performOne(`${run.id}-s1`);
    expect(starts(host)).toBe(1);
    await change(run, 2, turn);
    await tryTo(`${run.id}-s2`);
    expect(starts(host)).toBe(1);
  }
});

test('a run that somebody writes into the database without a yes runs nothing', async () => {
  const made = await proposal({ steps: 1 });
  const step = canonicalJson((await ledger().revision(made.plan, 1))?.content.steps[0]);
  await superuser(
    `INSERT INTO runs (id, plan, number, revision, hash, state, mutates, hosts) VALUES ($1, $2, 1, 1, $3, 'running', true, $4)`,
    [`${made.plan}-1`, made.plan, made.hash, [made.host]],
  );
  await superuser(`INSERT INTO tasks (id, run, position, step, state) VALUES ($1, $2, 1, $3, 'pending')`, [
    `${made.plan}-1-s1`,
    `${made.plan}-1`,
    step,
  ]);
  await tryTo(`${made.plan}-1-s1`);
  expect(starts(made.host)).toBe(0);
  expect((await ledger().task(`${made.plan}-1-s1`))?.summary).toContain(
    'The record holds no yes to this plan',
  );
});

test('what nobody changed runs', async () => {
  const run = await approved({ steps: 2 });
  await performOne(`${run.id}-s1`);
  await performOne(`${run.id}-s2`);
  expect(starts(run.hosts[0] ?? '')).toBe(2);
});
