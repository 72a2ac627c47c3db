import { hash } from 'node:crypto';
import { type ClientBase, escapeLiteral, type Pool } from 'pg';
import type { Verification } from '#flow/ledger-port.ts';
import { type Anchor, compareWith, findDifference } from './git-trail/compare-anchors.ts';
import type { Listed } from './git-trail/event-list.ts';
import { examineTrail, type TrailEntry } from './git-trail/examine-trail.ts';
import type { GitRepository } from './git-trail/git-repository.ts';
import { short } from './git-trail/trail-writer.ts';
import { type RecordedCommit, readWholeTrail } from './trail-commits.ts';

/** Where to find what the record is compared with. */
export interface Outside {
  /** The git trail's repository; null where no trail is kept. */
  readonly repository: GitRepository | null;
  /** The id of the last event that is committed by now. */
  readonly newestEvent: () => Promise<number>;
  /** A second connection that sees the same; without it the first does everything. */
  readonly aside?: ClientBase;
}

/**
 * Recomputes every hash, link and derived column of every stream, compares where the streams end, compares the events
 * with what each commit of the git trail vouches for and the trail with the list of its commits, and looks for rows
 * that no longer agree with what was approved and for guards that are switched off. Names the first difference.
 *
 * Someone who may change everything in the database can rewrite a whole stream with new hashes: that shows against the
 * git trail, up to its newest commit.
 */
export async function verify(pool: Pool, repository: GitRepository | null): Promise<Verification> {
  const newestEvent = async (): Promise<number> => {
    const { rows } = await pool.query<{ id: string }>('SELECT coalesce(max(id), 0) AS id FROM events');
    return Number(rows[0]?.id ?? 0);
  };
  // One picture for all statements, seen by two connections: while events are read over one, PostgreSQL follows the
  // chains over the other.
  return await inSnapshot(pool, async (client) => {
    const { rows } = await client.query<{ name: string }>('SELECT pg_export_snapshot() AS name');
    const work = (aside: ClientBase) => examine(client, { repository, newestEvent, aside });
    return await inSnapshot(pool, work, rows[0]?.name);
  });
}

