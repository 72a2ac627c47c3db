import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { canonicalJson, sha256Hex } from '#core/canonical.ts';
import { migrate } from '#ledger/migrate.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { emptyDatabase, onConnection } from '../support/postgres.ts';
import { ledgerForTests } from './house-of-tests.ts';

const { ledger, database } = ledgerForTests();
const shipped = resolve(import.meta.dirname, '../../prisma/migrations');
const looked = {
  stream: 'host:a',
  kind: 'host.probed',
  actor: 'anna',
  host: 'a',
  summary: 'looked',
} as const;

/** Puts an event of another time into the record, with the next link of its stream, as far as the guards let it. */
async function addAt(client: pg.Client, at: string, stream: string = looked.stream): Promise<void> {
  const { rows } = await client.query('SELECT id::int AS id, seq, previous_hash FROM next_event_link($1)', [
    stream,
  ]);
  const [{ id, seq, previous_hash: before }] = rows;
  const canonical = canonicalJson({ ...looked, stream, id, seq, at });
  await client.query('INSERT INTO events (at, canonical, previous_hash, hash) VALUES ($1, $2, $3, $4)', [
    at,
    canonical,
    before,
    sha256Hex(`${before}\n${canonical}`),
  ]);
}

const parts = `SELECT tableoid::regclass::text AS part, count(*)::int AS events FROM events GROUP BY 1 ORDER BY 1`;

test('each month has a table of its own, prepared three months ahead, and the chain goes on from one to the next', async () => {
  await onConnection(database().superuserUrl, async (client) => {
    const { rows } = await client.query<{ months: string[] }>(
      `SELECT array_agg('events_' || to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => i),
         'YYYY_MM') ORDER BY i) AS months FROM generate_series(1, 3) i`,
    );
    const months = rows[0]?.months ?? [];
    for (const month of months) {
      await addAt(client, `${month.slice(7).replace('_', '-')}-01T00:00:00.000Z`);
      await addAt(client, `${month.slice(7).replace('_', '-')}-28T23:59:59.999Z`);
    }
    const found = await client.query(parts);
    expect(found.rows).toEqual(months.map((part) => ({ part, events: 2 })));
  });
  expect(await ledger().verify()).toMatchObject({ ok: true, events: 6 });
});

test('an event of a time nobody prepared for is stored all the same', async () => {
  await onConnection(database().superuserUrl, async (client) => {
    for (const at of ['2099-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z'])
      await addAt(client, at, 'host:odd');
    const { rows } = await client.query(parts);
    expect(rows).toContainEqual({ part: 'events_other_times', events: 1 });
    // That month can't have a table any more, and preparing months goes on without it.
    await client.query('SELECT prepare_event_months()');
  });
  expect(await ledger().verify()).toMatchObject({ ok: true });
});

test('a place in a stream and an id are taken once over all months', async () => {
  await onConnection(database().superuserUrl, async (client) => {
    await addAt(client, '2099-01-01T00:00:00.000Z', 'host:once');
    const { rows } = await client.query(
      `SELECT canonical, previous_hash, hash FROM events WHERE stream = 'host:once'`,
    );
    const elsewhere = rows[0].canonical.replace('2099-01-01', '2020-01-01');
    const insert = (canonical: string, before: string) =>
      client.query('INSERT INTO events (at, canonical, previous_hash, hash) VALUES ($1, $2, $3, $4)', [
        '2020-01-01T00:00:00.000Z',
        canonical,
        before,
        sha256Hex(`${before}\n${canonical}`),
      ]);
    await expect(insert(elsewhere, rows[0].previous_hash)).rejects.toThrow(/does not follow the last one/);
    await client.query(`SELECT nextval('events_id_seq')`);
    const next = elsewhere.replace('"seq":1', '"seq":2');
    await expect(insert(next, rows[0].hash)).rejects.toThrow(/was not given out/);
  });
});

describe('whoever names a month directly meets the same guards', () => {
  test.each(['UPDATE % SET hash = hash', 'DELETE FROM %', 'TRUNCATE %'])('%s', async (statement) => {
    await onConnection(database().superuserUrl, async (client) => {
      const { rows } = await client.query(`SELECT inhrelid::regclass::text AS part FROM pg_inherits
        WHERE inhparent = 'events'::regclass`);
      expect(rows.length).toBeGreaterThan(4);
      for (const { part } of rows)
        await expect(client.query(statement.replace('%', part)), part).rejects.toThrow(/only ever added/);
    });
  });

  test('a month taken out of the record shows', async () => {
    await onConnection(database().superuserUrl, async (client) => {
      await client.query('BEGIN');
      await client.query('ALTER TABLE events DETACH PARTITION events_before_months');
      const { rows } = await client.query('SELECT count(*)::int AS events FROM events_before_months');
      await client.query('ROLLBACK');
      expect(rows[0].events).toBeGreaterThan(0);
    });
  });
});

test('a question about a week reads the tables of its months only', async () => {
  await onConnection(database().superuserUrl, async (client) => {
    const { rows } = await client.query(
      `EXPLAIN (FORMAT JSON) SELECT canonical FROM events WHERE at >= now() + interval '40 days' AND at < now() + interval '47 days'`,
    );
    const plan = JSON.stringify(rows);
    expect(plan).not.toContain('events_before_months');
    expect(plan).not.toContain('"events_2099');
  });
});

test('a record of the first release moves over with everything in it, and goes on', async () => {
  const old = await emptyDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'chiffon-released-'));
  const released = [
    '20261121000000_ledger',
    '20261121100000_conversations_and_alerts',
    '20261121100100_smaller_events',
  ];
  for (const name of released) await cp(join(shipped, name), join(folder, name), { recursive: true });
  const streams = ['host:a', 'host:b', 'system'];
  await onConnection(old.url, async (client) => {
    expect(await migrate(client, folder)).toEqual(released);
    for (let i = 0; i < 30; i += 1) {
      const stream = streams[i % 3] ?? '';
      const { rows } = await client.query(
        'SELECT id::int AS id, seq, previous_hash FROM next_event_link($1)',
        [stream],
      );
      const at = `2026-${String((i % 6) + 5).padStart(2, '0')}-03T04:05:06.007Z`;
      const canonical = canonicalJson({
        ...looked,
        stream,
        id: rows[0].id,
        seq: rows[0].seq,
        at,
        outcome: 'failed',
      });
      const before = rows[0].previous_hash;
      await client.query('INSERT INTO events (canonical, previous_hash, hash) VALUES ($1, $2, $3)', [
        canonical,
        before,
        sha256Hex(`${before}\n${canonical}`),
      ]);
    }
  });
  const moved = await createPostgresLedger({ url: old.url, applicationName: 'after the update' });
  expect(await moved.verify()).toMatchObject({ ok: true, events: 30, streams: 3 });
  await moved.transact((tx) => tx.append(looked));
  expect(await moved.verify()).toMatchObject({ ok: true, events: 31, streams: 3 });
  const june = {
    since: '2026-06-01T00:00:00.000Z',
    until: '2026-07-01T00:00:00.000Z',
    outcome: 'failed',
    limit: 100,
  };
  expect(await moved.audit(june)).toHaveLength(5);
  await moved.close();
  await old.drop();
  await rm(folder, { recursive: true });
  expect((await readdir(shipped)).length).toBeGreaterThan(released.length);
});
