import { expect, test } from 'vitest';
import { canonicalJson, sha256Hex } from '#core/canonical.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { onConnection } from '../support/postgres.ts';
import { ledgerForTests } from './house-of-tests.ts';

const { ledger, database } = ledgerForTests();

const said = (stream: string, summary: string) =>
  ({ stream, kind: 'host.probed', actor: 'chiffon', summary }) as const;

test('each event carries the hash of the one before it in its stream', async () => {
  const stored = await ledger().transact(async (tx) => {
    const events = [];
    for (const word of ['one', 'two', 'three']) events.push(await tx.append(said('host:a', word)));
    return events;
  });
  expect(stored.map((event) => event.seq)).toEqual([1, 2, 3]);
  expect(stored[0]?.previousHash).toBe('0'.repeat(64));
  expect(stored.slice(1).map((event) => event.previousHash)).toEqual(
    stored.slice(0, 2).map((event) => event.hash),
  );
  for (const { hash, previousHash, ...body } of stored) {
    expect(hash).toBe(sha256Hex(`${previousHash}\n${canonicalJson(body)}`));
  }
});

test('eight writers with 200 events each keep one unbroken chain', { timeout: 120_000 }, async () => {
  const second = await createPostgresLedger({ url: database().url, applicationName: 'second process' });
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let i = 0; i < 200; i += 1) {
      const of = writer % 2 === 0 ? ledger() : second;
      await of.transact((tx) => tx.append(said('host:busy', `${writer}/${i}`)));
    }
  });
  await Promise.all(writers);
  await second.close();
  const events = (await allEvents()).filter((event) => event.stream === 'host:busy');
  expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 1600 }, (_, i) => i + 1));
  expect(new Set(events.map((event) => event.summary)).size).toBe(1600);
  expect(await ledger().verify()).toMatchObject({ ok: true, firstBad: null });
});

test('whoever reads on from the last id misses no event, also while transactions overlap', async () => {
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    for (let i = 0; i < 25; i += 1) {
      await ledger().transact(async (tx) => {
        await tx.append(said(`host:gap-${writer}`, `${i}`));
        await new Promise((done) => setTimeout(done, Math.random() * 8));
      });
    }
  });
  const seen: number[] = [];
  let writing = true;
  const reading = (async () => {
    for (let last = 0, more = true; more; ) {
      more = writing;
      const events = await ledger().eventsAfter(last, 7);
      seen.push(...events.map((event) => event.id));
      last = events.at(-1)?.id ?? last;
      if (events.length > 0) more = true;
    }
  })();
  await Promise.all(writers);
  writing = false;
  await reading;
  expect(seen).toEqual((await allEvents()).map((event) => event.id));
});

test.each([
  ['a wrong hash', { hash: 'f'.repeat(64) }, /is not the hash of its text/],
  ['a number that was used', { seq: 1 }, /does not follow the last one|stream_seq_key/],
  ['a number that skips one', { seq: 9 }, /does not follow the last one/],
  ['another past', { previous: 'a'.repeat(64) }, /does not follow the last one/],
  ['an id nobody gave out', { id: 9_000_000 }, /was not given out/],
  ['a time in other words', { at: 'yesterday' }, /time is written like/],
  ['another time than stands beside it', { at: '2026-11-01T00:00:00.000Z' }, /says another time in its text/],
  ['no kind', { kind: undefined }, /null value in column "kind"/],
])('nobody can insert an event with %s', async (_, wrong, refusal) => {
  const first = await ledger().transact((tx) => tx.append(said(`host:forged-${Math.random()}`, 'one')));
  const link = {
    seq: 2,
    id: first.id,
    at: first.at,
    previous: first.hash,
    hash: null as string | null,
    kind: 'host.probed' as string | undefined,
    ...wrong,
  };
  await onConnection(database().superuserUrl, async (client) => {
    const { rows } = await client.query(`SELECT nextval('events_id_seq')::int AS id`);
    const canonical = canonicalJson({
      id: link.id === first.id ? rows[0].id : link.id,
      stream: first.stream,
      seq: link.seq,
      kind: link.kind,
      actor: 'mallory',
      summary: 'two',
      at: link.at,
    });
    const hash = link.hash ?? sha256Hex(`${link.previous}\n${canonical}`);
    const insert = client.query(
      'INSERT INTO events (at, canonical, previous_hash, hash) VALUES ($1, $2, $3, $4)',
      [first.at, canonical, link.previous, hash],
    );
    await expect(insert).rejects.toThrow(refusal);
  });
});

