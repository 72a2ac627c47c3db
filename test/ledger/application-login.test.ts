import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { type FreshDatabase, freshDatabase, onConnection } from '../support/postgres.ts';
import { startAttempt } from './house-of-tests.ts';

const role = `login_${randomBytes(4).toString('hex')}`;
let database: FreshDatabase;
let loginUrl: string;

beforeAll(async () => {
  database = await freshDatabase();
  await onConnection(database.superuserUrl, (client) =>
    client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'only-here'`),
  );
  const address = new URL(database.url);
  address.username = role;
  address.password = 'only-here';
  loginUrl = address.href;
});
afterAll(async () => {
  await onConnection(database.superuserUrl, (client) =>
    client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`),
  );
  await database.drop();
});

test('with two addresses the ledger works as a role that owns nothing, and says nothing is missing', async () => {
  const ledger = await createPostgresLedger({
    url: loginUrl,
    ownerUrl: database.url,
    applicationName: 'two roles',
  });
  const { run } = await startAttempt(ledger, 'a1');
  await ledger.appendLog('a1', [{ stream: 'out', text: 'hello\n', endOffset: { out: 6, err: 0 } }]);
  await ledger.transact((tx) =>
    tx.append({ stream: `run:${run}`, kind: 'run.started', actor: 'chiffon', run, summary: 'Started.' }),
  );
  expect(await ledger.verify()).toMatchObject({ ok: true, events: 1 });
  expect(await ledger.health()).toMatchObject({ ok: true, remedy: null });
  await ledger.close();
});

describe('that role is refused everything that would change the record, whatever it calls itself', () => {
  const back = ['', 'RESET ROLE', 'SET ROLE NONE', 'SET SESSION AUTHORIZATION DEFAULT', 'RESET ALL'];
  const tables = [
    'events',
    'events_before_months',
    'events_other_times',
    'approvals',
    'revisions',
    'log_chunks',
    'stream_heads',
    'trail_commits',
  ];
  const statements = (table: string): readonly string[] => [
    `UPDATE ${table} SET ${table.startsWith('events') || table === 'stream_heads' ? 'hash = hash' : table === 'trail_commits' ? 'kind = kind' : 'at = at'}`,
    `DELETE FROM ${table}`,
    `TRUNCATE ${table}`,
    `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
    `ALTER TABLE ${table} ADD COLUMN more text`,
    `ALTER TABLE ${table} OWNER TO CURRENT_USER`,
    `DROP TABLE ${table}`,
    `CREATE TRIGGER mine BEFORE INSERT ON ${table} EXECUTE FUNCTION refuse_change()`,
  ];

  test.each(back)('after “%s”', async (words) => {
    await onConnection(loginUrl, async (client) => {
      if (words !== '') await client.query(words);
      for (const table of tables)
        for (const statement of statements(table))
          await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' });
      for (const statement of [
        'ALTER TABLE events DETACH PARTITION events_before_months',
        'DROP TRIGGER events_rows_stay ON events',
        'CREATE OR REPLACE FUNCTION check_event_link() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
        'DROP FUNCTION check_event_link() CASCADE',
        `SELECT attach_events('x', NULL, NULL)`,
        `SELECT setval('events_id_seq', 1)`,
        'SET session_replication_role = replica',
        'CREATE TABLE public.mine (id int)',
        'SET ROLE chiffon_test_owner',
        'SET ROLE postgres',
        'DROP SCHEMA public CASCADE',
      ])
        await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    });
  });
});

test('what it grants itself gives it nothing', async () => {
  await onConnection(loginUrl, async (client) => {
    await client.query('GRANT ALL ON events TO CURRENT_USER');
    const { rows } = await client.query(
      `SELECT string_agg(p, ', ') AS rights FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) p
       WHERE has_table_privilege('events', p)`,
    );
    expect(rows).toEqual([{ rights: 'SELECT, INSERT' }]);
  });
});

test('a second role that may become the owner is no second role, and doctor says so', async () => {
  await onConnection(database.superuserUrl, (client) => client.query(`GRANT chiffon_test_owner TO ${role}`));
  const ledger = await createPostgresLedger({
    url: loginUrl,
    ownerUrl: database.url,
    applicationName: 'mighty',
  });
  const health = await ledger.health();
  await ledger.close();
  await onConnection(database.superuserUrl, (client) =>
    client.query(`REVOKE chiffon_test_owner FROM ${role}`),
  );
  expect(health.detail).toContain(`${role} owns the tables, or may become their owner`);
  expect(health.remedy).toContain('DATABASE_OWNER_URL');
});
