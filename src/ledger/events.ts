import type { Pool } from 'pg';
import { canonicalJson, sha256Hex } from '#core/canonical.ts';
import type { NewEvent, StoredEvent } from '#core/event.ts';
import type { AuditQuestion } from '#flow/ledger-port.ts';
import type { Prisma } from './prisma-client/client.ts';
import { visible, visibleJson } from './storable-text.ts';

interface Appended {
  readonly canonical: string;
  readonly previous_hash: string;
  readonly hash: string;
}

/**
 * Appends events to their streams, one after the other, in one call. The streams stay reserved for this transaction
 * until it ends; PostgreSQL checks each link again. What can't be stored in a text is made visible, because an event
 * must never fail to be recorded.
 */
export async function appendEvents(
  tx: Prisma.TransactionClient,
  events: readonly NewEvent[],
): Promise<readonly StoredEvent[]> {
  if (events.length === 0) return [];
  const { shown, streams, pieces } = eventPieces(events);
  const appended = await tx.$queryRaw<Appended[]>`
    SELECT canonical, previous_hash, hash FROM append_events(${streams}::text[], ${pieces}::text[])`;
  if (appended.length !== events.length) throw new Error('the ledger gave no place for an event');
  return appended.map((row, index) => {
    const stored = toStoredEvent({ ...row, previousHash: row.previous_hash });
    const { id, seq, at } = stored;
    const canonical = canonicalJson({ ...shown[index], id, seq, at });
    if (canonical !== row.canonical || sha256Hex(`${row.previous_hash}\n${canonical}`) !== row.hash)
      throw new Error(`event ${id} would not be stored as it was handed over`);
    return stored;
  });
}

/** Events as PostgreSQL's `append_events` takes them, and with what can't be stored made visible. */
export function eventPieces(events: readonly NewEvent[]) {
  const shown = events.map((event) => visibleJson(event) as NewEvent);
  return { shown, streams: shown.map(({ stream }) => stream), pieces: shown.flatMap(piecesOf) };
}

/** An event's canonical text in four pieces, cut where its time, id and number stand, which only the ledger knows. */
function piecesOf(event: NewEvent): readonly string[] {
  const canonical = (from: string, to: string): readonly string[] => {
    const members = Object.entries(event).filter(([name]) => name > from && name < to);
    const text = canonicalJson(Object.fromEntries(members)).slice(1, -1);
    return text === '' ? [] : [text];
  };
  const last = String.fromCharCode(0x7f);
  return [
    `{${[...canonical('', 'at'), '"at":"'].join(',')}`,
    ['"', ...canonical('at', 'id'), '"id":'].join(','),
    ['', ...canonical('id', 'seq'), '"seq":'].join(','),
    `${['', ...canonical('seq', last)].join(',')}}`,
  ];
}

/** Newest first. */
export async function audit(pool: Pool, question: AuditQuestion): Promise<readonly StoredEvent[]> {
  const values: unknown[] = [];
  const given = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['true'];
  if (question.since !== undefined) conditions.push(`at >= ${given(question.since)}`);
  if (question.until !== undefined) conditions.push(`at < ${given(question.until)}`);
  if (question.before !== undefined) conditions.push(`id < ${given(question.before)}`);
  if (question.plan !== undefined) conditions.push(`plan = ${given(question.plan)}`);
  for (const [column, asked] of [
    ['outcome', question.outcome],
    ['service', question.service],
    ['host', question.host],
    ['actor', question.person],
  ] as const) {
    if (asked !== undefined) conditions.push(`${column} = ${given(visible(asked))}`);
  }
  // The planner may use the index of what did not succeed only where it sees that this is asked for.
  if (question.outcome !== undefined && question.outcome !== 'succeeded')
    conditions.push(`outcome <> 'succeeded'`);
  if (question.kinds !== undefined) conditions.push(`kind = ANY(${given([...question.kinds])}::text[])`);
  if (question.changesOnly === true) conditions.push(isChange);
  if (question.personsOnly === true) conditions.push(`actor <> 'chiffon'`);
  const { rows } = await pool.query<{ canonical: string; hash: string; previous_hash: string }>(
    `SELECT canonical, hash, previous_hash FROM events WHERE ${conditions.join(' AND ')}
     ORDER BY id DESC LIMIT ${given(Math.min(1000, Math.max(1, Math.trunc(question.limit))))}`,
    values,
  );
  return rows.map((row) => toStoredEvent({ ...row, previousHash: row.previous_hash }));
}

/** Looking at something is approved and recorded too, but it is no change. */
const isChange = `CASE kind WHEN 'plan.approved' THEN actor <> 'chiffon'
  ELSE (canonical::jsonb #>> '{data,mutates}') IS DISTINCT FROM 'false' END`;

/**
 * Events behind an id, oldest first, up to the first id that a transaction under way may still fill: so a reader who
 * goes on from the last id they got misses none.
 */
export async function eventsAfter(pool: Pool, id: number, limit: number): Promise<readonly StoredEvent[]> {
  return await eventsUpTo(pool, id, (await eventHorizon(pool)).settled, limit);
}

/**
 * Events behind an id, oldest first, up to another that was read from the horizon before: asked in a statement of its
 * own, because it must see everything that was committed when the horizon was read.
 */
export async function eventsUpTo(
  pool: Pool,
  id: number,
  settled: number,
  limit: number,
): Promise<readonly StoredEvent[]> {
  const { rows } = await pool.query<{ canonical: string; hash: string; previous_hash: string }>({
    name: 'events after',
    text: 'SELECT canonical, hash, previous_hash FROM events WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3',
    values: [Math.trunc(id), settled, limit],
  });
  return rows.map((row) => toStoredEvent({ ...row, previousHash: row.previous_hash }));
}

/** The id up to which nothing is under way any more, and the last one there is. */
export async function eventHorizon(
  pool: Pool,
): Promise<{ readonly settled: number; readonly newest: number }> {
  const { rows } = await pool.query<{ settled: string; newest: string | null }>({
    name: 'event horizon',
    text: 'SELECT events_settled_up_to() AS settled, (SELECT max(id) FROM events) AS newest',
  });
  return { settled: Number(rows[0]?.settled ?? 0), newest: Number(rows[0]?.newest ?? 0) };
}

export function toStoredEvent(row: {
  readonly canonical: string;
  readonly hash: string;
  readonly previousHash: string;
}): StoredEvent {
  const body = JSON.parse(row.canonical) as Omit<StoredEvent, 'hash' | 'previousHash'>;
  return { ...body, hash: row.hash, previousHash: row.previousHash };
}
