import { describe, expect, test } from 'vitest';
import { applicationRole } from '#ledger/application-role.ts';
import { onConnection } from '../support/postgres.ts';
import { ledgerForTests, openRun, startAttempt } from './house-of-tests.ts';

const { ledger, database } = ledgerForTests();

const appendOnly = ['events', 'approvals', 'revisions', 'log_chunks'] as const;

async function fillEveryTable(): Promise<void> {
  const { task } = await startAttempt(ledger(), `attempt-${Math.random()}`);
  const [attempt] = (await ledger().task(task))?.attempts ?? [];
  await ledger().appendLog(attempt?.id ?? '', [
    { stream: 'out', text: 'hello\n', endOffset: { out: 6, err: 0 } },
  ]);
  await ledger().transact(async (tx) => {
    await tx.append({
      stream: 'system',
      kind: 'system.started',
      actor: 'chiffon',
      summary: 'Chiffon started.',
    });
  });
}

describe.each(appendOnly)('rows of %s are only ever added', (table) => {
  const column = { events: 'hash', approvals: 'comment', revisions: 'asked_for', log_chunks: 'text' }[table];

  test.each(['owner', 'superuser'])('the %s is refused UPDATE, DELETE and TRUNCATE', async (who) => {
    await fillEveryTable();
    const url = who === 'owner' ? database().url : database().superuserUrl;
    await onConnection(url, async (client) => {
      const before = await client.query(`SELECT count(*) FROM ${table}`);
      expect(before.rows[0].count).not.toBe('0');
      for (const statement of [
        `UPDATE ${table} SET ${column} = ${column}`,
        `DELETE FROM ${table}`,
        `DELETE FROM ${table} WHERE false`,
        `TRUNCATE ${table}`,
        `TRUNCATE ${table} CASCADE`,
      ]) {
        await expect(client.query(statement), statement).rejects.toThrow(
          /are only ever added|violates|referenced/,
        );
      }
      expect((await client.query(`SELECT count(*) FROM ${table}`)).rows).toEqual(before.rows);
    });
  });

  test('the application role has no right to try', async () => {
    await onConnection(database().superuserUrl, async (client) => {
      await client.query(`SET ROLE ${applicationRole}`);
      for (const statement of [
        `UPDATE ${table} SET ${column} = ${column}`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table}`,
        `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
        `DROP TABLE ${table} CASCADE`,
      ]) {
        await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' });
      }
    });
  });
});

test('the ledger itself works as the application role', async () => {
  await onConnection(database().superuserUrl, async (client) => {
    const { rows } = await client.query(
      `SELECT count(*)::int AS connections FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'test'`,
    );
    expect(rows[0].connections).toBeGreaterThan(0);
  });
  expect(await ledger().health()).toEqual({
    ok: true,
    detail: expect.stringMatching(/^PostgreSQL \d+.* answers in [\d.]+ ms\.$/),
    remedy: null,
  });
});

test('the application role may not write the ends of the streams by itself', async () => {
  await onConnection(database().superuserUrl, async (client) => {
    await client.query(`SET ROLE ${applicationRole}`);
    for (const statement of [
      `INSERT INTO stream_heads VALUES ('x', 1, 'y')`,
      `UPDATE stream_heads SET seq = 0`,
      'DELETE FROM stream_heads',
    ]) {
      await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    }
  });
});

test('a temporary table of the same name fools no guard', async () => {
  const run = await openRun(ledger());
  await onConnection(database().superuserUrl, async (client) => {
    await client.query(`CREATE TEMP TABLE approvals AS SELECT *, 2 AS extra FROM public.approvals`);
    await client.query(`CREATE TEMP TABLE runs AS SELECT * FROM public.runs`);
    await client.query(`UPDATE pg_temp.runs SET state = 'running'`);
    const start = client.query(`UPDATE tasks SET state = 'running' WHERE run = $1`, [run.id]);
    await expect(start).rejects.toThrow(`run ${run.id} is pending`);
  });
});
