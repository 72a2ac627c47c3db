import { beforeAll, describe, expect, test } from 'vitest';
import type { Verification } from '#flow/ledger-port.ts';
import { examine } from '#ledger/verify.ts';
import { onConnection } from '../support/postgres.ts';
import { ledgerForTests, startAttempt } from './house-of-tests.ts';

const { ledger, database } = ledgerForTests();
let run: string;

beforeAll(async () => {
  for (const stream of ['host:a', 'host:b']) {
    await ledger().transact(async (tx) => {
      for (let i = 1; i <= 6; i += 1) {
        await tx.append({
          stream,
          kind: 'host.probed',
          actor: 'anna',
          host: 'a',
          summary: `look number ${i} at a`,
          data: { size: 10 + i },
        });
      }
    });
  }
  run = (await startAttempt(ledger(), 'a1')).run;
  for (let end = 1; end <= 3; end += 1) {
    await ledger().appendLog('a1', [{ stream: 'out', text: `${end}`, endOffset: { out: end, err: 0 } }]);
  }
});

/** What is found after somebody with every right, the guards asleep, did this; it is undone afterwards. */
async function found(statements: string): Promise<Verification> {
  return await onConnection(database().superuserUrl, async (client) => {
    await client.query('BEGIN');
    await client.query(`SET LOCAL session_replication_role = replica; ${statements}`);
    return await examine(client, { repository: null, newestEvent: async () => 0 });
  });
}

const at = (seq: number): string => `WHERE stream = 'host:a' AND seq = ${seq}`;
const edit = (seq: number, from: string, to: string): string =>
  `UPDATE events SET canonical = replace(canonical, '${from}', '${to}') ${at(seq)}`;
/** New hashes from an event on, as somebody would compute them who knows how. */
const rehash = (from: number): string => `DO $$ DECLARE e record; before text; BEGIN
  SELECT hash INTO before FROM events ${at(from - 1)};
  FOR e IN SELECT * FROM events WHERE stream = 'host:a' AND seq >= ${from} ORDER BY seq LOOP
    UPDATE events SET previous_hash = before, hash = event_hash(before, canonical) WHERE id = e.id;
    before := event_hash(before, e.canonical);
  END LOOP; END $$`;

test('an untouched ledger is in order', async () => {
  const order = { ok: true, events: 12, streams: 2, gitCommits: 0, unanchored: 12, firstBad: null };
  expect(await ledger().verify()).toEqual(order);
  expect(await found('SELECT 1')).toEqual(order);
});

