import { describe, expect, test } from 'vitest';
import { applicationRole } from '#ledger/application-role.ts';
import { openConnections } from '#ledger/connections.ts';
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

test('what the ledger works as may add events and read them, and nothing else', async () => {
  const connections = await openConnections({ url: database().url, ownerUrl: null }, 'as the ledger');
  try {
    const { rows } = await connections.pool.query(
      `SELECT current_user AS role, rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls AS mighty,
         pg_get_userbyid(relowner) AS owner
       FROM pg_roles, pg_class WHERE rolname = current_user AND pg_class.oid = 'events'::regclass`,
    );
    expect(rows).toEqual([
      { role: applicationRole, mighty: false, owner: expect.not.stringMatching(applicationRole) },
    ]);
    await fillEveryTable();
    for (const statement of [
      `UPDATE events SET canonical = canonical`,
      `UPDATE events SET hash = hash WHERE false`,
      'DELETE FROM events',
      'DELETE FROM events WHERE false',
      'TRUNCATE events',
      'ALTER TABLE events DISABLE TRIGGER ALL',
      'ALTER TABLE events ALTER COLUMN actor DROP EXPRESSION',
      'DROP TRIGGER events_rows_stay ON events',
      'DROP TABLE events',
      'CREATE OR REPLACE FUNCTION check_event_link() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
      'SELECT * FROM events FOR UPDATE',
      `SELECT setval('events_id_seq', 1)`,
      `SET session_replication_role = replica`,
    ]) {
      await expect(connections.pool.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    }
  } finally {
    await connections.close();
  }
});

test('nobody but the owner has rights on the record beyond reading and adding', async () => {
  await onConnection(database().superuserUrl, async (client) => {
    const { rows } = await client.query(
      `SELECT table_name || ': ' || string_agg(privilege_type, ', ' ORDER BY privilege_type) AS rights
       FROM information_schema.table_privileges t JOIN pg_class c ON c.relname = t.table_name
         AND c.relnamespace = 'public'::regnamespace
       WHERE table_name = ANY($1) AND grantee <> pg_get_userbyid(c.relowner)
       GROUP BY table_name, grantee ORDER BY 1`,
      [[...appendOnly, 'stream_heads']],
    );
    expect(rows.map((row) => row.rights)).toEqual([
      'approvals: INSERT, SELECT',
      'events: INSERT, SELECT',
      'log_chunks: INSERT, SELECT',
      'revisions: INSERT, SELECT',
      'stream_heads: SELECT',
    ]);
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
    detail: expect.stringMatching(/^PostgreSQL \d+.* answers in [\d.]+ ms\. Chiffon signs in as the owner/),
    remedy: expect.stringContaining('CREATE ROLE chiffon_login LOGIN'),
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
