/**
 * What the record costs: appending events, asking "all failures in the last week", and verifying everything, over a
 * million events with real chains, spread over a year.
 *
 *     node bench/subjects/ledger.ts                                        about three minutes and 1.5 GB
 *     BENCH_LEDGER_EVENTS=10000000 node bench/subjects/ledger.ts           also over ten million: 12 GB, half an hour
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { canonicalJson, sha256Hex } from '#core/canonical.ts';
import { startEmbeddedPostgres } from '#ledger/embedded-postgres.ts';
import { createPostgresLedger, type PostgresLedger } from '#ledger/postgres-ledger.ts';
import { type Measure, report } from '../measure.ts';

const million = 1_000_000;
const large = Number(process.env['BENCH_LEDGER_EVENTS'] ?? million);
const small = Math.min(million, large);
const perStream = 10;
const perBatch = 5_000;
const writers = 16;
const appends = 100;
const questions = 200;
/** Of a hundred events. */
const failures = 2;
const yearMs = 360 * 86_400_000;

/** The record ends a year from now: the coming months have tables of their own, as they do when a year has passed. */
const end = Date.now() + yearMs;
const lastWeek = new Date(end - 7 * 86_400_000).toISOString();

const zeros = '0'.repeat(64);

/** Adds events up to a total, as they would have been written, with the guards asleep. Each fill is spread over the year. */
async function fill(client: pg.Client, from: number, to: number): Promise<void> {
  await client.query('SET session_replication_role = replica; SET synchronous_commit = off');
  for (let first = from + 1; first <= to; first += perBatch) {
    const last = Math.min(to, first + perBatch - 1);
    const rows = {
      at: [] as string[],
      canonical: [] as string[],
      before: [] as string[],
      hash: [] as string[],
    };
    const heads = { stream: [] as string[], seq: [] as number[], hash: [] as string[] };
    let before = zeros;
    for (let id = first; id <= last; id += 1) {
      const seq = ((id - 1) % perStream) + 1;
      const run = `${Math.ceil(id / perStream)}-1`;
      const at = new Date(end - yearMs + (yearMs * (id - from)) / (to - from + 1)).toISOString();
      const canonical = canonicalJson({
        id,
        stream: `run:${run}`,
        seq,
        at,
        kind: seq === perStream ? 'run.completed' : 'attempt.ended',
        actor: 'executor',
        plan: Math.ceil(id / perStream),
        run,
        host: `host-${id % 7}`,
        service: `service-${id % 40}`,
        outcome: id % 100 < failures ? 'failed' : 'succeeded',
        summary: `Step ${seq}: ended with exit code ${id % 3}, as it does now and then on that machine.`,
        data: { task: `${run}-s${seq}`, attempt: `attempt-${id}`, exitCode: id % 3, errorClass: null },
      });
      if (seq === 1) before = zeros;
      const hash = sha256Hex(`${before}\n${canonical}`);
      rows.at.push(at);
      rows.canonical.push(canonical);
      rows.before.push(before);
      rows.hash.push(hash);
      before = hash;
      if (seq !== perStream && id !== last) continue;
      heads.stream.push(`run:${run}`);
      heads.seq.push(seq);
      heads.hash.push(hash);
    }
    await client.query(
      `INSERT INTO events (at, canonical, previous_hash, hash)
       SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[])`,
      [rows.at, rows.canonical, rows.before, rows.hash],
    );
    await client.query(
      'INSERT INTO stream_heads (stream, seq, hash) SELECT * FROM unnest($1::text[], $2::int[], $3::text[])',
      [heads.stream, heads.seq, heads.hash],
    );
  }
  await client.query(`SELECT setval('events_id_seq', $1)`, [to]);
  await client.query('SET session_replication_role = origin; RESET synchronous_commit');
  await client.query('VACUUM ANALYZE events');
}

/** The 95th percentile of calls made one after the other, in milliseconds. */
async function p95(calls: number, call: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < 10; i += 1) await call();
  const times: number[] = [];
  for (let i = 0; i < calls; i += 1) {
    const startedAt = performance.now();
    await call();
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b)[Math.floor(calls * 0.95)] ?? 0;
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

const failed = { outcome: 'failed', since: lastWeek, limit: 1000 } as const;
const plainQuestion = `SELECT canonical FROM events WHERE outcome = 'failed' AND outcome <> 'succeeded' AND at >= $1
  ORDER BY id DESC LIMIT 1000`;

