import type { Pool } from 'pg';
import { canonicalJson, sha256Hex } from '#core/canonical.ts';
import type { NewEvent, StoredEvent } from '#core/event.ts';
import type { AuditQuestion } from '#flow/ledger-port.ts';
import type { Prisma } from './prisma-client/client.ts';
import { visible, visibleJson } from './storable-text.ts';

interface Link {
  readonly id: bigint;
  readonly seq: number;
  readonly previous_hash: string;
  readonly at: string;
}

/**
 * Appends an event to its stream. The stream stays reserved for this transaction until it ends; PostgreSQL checks the
 * link again. What can't be stored in a text is made visible, because an event must never fail to be recorded.
 */
export async function appendEvent(tx: Prisma.TransactionClient, event: NewEvent): Promise<StoredEvent> {
  const [link] = await tx.$queryRaw<Link[]>`
    SELECT id, seq, previous_hash, at FROM next_event_link(${visible(event.stream)})`;
  if (link === undefined) throw new Error('the ledger gave no place for the event');
  const canonical = canonicalJson(visibleJson({ ...event, id: Number(link.id), seq: link.seq, at: link.at }));
  const hash = sha256Hex(`${link.previous_hash}\n${canonical}`);
  await tx.$executeRaw`
    INSERT INTO events (at, canonical, previous_hash, hash)
    VALUES (${link.at}::timestamptz, ${canonical}, ${link.previous_hash}, ${hash})`;
  return toStoredEvent({ canonical, hash, previousHash: link.previous_hash });
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
  const settled = await settledUpTo(pool);
  // A statement of its own: it must see everything that was committed when the horizon was read.
  const { rows } = await pool.query<{ canonical: string; hash: string; previous_hash: string }>(
    'SELECT canonical, hash, previous_hash FROM events WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3',
    [Math.trunc(id), settled, limit],
  );
  return rows.map((row) => toStoredEvent({ ...row, previousHash: row.previous_hash }));
}

/** The id up to which nothing is under way any more. */
export async function settledUpTo(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ id: string }>('SELECT events_settled_up_to() AS id');
  return Number(rows[0]?.id ?? 0);
}

export function toStoredEvent(row: {
  readonly canonical: string;
  readonly hash: string;
  readonly previousHash: string;
}): StoredEvent {
  const body = JSON.parse(row.canonical) as Omit<StoredEvent, 'hash' | 'previousHash'>;
  return { ...body, hash: row.hash, previousHash: row.previousHash };
}
