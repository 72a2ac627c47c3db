import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Presence } from './presence.ts';

/** Looks into the database from outside: how long work lay still after its worker was gone. */
export interface LedgerWatch {
  /** What this process had in its hands is watched from now on. Answers how many steps that was. */
  gone(pid: number): Promise<number>;
  /**
   * Milliseconds until somebody else went on with, or ended, a step of a worker that was gone, of the time in which some
   * worker was up; one for each step.
   */
  readonly delays: readonly number[];
  /** One question, asked until the database answers. */
  query<T extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<readonly T[]>;
  /** Steps that nobody went on with yet. */
  waiting(): number;
  close(): Promise<void>;
}

export function watchLedger(url: string, presence: Presence): LedgerWatch {
  const pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 3_000 });
  // The database is restarted on purpose.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const waiting = new Map<string, { readonly worker: string; readonly since: number }>();
  const delays: number[] = [];
  let closed = false;

  async function query<T extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<readonly T[]> {
    for (let tries = 0; ; tries += 1) {
      try {
        return (await pool.query<T>(text, [...values])).rows;
      } catch (error) {
        if (tries > 100) throw error;
        await sleep(200);
      }
    }
  }

  async function look(): Promise<void> {
    while (!closed) {
      await sleep(300);
      if (waiting.size === 0) continue;
      const rows = await query<{ id: string; worker: string; ended: boolean }>(
        'SELECT id, worker, ended_at IS NOT NULL AS ended FROM attempts WHERE id = ANY($1)',
        [[...waiting.keys()]],
      );
      for (const row of rows) {
        const watched = waiting.get(row.id);
        if (watched === undefined || (row.worker === watched.worker && !row.ended)) continue;
        delays.push(presence.between(watched.since, Date.now()));
        waiting.delete(row.id);
      }
    }
  }
  const looking = look();

  return {
    delays,
    query,
    waiting: () => waiting.size,
    async gone(pid) {
      const since = Date.now();
      const rows = await query<{ id: string; worker: string }>(
        'SELECT id, worker FROM attempts WHERE ended_at IS NULL AND worker LIKE $1',
        [`${hostname()}-${pid}/%`],
      );
      // One whose taker dies in turn counts from its first loss.
      for (const { id, worker } of rows) waiting.set(id, { worker, since: waiting.get(id)?.since ?? since });
      return rows.length;
    },
    async close() {
      closed = true;
      await looking;
      await pool.end();
    },
  };
}
