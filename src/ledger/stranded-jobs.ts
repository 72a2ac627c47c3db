import type { Pool } from 'pg';
import type { Job } from '#flow/queue-port.ts';

/**
 * Work that should move and that nobody seems to move: plans to be drafted and not touched for a while; attempts whose
 * lease ran out, also in a run that was stopped meanwhile, because its host stays held until they end; and of each run
 * under way the first task that isn't completed, when it could start. A job for work that does move is harmless: its
 * worker finds that it is claimed.
 *
 * Asked every few seconds, so it costs what is under way and not what ever was. When more than `most` lie still, the
 * oldest come first and the others as soon as these move.
 */
export async function strandedJobs(pool: Pool, olderThanSeconds: number): Promise<readonly Job[]> {
  const { rows } = await pool.query<{ kind: Job['kind']; id: string }>(strandedQuery, [
    olderThanSeconds,
    most,
  ]);
  return rows.map((row) => ({ kind: row.kind, id: row.id }));
}

/** More than the workers of a house do at a time. */
const most = 1_000;

/** Seconds in $1, the limit in $2. Each part starts from a small index: of states, or of attempts that are open. */
export const strandedQuery = `
  WITH quiet AS (SELECT now() - make_interval(secs => $1) AS since),
  next_tasks AS (
    SELECT DISTINCT ON (t.run) t.id, t.state, r.ordinal,
      greatest(r.changed_at, (SELECT max(o.changed_at) FROM tasks o WHERE o.run = r.id)) AS last_move
    FROM runs r JOIN tasks t ON t.run = r.id
    WHERE r.state IN ('pending', 'running', 'waiting_retry') AND t.state <> 'completed'
    ORDER BY t.run, t.position
  )
  SELECT 'draft' AS kind, p.id::text AS id, 0::bigint AS line, p.id AS place FROM plans p, quiet
    WHERE p.state IN ('drafting', 'changes_requested') AND p.changed_at < quiet.since
  UNION ALL
  SELECT 'task', n.id, n.ordinal, 0 FROM next_tasks n, quiet
    WHERE n.state IN ('pending', 'waiting_retry') AND n.last_move < quiet.since
  UNION ALL
  SELECT 'task', t.id, r.ordinal, t.position
    FROM attempts a JOIN tasks t ON t.id = a.task JOIN runs r ON r.id = t.run
    WHERE a.ended_at IS NULL AND a.lease_until < now()
  ORDER BY line, place LIMIT $2`;
