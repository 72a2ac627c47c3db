import type { Ledger } from '#flow/ledger-port.ts';
import { applicationRole } from './application-role.ts';
import type { Connections } from './connections.ts';
import { asLedgerError, LedgerUnavailable } from './ledger-unavailable.ts';

/** Whether PostgreSQL answers, how fast, and what guards the record. Doesn't throw when it can't be reached. */
export async function health(connections: Connections): ReturnType<Ledger['health']> {
  const startedAt = performance.now();
  try {
    const { rows } = await connections.pool.query<{ version: string }>(
      `SELECT current_setting('server_version') AS version`,
    );
    const answered = `PostgreSQL ${rows[0]?.version ?? ''} answers in ${(performance.now() - startedAt).toFixed(1)} ms`;
    if (connections.restricted) return { ok: true, detail: `${answered}.`, remedy: null };
    return {
      ok: true,
      detail: `${answered}. Chiffon works as the owner of its tables, so the triggers alone guard the record.`,
      remedy: `As the database's administrator: CREATE ROLE ${applicationRole} NOLOGIN; GRANT ${applicationRole} TO the user in DATABASE_URL; then restart Chiffon.`,
    };
  } catch (error) {
    const known = asLedgerError(error);
    if (!(known instanceof LedgerUnavailable)) throw error;
    return {
      ok: false,
      detail: known.message,
      remedy:
        'The embedded PostgreSQL is started again by itself; with DATABASE_URL, see that the server there runs and can be reached.',
    };
  }
}