describe('tampering shows, and the place is named', () => {
  test.each([
    ['a field edited', edit(3, 'number 3', 'number 9'), 3, /its text is not the text that was hashed/],
    ['the actor edited', edit(2, '"anna"', '"mary"'), 2, /its text is not the text/],
    ['the time edited', edit(4, '"at":"20', '"at":"19'), 4, /its text is not the text/],
    ['white space added', edit(5, '","', '", "'), 5, /its text is not the text/],
    [
      'the payloads of two events swapped',
      `${edit(3, '"size":13', '"size":15')}; ${edit(5, '"size":15', '"size":13')}`,
      3,
      /its text/,
    ],
    ['a hash replaced', `UPDATE events SET hash = repeat('a', 64) ${at(6)}`, 6, /its text is not/],
    [
      'an event edited and hashed anew',
      `${edit(3, 'number 3', 'number 9')}; UPDATE events SET hash = event_hash(previous_hash, canonical) ${at(3)}`,
      4,
      /does not follow/,
    ],
    ['the middle deleted', `DELETE FROM events ${at(3)}`, 4, /events 3 to 3 are missing/],
    [
      'the beginning deleted',
      `DELETE FROM events WHERE stream = 'host:a' AND seq < 3`,
      3,
      /events 1 to 2 are missing/,
    ],
    [
      'the tail cut',
      `DELETE FROM events WHERE stream = 'host:a' AND seq > 4`,
      5,
      /events 5 to 6 are missing/,
    ],
    ['a whole stream deleted', `DELETE FROM events WHERE stream = 'host:a'`, 1, /events 1 to 6 are missing/],
    [
      'the tail rewritten with new hashes',
      `${edit(4, 'number 4', 'number 9')}; ${rehash(4)}`,
      7,
      /ends differently/,
    ],
    [
      'an event inserted',
      `INSERT INTO events (at, canonical, previous_hash, hash)
       SELECT at, c, hash, event_hash(hash, c) FROM (SELECT at, hash, replace(replace(canonical, '"seq":6', '"seq":7'),
         '"id":' || id, '"id":999') AS c FROM events ${at(6)}) e`,
      8,
      /ends differently/,
    ],
    [
      'an event copied to another place of the stream',
      `INSERT INTO events (at, canonical, previous_hash, hash) SELECT at, replace(replace(canonical, '"seq":2', '"seq":7'),
         '"id":' || id, '"id":999'), previous_hash, hash FROM events ${at(2)}`,
      7,
      /does not follow/,
    ],
    [
      'two events in each other’s place',
      `UPDATE events SET canonical = replace(canonical, '"seq":3', '"seq":33') ${at(3)};
       UPDATE events SET canonical = replace(canonical, '"seq":4', '"seq":3') ${at(4)};
       UPDATE events SET canonical = replace(canonical, '"seq":33', '"seq":4') ${at(33)}`,
      4,
      /its text|does not follow/,
    ],
  ])('%s', async (_, statements, seq, why) => {
    expect(await found(statements)).toMatchObject({
      ok: false,
      firstBad: { stream: 'host:a', seq, why: expect.stringMatching(why) },
    });
  });

  test('a text that is no event any more, hashed as if it were one', async () => {
    const columns = ['id', 'stream', 'seq', 'kind', 'actor', 'plan', 'run', 'host', 'service', 'outcome'];
    const loose = columns.map((column) => `ALTER COLUMN ${column} DROP EXPRESSION`).join(', ');
    for (const text of ['not JSON', 'null', '[]']) {
      const broken = `ALTER TABLE events ${loose}; UPDATE events SET canonical = '${text}',
        hash = event_hash(previous_hash, '${text}') ${at(6)};
        UPDATE stream_heads SET hash = (SELECT hash FROM events ${at(6)}) WHERE stream = 'host:a'`;
      expect(await found(broken), text).toMatchObject({
        ok: false,
        firstBad: {
          stream: 'host:a',
          seq: 6,
          why: expect.stringMatching(/^its (text is no event|columns say)/),
        },
      });
    }
  });

  test('of two broken streams the place that was broken first is named', async () => {
    const both = `${edit(5, 'number 5', 'number 9')};
      UPDATE events SET canonical = replace(canonical, 'number 2', 'number 8') WHERE stream = 'host:b' AND seq = 2`;
    expect(await found(both)).toMatchObject({ firstBad: { stream: 'host:a', seq: 5 } });
  });

  test('a column that says something else than its text', async () => {
    const drop = 'ALTER TABLE events ALTER COLUMN actor DROP EXPRESSION';
    expect(await found(`${drop}; UPDATE events SET actor = 'mary' ${at(2)}`)).toMatchObject({
      ok: false,
      firstBad: { stream: 'host:a', seq: 2, why: 'its columns say something else than its text' },
    });
  });

  test.each([
    ['a run nobody approved', 'DELETE FROM approvals', 'nobody approved what this run carries out'],
    [
      'another step than was approved',
      `UPDATE tasks SET step = replace(step, 'echo', 'reboot')`,
      'step 1 is not the step that was approved',
    ],
    [
      'a revision with another text',
      `ALTER TABLE revisions DROP CONSTRAINT revisions_hash_is_of_content;
       UPDATE revisions SET content = replace(content, 'echo', 'reboot')`,
      'revision 1 is not the text that was hashed',
    ],
    [
      'a piece taken out of a log',
      'DELETE FROM log_chunks WHERE byte_offset = 1',
      'the log has a gap or an overlap at byte 2',
    ],
    ['the end of a log cut', 'DELETE FROM log_chunks WHERE byte_offset = 2', 'the end of the log is missing'],
  ])('%s', async (_, statement, why) => {
    const plan = run.split('-')[0];
    expect(await found(statement)).toMatchObject({
      ok: false,
      firstBad: { stream: expect.stringMatching(`^(run:${run}|plan:${plan})$`), why },
    });
  });
});

describe('a guard that sleeps shows', () => {
  test('every trigger of the ledger is watched', async () => {
    const { rows } = await onConnection(database().superuserUrl, (client) =>
      client.query<{ name: string; table: string; inherited: boolean }>(
        `SELECT tgname AS name, tgrelid::regclass::text AS "table", tgparentid <> 0 AS inherited
         FROM pg_trigger WHERE NOT tgisinternal`,
      ),
    );
    for (const { name, table, inherited } of rows.filter((trigger) => trigger.name !== 'outbox_announce')) {
      const silent = {
        ok: false,
        firstBad: { stream: 'system', seq: 0, why: `the guard ${name} on ${table} is switched off or gone` },
      };
      expect(await found(`ALTER TABLE ${table} DISABLE TRIGGER ${name}`)).toMatchObject(silent);
      // PostgreSQL itself keeps what a part of a table has from the whole.
      if (!inherited) expect(await found(`DROP TRIGGER ${name} ON ${table}`)).toMatchObject(silent);
    }
    expect(rows.length).toBeGreaterThan(15);
  });
});
