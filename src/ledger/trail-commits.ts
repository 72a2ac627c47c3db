import type { ClientBase, Pool } from 'pg';
import type { TrailCommit } from '#flow/record-questions.ts';

/** A commit of the git trail and its place, counted from 1 over all histories. */
export interface RecordedCommit extends TrailCommit {
  readonly number: number;
}

/** What the git trail holds about plans and their runs, oldest first; commits of a lost history left out. */
export async function readTrailCommits(
  pool: Pool,
  plans: readonly number[],
): Promise<readonly TrailCommit[]> {
  const { rows } = await pool.query<Row>(
    `SELECT ${columns} FROM trail_commits WHERE number > coalesce((
       SELECT max(number) FROM trail_commits WHERE kind = 'beginning'), 0) AND plan = ANY ($1) ORDER BY number`,
    [plans],
  );
  return rows.map(fromRow).map(({ number: _, ...commit }) => commit);
}

/** Every recorded commit, oldest first. */
export async function readWholeTrail(client: Pool | ClientBase): Promise<readonly RecordedCommit[]> {
  const { rows } = await client.query<Row>(`SELECT ${columns} FROM trail_commits ORDER BY number`);
  return rows.map(fromRow);
}

/** The newest recorded commit; null before the first. */
export async function readLastCommit(client: Pool | ClientBase): Promise<RecordedCommit | null> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM trail_commits ORDER BY number DESC LIMIT 1`,
  );
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** @throws when another process has recorded a commit of that number. */
export async function recordCommit(
  client: ClientBase,
  commit: Omit<RecordedCommit, 'at'>,
): Promise<RecordedCommit> {
  const { rows } = await client.query<Row>(
    `INSERT INTO trail_commits (number, "commit", kind, plan, run, position, events, event_head)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${columns}`,
    [
      commit.number,
      commit.commit,
      commit.kind,
      commit.plan,
      commit.run,
      commit.position,
      commit.events,
      commit.eventHead,
    ],
  );
  if (rows[0] === undefined) throw new Error('the commit was not recorded');
  return fromRow(rows[0]);
}

const columns = 'number, "commit", kind, plan, run, position, events, event_head, at';

interface Row {
  readonly number: number;
  readonly commit: string;
  readonly kind: TrailCommit['kind'];
  readonly plan: number | null;
  readonly run: string | null;
  readonly position: string;
  readonly events: string;
  readonly event_head: string;
  readonly at: Date;
}

function fromRow(row: Row): RecordedCommit {
  const { number, commit, kind, plan, run, at } = row;
  return {
    number,
    commit,
    kind,
    plan,
    run,
    position: Number(row.position),
    events: Number(row.events),
    eventHead: row.event_head,
    at: at.toISOString(),
  };
}
