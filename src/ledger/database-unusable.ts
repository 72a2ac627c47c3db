/** Thrown when the database answers and can't be used as it is. The message says why and what to do. */
export class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable';
  readonly code = 'database_unusable';
}

/** The oldest version whose SQL the migrations are written in, as PostgreSQL counts: 15.0. */
const oldestVersion = 150_000;

/** @throws DatabaseUnusable for a server that is too old. `number` is its server_version_num, `name` how it is called. */
export function refuseOldServer(number: number, name: string): void {
  if (number >= oldestVersion) return;
  throw new DatabaseUnusable(
    `The database server is PostgreSQL ${name}, and Chiffon needs version 15 or newer. Update the server, name another in DATABASE_URL, or start without one to use the embedded database.`,
  );
}

/** What a refusal of PostgreSQL at the start means, by its SQLSTATE; everything else as it is. */
export function asUnusable(error: unknown): unknown {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const remedy = typeof code === 'string' ? remedies[code] : undefined;
  return remedy === undefined
    ? error
    : new DatabaseUnusable(`The database can't be used: ${String(message)}. ${remedy}`, { cause: error });
}

/** Appendix A of PostgreSQL's manual has the codes. */
const remedies: Readonly<Record<string, string>> = {
  // invalid_password, invalid_authorization_specification
  '28P01': 'See that user and password in DATABASE_URL are right.',
  '28000': 'See that the user in DATABASE_URL exists and that pg_hba.conf lets it in.',
  // invalid_catalog_name
  '3D000': 'Create that database (CREATE DATABASE name OWNER user), or correct its name in DATABASE_URL.',
  // insufficient_privilege
  '42501':
    'Chiffon creates its tables itself: make the user in DATABASE_URL the owner of the database (ALTER DATABASE name OWNER TO user).',
};