async function askAndVerify(ledger: PostgresLedger, raw: pg.Pool, events: number): Promise<Measure[]> {
  const found = (await ledger.audit(failed)).length;
  const ours = await p95(questions, () => ledger.audit(failed));
  const plain = await p95(questions, () => raw.query(plainQuestion, [lastWeek]));
  let ok = false;
  const seconds = await secondsOf(async () => {
    ({ ok } = await ledger.verify());
  });
  if (!ok) throw new Error('the record that was made for this is not in order');
  const inSql = await secondsOf(() =>
    raw.query(`SELECT count(*) FROM (
      SELECT hash = event_hash(previous_hash, canonical)
        AND previous_hash = coalesce(lag(hash) OVER (PARTITION BY stream ORDER BY seq), repeat('0', 64)) AS ok FROM events
    ) checked WHERE NOT ok`),
  );
  const millions = `${events / 1_000_000} million events`;
  return [
    {
      what: `“all failures in the last week” over ${millions}, p95`,
      unit: 'ms',
      ours,
      peer: { name: 'the same SQL through pg', value: plain },
      goal: { words: 'at most 20 ms', met: ours <= 20 },
      note: `${found} answers, parsed; events lie in one table a month`,
    },
    {
      what: `verifying ${millions}`,
      unit: 'events/s',
      ours: events / seconds,
      peer: { name: 'hash and chain in SQL alone', value: events / inSql },
      goal: { words: 'at least 100,000 a second', met: events / seconds >= 100_000 },
      note: 'hashes, chains, columns, ends, rows that decide what runs, guards',
    },
  ];
}

async function appendSideBySide(ledger: PostgresLedger, raw: pg.Pool): Promise<Measure[]> {
  const manyWriters = (append: (writer: number, i: number) => Promise<unknown>): Promise<number> =>
    secondsOf(() =>
      Promise.all(
        Array.from({ length: writers }, async (_, writer) => {
          for (let i = 0; i < appends; i += 1) await append(writer, i);
        }),
      ),
    );
  const event = (stream: string, i: number) =>
    ({ stream, kind: 'host.probed', actor: 'chiffon', host: 'bench', summary: `append ${i}` }) as const;
  await raw.query('CREATE TABLE bench_rows (id bigserial PRIMARY KEY, stream text, canonical text)');
  const insert = (stream: string, i: number) =>
    raw.query('INSERT INTO bench_rows (stream, canonical) VALUES ($1, $2)', [
      stream,
      canonicalJson(event(stream, i)),
    ]);
  const rounds = { apart: [] as number[], together: [] as number[], plain: [] as number[] };
  for (let round = 0; round < 3; round += 1) {
    rounds.apart.push(
      await manyWriters((writer, i) =>
        ledger.transact((tx) => tx.append(event(`host:bench-${round}-${writer}`, i))),
      ),
    );
    rounds.together.push(
      await manyWriters((_, i) => ledger.transact((tx) => tx.append(event(`host:bench-${round}`, i)))),
    );
    rounds.plain.push(await manyWriters((writer, i) => insert(`host:${writer}`, i)));
  }
  const perSecond = (seconds: readonly number[]): number =>
    (writers * appends) / (seconds.toSorted((a, b) => a - b)[1] ?? 1);
  const peer = { name: 'a durable INSERT through pg', value: perSecond(rounds.plain) };
  const unit = 'events/s';
  return [
    {
      what: `${writers} writers append, each to a stream of its own`,
      unit,
      ours: perSecond(rounds.apart),
      peer,
    },
    {
      what: `${writers} writers append to one stream`,
      unit,
      ours: perSecond(rounds.together),
      peer,
      note: 'a chain has one writer at a time; each append is a transaction of its own',
    },
  ];
}

const directory = await mkdtemp(join(tmpdir(), 'chiffon-bench-ledger-'));
const quiet = { info: () => {}, warn: () => {} };
const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), log: quiet });
try {
  const ledger = await createPostgresLedger({
    url: postgres.loginUrl,
    ownerUrl: postgres.url,
    applicationName: 'bench',
  });
  const access = JSON.parse(await readFile(join(directory, 'postgres', 'access.json'), 'utf8'));
  const admin = new URL(postgres.url);
  admin.username = 'postgres';
  admin.password = access.adminPassword;
  const client = new pg.Client(admin.href);
  await client.connect();
  const raw = new pg.Pool({ connectionString: postgres.url, max: writers });
  await raw.query('SELECT prepare_event_months(13)');

  const measures: Measure[] = [];
  await fill(client, 0, small);
  const first = await askAndVerify(ledger, raw, small);
  measures.push(...first);
  if (large > small) {
    // The same year with ten times as much in it, and not ten years: the harder case.
    await fill(client, small, large);
    const again = await askAndVerify(ledger, raw, large);
    const growth = (again[0]?.ours ?? 0) / (first[0]?.ours ?? 1);
    measures.push(...again, {
      what: `“all failures in the last week”, ${large / 1_000_000} million to 1 million`,
      unit: 'times',
      ours: growth,
      goal: { words: 'at most twice', met: growth <= 2 },
    });
  }
  measures.push(...(await appendSideBySide(ledger, raw)));
  await client.end();
  await raw.end();
  await ledger.close();
  report(measures);
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