async function inSnapshot<T>(
  pool: Pool,
  work: (client: ClientBase) => Promise<T>,
  name?: string,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    if (name !== undefined) await client.query(`SET TRANSACTION SNAPSHOT ${escapeLiteral(name)}`);
    const answer = await work(client);
    await client.query('COMMIT');
    client.release();
    return answer;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** The same as the transaction of a connection sees it. */
export async function examine(client: ClientBase, outside: Outside): Promise<Verification> {
  const counts = await client.query<{ events: string; streams: string; newest: string }>(
    `SELECT (SELECT count(*) FROM events) AS events, (SELECT coalesce(max(id), 0) FROM events) AS newest,
      (SELECT count(*) FROM (SELECT stream FROM events UNION SELECT stream FROM stream_heads) s) AS streams`,
  );
  const { events = '0', streams = '0', newest = '0' } = counts.rows[0] ?? {};
  const recorded = await readWholeTrail(client);
  const { repository } = outside;
  const picture = repository === null ? null : await examineTrail(repository, recorded);
  const anchors = anchorsOf(recorded, picture?.entries ?? [], Number(newest), await outside.newestEvent());
  const { firstBad, anchored } = await findFirstBad(client, anchors, outside);
  const bad = firstBad ?? (picture?.bad == null ? null : { stream: 'git', ...picture.bad });
  return {
    ok: bad === null,
    events: Number(events),
    streams: Number(streams),
    gitCommits: picture?.entries.length ?? 0,
    unanchored: Number(events) - anchored,
    firstBad: bad,
  };
}

/**
 * Everything that vouches for events, in order of how far it reaches. The list and git are both asked, because either
 * may have been cut. A commit that came after this picture of the database was taken is left for the next time.
 */
function anchorsOf(
  recorded: readonly RecordedCommit[],
  entries: readonly TrailEntry[],
  newest: number,
  newestByNow: number,
): readonly Anchor[] {
  const known = new Set(recorded.map(({ commit }) => commit));
  const unlisted = entries
    .filter(({ commit, position }) => !known.has(commit) && (position <= newest || position > newestByNow))
    .map((entry, i) => ({ ...entry, number: recorded.length + 1 + i }));
  return [...recorded.map((row) => ({ ...row, head: row.eventHead })), ...unlisted].sort(
    (a, b) => a.position - b.position || a.number - b.number,
  );
}

async function findFirstBad(
  client: ClientBase,
  anchors: readonly Anchor[],
  { repository, aside = client }: Outside,
): Promise<{ readonly firstBad: Verification['firstBad']; readonly anchored: number }> {
  const reading = () => readThrough(client, anchors);
  const following = async () => ({ link: await findBrokenLink(aside), rest: await findBrokenRow(aside) });
  const [read, { link, rest }] =
    aside === client
      ? ([await reading(), await following()] as const)
      : await Promise.all([reading(), following()]);
  const broken = read.anchor === null ? null : await findUnvouched(client, read.anchor, repository);
  const { anchored } = read;
  const event = [read.text, read.twice, link, broken]
    .filter((bad) => bad !== null)
    // Whichever happened first; of several things about one event the one that says more.
    .reduce<BadEvent | null>((first, bad) => (first === null || bad.id <= first.id ? bad : first), null);
  if (event !== null) return { firstBad: { stream: event.stream, seq: event.seq, why: event.why }, anchored };
  if (rest !== null) return { firstBad: rest, anchored };
  const { rows } = await client.query<{ guard: string }>(workingGuards);
  const working = new Set(rows.map((row) => row.guard));
  const silent = [...guards, ...(await partGuards(client))].find((guard) => !working.has(guard));
  const off = `the guard ${silent} is switched off or gone`;
  return { firstBad: silent === undefined ? null : { stream: 'system', seq: 0, why: off }, anchored };
}

interface BadEvent {
  readonly id: bigint;
  readonly stream: string;
  readonly seq: number;
  readonly why: string;
}

/** The columns in the order they are read in, each as PostgreSQL's text. */
type EventTexts = [
  canonical: string,
  previousHash: string,
  hash: string,
  id: string,
  stream: string,
  seq: string,
  kind: string,
  actor: string,
  plan: string | null,
  run: string | null,
  host: string | null,
  service: string | null,
  outcome: string | null,
  atMs: string,
];

/** Events in one portion: some 4 MB, and some ten milliseconds in which nothing else is done. */
const portion = 4_000;

/** What one reading of all events shows. */
interface Reading {
  /** The first event that is not what it says. */
  readonly text: BadEvent | null;
  /** The first commit whose events are not those it vouches for, and the last one before it that still fits. */
  readonly anchor: { readonly after: number; readonly bad: Anchor } | null;
  /** How many events a commit vouches for. */
  readonly anchored: number;
  /** An event whose number another has too, which one index could hold and several can't. */
  readonly twice: BadEvent | null;
}

/**
 * Reads every event once, in order of ids, and computes its hash, what its columns have to say, and the hash over all
 * events so far, which commits vouch for. Here and not in PostgreSQL, because a text that is no JSON any more must be
 * found and not end the search with an error, and because it is faster: the text is taken apart once and not for each
 * column. The next portion comes while this one is looked at, so memory stays flat however long the record is.
 */
async function readThrough(client: ClientBase, anchors: readonly Anchor[]): Promise<Reading> {
  const readAfter = (id: string) => {
    const rows = client
      .query<EventTexts>({
        name: 'events to verify',
        text: `SELECT canonical, previous_hash, hash, id, stream, seq, kind, actor, plan, run, host, service, outcome,
            (extract(epoch FROM at) * 1000)::bigint
          FROM events WHERE id > $1 ORDER BY id FETCH FIRST ${portion} ROWS WITH TIES`,
        values: [id],
        rowMode: 'array',
        types: { getTypeParser: () => (text: string) => text },
      })
      .then((result) => result.rows);
    // Whoever stops early no longer waits for it.
    rows.catch(() => {});
    return rows;
  };
  const vouched = compareWith(anchors);
  let text: BadEvent | null = null;
  let twice: BadEvent | null = null;
  let before = '';
  let next = readAfter('-9223372036854775808');
  for (;;) {
    const events = await next;
    const last = events.at(-1);
    if (last === undefined) break;
    next = readAfter(last[3]);
    for (const event of events) {
      vouched.take(Number(event[3]), event[2]);
      if (event[3] === before)
        twice ??= {
          id: BigInt(before),
          stream: event[4],
          seq: Number(event[5]),
          why: `the number ${before} was given twice`,
        };
      before = event[3];
      const why: string | null = text === null ? brokenText(event) : null;
      if (why !== null) text = { id: BigInt(event[3]), stream: event[4], seq: Number(event[5]), why };
    }
    if (text !== null && vouched.bad() !== null) {
      // The connection is free for the next question only when this one is answered.
      await next;
      break;
    }
  }
  return { text, anchor: vouched.end(), anchored: vouched.anchored(), twice };
}

function brokenText(event: EventTexts): string | null {
  const [
    canonical,
    previousHash,
    stored,
    id,
    stream,
    seq,
    kind,
    actor,
    plan,
    run,
    host,
    service,
    outcome,
    atMs,
  ] = event;
  if (hash('sha256', `${previousHash}\n${canonical}`) !== stored)
    return 'its text is not the text that was hashed';
  const said = parsed(canonical);
  if (said === null) return 'its text is no event';
  const agrees =
    id === textOf(said['id']) &&
    stream === textOf(said['stream']) &&
    seq === textOf(said['seq']) &&
    kind === textOf(said['kind']) &&
    actor === textOf(said['actor']) &&
    plan === textOf(said['plan']) &&
    run === textOf(said['run']) &&
    host === textOf(said['host']) &&
    service === textOf(said['service']) &&
    outcome === textOf(said['outcome']) &&
    Number(atMs) === Date.parse(String(said['at']));
  return agrees ? null : 'its columns say something else than its text';
}

function parsed(canonical: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(canonical);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A member as the column derived from it shows it. */
function textOf(member: unknown): string | null {
  if (member === undefined || member === null) return null;
  return typeof member === 'string' ? member : JSON.stringify(member);
}

/** The event whose place or text differs from what the commit lists, or the commit itself where git can't tell. */
async function findUnvouched(
  client: ClientBase,
  { after, bad }: NonNullable<Reading['anchor']>,
  repository: GitRepository | null,
): Promise<BadEvent> {
  const { rows } = await client.query<Listed>(
    'SELECT id::float8 AS id, stream, seq, hash FROM events WHERE id > $1 AND id <= $2 ORDER BY id',
    [after, bad.position],
  );
  const difference = repository === null ? null : await findDifference(repository, bad, rows);
  if (difference !== null) return { ...difference, id: BigInt(difference.id) };
  return {
    id: BigInt(bad.position),
    stream: 'git',
    seq: bad.number,
    why: `the events from ${after + 1} to ${bad.position} are not those that commit ${short(bad.commit)} vouches for`,
  };
}

async function findBrokenRow(client: ClientBase): Promise<Verification['firstBad']> {
  for (const statement of [brokenEnds, brokenRows]) {
    const { rows } = await client.query<{ stream: string; seq: number; why: string }>(statement);
    if (rows[0]) return rows[0];
  }
  return null;
}

async function findBrokenLink(client: ClientBase): Promise<BadEvent | null> {
  const { rows } = await client.query<{ id: string; stream: string; seq: number; why: string }>(brokenLinks);
  return rows[0] === undefined ? null : { ...rows[0], id: BigInt(rows[0].id) };
}

/** The chain: every event follows the one before. */
const brokenLinks = `
  SELECT id, stream, seq, why FROM (
    SELECT id, stream, seq, CASE
      WHEN previous_seq IS NULL AND seq <> 1 THEN 'events 1 to ' || seq - 1 || ' are missing'
      WHEN seq <> coalesce(previous_seq, 0) + 1 THEN
        'events ' || previous_seq + 1 || ' to ' || seq - 1 || ' are missing'
      WHEN previous_hash <> coalesce(hash_before, repeat('0', 64)) THEN 'it does not follow the event before it'
    END AS why
    FROM (
      SELECT id, stream, seq, previous_hash, lag(seq) OVER w AS previous_seq, lag(hash) OVER w AS hash_before
      FROM events WINDOW w AS (PARTITION BY stream ORDER BY seq)
    ) linked
  ) judged
  WHERE why IS NOT NULL ORDER BY id LIMIT 1`;

/** The ends: a stream that was cut or removed, or that grew behind the ledger's back. */
const brokenEnds = `
  SELECT coalesce(h.stream, e.stream) AS stream, coalesce(e.seq, 0) + 1 AS seq, CASE
      WHEN h.stream IS NULL THEN 'the stream is not in the list of streams'
      WHEN coalesce(e.seq, 0) < h.seq THEN 'events ' || coalesce(e.seq, 0) + 1 || ' to ' || h.seq || ' are missing'
      ELSE 'the stream ends differently from its recorded end'
    END AS why
  FROM stream_heads h FULL JOIN (
    SELECT DISTINCT ON (stream) stream, seq, hash FROM events ORDER BY stream, seq DESC
  ) e ON e.stream = h.stream
  WHERE (h.seq, h.hash) IS DISTINCT FROM (e.seq, e.hash)
  ORDER BY 1 LIMIT 1`;

/** The rows that decide what runs. */
const brokenRows = `
  SELECT stream, seq, why FROM (
    SELECT 'plan:' || plan AS stream, revision AS seq, 'revision ' || revision || ' is not the text that was hashed' AS why
      FROM revisions WHERE hash <> encode(sha256(convert_to(content, 'UTF8')), 'hex')
    UNION ALL
    SELECT 'run:' || r.id, 0, 'nobody approved what this run carries out' FROM runs r
      WHERE NOT EXISTS (SELECT FROM approvals a WHERE a.plan = r.plan AND a.revision = r.revision
        AND a.hash = r.hash AND a.decision = 'approve')
    UNION ALL
    SELECT 'run:' || t.run, t.position, 'step ' || t.position || ' is not the step that was approved'
      FROM tasks t JOIN runs r ON r.id = t.run JOIN revisions v ON v.plan = r.plan AND v.revision = r.revision
      WHERE v.hash = encode(sha256(convert_to(v.content, 'UTF8')), 'hex')
        AND (v.content::json -> 'steps' -> (t.position - 1))::text IS DISTINCT FROM t.step
    UNION ALL
    SELECT 'run:' || c.run, 0, 'the log has a gap or an overlap at byte ' || c.byte_offset FROM (
      SELECT run, byte_offset, coalesce(lag(byte_offset + bytes) OVER (PARTITION BY run ORDER BY byte_offset), 0) AS expected
      FROM log_chunks
    ) c WHERE c.byte_offset <> c.expected
    UNION ALL
    SELECT 'run:' || l.run, 0, 'the end of the log is missing' FROM run_logs l
      WHERE l.bytes <> coalesce((SELECT c.byte_offset + c.bytes FROM log_chunks c WHERE c.run = l.run
        ORDER BY c.byte_offset DESC LIMIT 1), 0)
  ) bad ORDER BY stream, seq LIMIT 1`;

/** The guards themselves: one that was switched off for a while leaves no trace in the rows. */
const guards: readonly string[] = [
  'events_check_link on events',
  'plans_guard on plans',
  'approvals_guard on approvals',
  'runs_guard on runs',
  'tasks_guard on tasks',
  'attempts_guard on attempts',
  ...['events', 'approvals', 'revisions', 'log_chunks', 'trail_commits'].flatMap((table) => [
    `${table}_rows_stay on ${table}`,
    `${table}_stay on ${table}`,
  ]),
  ...['requests', 'plans', 'runs', 'tasks', 'attempts', 'stream_heads'].map(
    (table) => `${table}_stay on ${table}`,
  ),
];

/** Each part of the events has guards of its own, because a part can be named directly. */
async function partGuards(client: ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query<{ part: string }>(
    `SELECT c.relname AS part FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'public.events'::regclass ORDER BY 1`,
  );
  return rows.flatMap(({ part }) =>
    ['events_check_link', 'events_rows_stay', 'events_stay'].map((guard) => `${guard} on ${part}`),
  );
}

const workingGuards = `
  SELECT t.tgname || ' on ' || c.relname AS guard
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')`;
