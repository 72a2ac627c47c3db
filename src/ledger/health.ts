import type { Ledger } from '#flow/ledger-port.ts';
import { applicationRole } from './application-role.ts';
import type { Connections, Guard } from './connections.ts';
import { asLedgerError, LedgerUnavailable } from './ledger-unavailable.ts';

/** Whether PostgreSQL answers, how fast, and what guards the record. Doesn't throw when it can't be reached. */
export async function health(connections: Connections): ReturnType<Ledger['health']> {
  const startedAt = performance.now();
  try {
    const { rows } = await connections.pool.query<{ version: string }>(
      `SELECT current_setting('server_version') AS version`,
    );
    const answered = `PostgreSQL ${rows[0]?.version ?? ''} answers in ${(performance.now() - startedAt).toFixed(1)} ms`;
    return { ok: true, ...inWords(answered, connections.guard) };
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

/** How well the record is guarded against the ledger's own connections, and what would guard it better. */
function inWords(
  answered: string,
  guard: Guard,
): { readonly detail: string; readonly remedy: string | null } {
  switch (guard.kind) {
    case 'login':
      return { detail: `${answered}.`, remedy: null };
    case 'role':
      return {
        detail: `${answered}. Chiffon signs in as the owner of its tables and lays the owner's rights down; whoever gets hold of a connection can take them up again.`,
        remedy: `Optional, for a record that Chiffon's own connections can't change. As the database's administrator: ${secondRole} Set DATABASE_OWNER_URL to the present address and DATABASE_URL to the same address with the new role and its password, and restart Chiffon.`,
      };
    case 'none':
      return {
        detail: `${answered}. The triggers alone guard the record: ${guard.why}.`,
        remedy: `As the database's administrator: ${secondRole} Set DATABASE_OWNER_URL to the address of the tables' owner and DATABASE_URL to the same address with the new role and its password, and restart Chiffon. Or, with one address: CREATE ROLE ${applicationRole} NOLOGIN; GRANT ${applicationRole} TO the user in DATABASE_URL.`,
      };
  }
}

const secondRole = `CREATE ROLE chiffon_login LOGIN PASSWORD 'a long one';`;