test('text that can not be stored is made visible, so that the event is recorded all the same', async () => {
  const event = await ledger().transact((tx) =>
    tx.append({
      ...said('host:odd', 'a\u0000b\ud800c'),
      data: { 'k\u0000': ['\u0000', { deep: '\udfff' }] },
    }),
  );
  expect(event.summary).toBe('a␀b\ufffdc');
  expect(event.data).toEqual({ 'k␀': ['␀', { deep: '\ufffd' }] });
  expect((await ledger().audit({ limit: 1 }))[0]).toEqual(event);
});

test('questions filter by every column, newest first and page by page', async () => {
  const events = await ledger().transact(async (tx) => {
    const about = { kind: 'run.failed', actor: 'anna', outcome: 'failed' } as const;
    return [
      await tx.append({
        ...about,
        stream: 'run:900-1',
        plan: 900,
        run: '900-1',
        host: 'nas',
        service: 'jellyfin',
        summary: 'a',
      }),
      await tx.append({
        ...about,
        stream: 'run:901-1',
        plan: 901,
        run: '901-1',
        host: 'n100',
        service: 'jellyfin',
        summary: 'b',
      }),
      await tx.append({
        ...about,
        stream: 'run:902-1',
        plan: 902,
        host: 'nas',
        kind: 'run.completed',
        outcome: 'succeeded',
        actor: 'ben',
        summary: 'c',
      }),
    ];
  });
  const answers = async (question: Omit<Parameters<ReturnType<typeof ledger>['audit']>[0], 'limit'>) =>
    (await ledger().audit({ limit: 1000, ...question })).map((event) => event.summary);
  const since = events[0]?.at ?? '';
  expect(await answers({ since, service: 'jellyfin' })).toEqual(['b', 'a']);
  expect(await answers({ since, host: 'nas' })).toEqual(['c', 'a']);
  expect(await answers({ since, outcome: 'failed' })).toEqual(['b', 'a']);
  expect(await answers({ since, person: 'ben' })).toEqual(['c']);
  expect(await answers({ since, kinds: ['run.completed'] })).toEqual(['c']);
  expect(await answers({ plan: 901 })).toEqual(['b']);
  expect(await answers({ since, before: events[2]?.id ?? 0 })).toEqual(['b', 'a']);
  expect(await answers({ until: since, plan: 900 })).toEqual([]);
  expect(await ledger().audit({ limit: 1, since })).toHaveLength(1);
});

test('what only looked is left out where changes are asked for, however much of it there is', async () => {
  const since = await ledger().transact(async (tx) => {
    const about = { stream: 'plan:950', plan: 950, service: 'sonarr', summary: 's' } as const;
    const first = await tx.append({ ...about, kind: 'plan.approved', actor: 'anna' });
    await tx.append({ ...about, kind: 'run.completed', actor: 'chiffon', data: { mutates: true } });
    for (let i = 0; i < 30; i += 1) {
      await tx.append({ ...about, kind: 'plan.approved', actor: 'chiffon' });
      await tx.append({ ...about, kind: 'run.completed', actor: 'chiffon', data: { mutates: false } });
    }
    return first.at;
  });
  const kinds = ['plan.approved', 'run.completed'] as const;
  const answer = await ledger().audit({ since, service: 'sonarr', kinds, changesOnly: true, limit: 5 });
  expect(answer.map((event) => [event.kind, event.actor])).toEqual([
    ['run.completed', 'chiffon'],
    ['plan.approved', 'anna'],
  ]);
});

test('"failed in the last seven days" reads an index', async () => {
  await onConnection(database().superuserUrl, async (client) => {
    await client.query('SET enable_seqscan = off; SET enable_bitmapscan = off');
    const { rows } = await client.query(
      `EXPLAIN SELECT canonical FROM events WHERE outcome = 'failed' AND at >= now() - interval '7 days' ORDER BY at`,
    );
    expect(JSON.stringify(rows)).toMatch(/events_before_months_not_succeeded_idx|outcome_at_idx/);
  });
});

async function allEvents(): Promise<Awaited<ReturnType<ReturnType<typeof ledger>['eventsAfter']>>> {
  return await ledger().eventsAfter(0, 100_000);
}
