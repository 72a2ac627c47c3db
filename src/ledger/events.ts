import type { Pool } from 'pg';
import { canonicalJson, sha256Hex } from '#core/canonical.ts';
import type { NewEvent, StoredEvent } from '#core/event.ts';
import type { AuditQuestion } from '#flow/ledger-port.ts';
import type { Prisma, PrismaClient } from './prisma-client/client.ts';
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
    INSERT INTO events (canonical, previous_hash, hash) VALUES (${canonical}, ${link.previous_hash}, ${hash})`;
  return toStoredEvent({ canonical, hash, previousHash: link.previous_hash });
}

/** Newest first. */
export async function audit(prisma: PrismaClient, question: AuditQuestion): Promise<readonly StoredEvent[]> {
  const rows = await prisma.event.findMany({
    where: {
      at: {
        ...(question.since !== undefined && { gte: new Date(question.since) }),
        ...(question.until !== undefined && { lt: new Date(question.until) }),
      },
      ...(question.outcome !== undefined && { outcome: visible(question.outcome) }),
      ...(question.service !== undefined && { service: visible(question.service) }),
      ...(question.host !== undefined && { host: visible(question.host) }),
      ...(question.person !== undefined && { actor: visible(question.person) }),
      ...(question.plan !== undefined && { plan: question.plan }),
      ...(question.kinds && { kind: { in: [...question.kinds] } }),
      ...(question.before !== undefined && { id: { lt: question.before } }),
    },
    orderBy: { id: 'desc' },
    take: Math.min(1000, Math.max(1, question.limit)),
    select: { canonical: true, hash: true, previousHash: true },
  });
  return rows.map(toStoredEvent);
}

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

function toStoredEvent(row: {
  readonly canonical: string;
  readonly hash: string;
  readonly previousHash: string;
}): StoredEvent {
  const body = JSON.parse(row.canonical) as Omit<StoredEvent, 'hash' | 'previousHash'>;
  return { ...body, hash: row.hash, previousHash: row.previousHash };
}
