import { type Client, escapeIdentifier } from 'pg';

/** The role the ledger works as: it may add facts and never change or remove them, and it owns nothing. */
export const applicationRole = 'chiffon_app';

/** What tables the role may do more to than read and add rows. */
const rights: Readonly<Record<string, string>> = {
  requests: 'SELECT, INSERT, UPDATE',
  plans: 'SELECT, INSERT, UPDATE',
  revisions: 'SELECT, INSERT',
  approvals: 'SELECT, INSERT',
  runs: 'SELECT, INSERT, UPDATE',
  tasks: 'SELECT, INSERT, UPDATE',
  attempts: 'SELECT, INSERT, UPDATE',
  run_logs: 'SELECT, INSERT, UPDATE',
  log_chunks: 'SELECT, INSERT',
  events: 'SELECT, INSERT',
  stream_heads: 'SELECT',
  trail_commits: 'SELECT, INSERT',
  outbox: 'SELECT, INSERT, UPDATE, DELETE',
  hosts: 'SELECT, INSERT, UPDATE',
  host_holds: 'SELECT, INSERT, DELETE',
  conversations: 'SELECT, INSERT, UPDATE',
  posts: 'SELECT, INSERT, UPDATE',
  heard: 'SELECT, INSERT, DELETE',
  chat_memory: 'SELECT, INSERT, UPDATE',
  channel_states: 'SELECT, INSERT, UPDATE',
  alerts: 'SELECT, INSERT, UPDATE',
  alert_deliveries: 'SELECT, INSERT, UPDATE',
};

/**
 * Creates the application role where the connected user may, and gives it its rights in this database. Answers
 * whether the ledger can work as it: on a managed database that allows no new roles it can't, and then the triggers
 * alone guard the record.
 */
export async function prepareApplicationRole(client: Client): Promise<boolean> {
  if (!(await mayBecome(client)) && !(await createRole(client))) return false;
  await grantRights(client, applicationRole);
  return true;
}

/** Gives a role of the application its rights in this database, and takes away every other on the ledger's tables. */
export async function grantRights(client: Client, roleName: string): Promise<void> {
  const role = escapeIdentifier(roleName);
  await client.query('BEGIN');
  try {
    // Grants of several processes at once would run into each other's catalog rows.
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', ['chiffon grants']);
    await client.query(`GRANT USAGE ON SCHEMA public TO ${role}`);
    for (const [table, privileges] of Object.entries(rights)) {
      await client.query(`REVOKE ALL ON ${table} FROM ${role}`);
      await client.query(`GRANT ${privileges} ON ${table} TO ${role}`);
    }
    await client.query(`GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${role}`);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/**
 * Why a role could take back the rights it was not given; null when it can't. Owners may switch triggers off, and
 * whoever is a member of a role may become it.
 */
export async function whyMighty(client: Client, roleName: string): Promise<string | null> {
  const { rows } = await client.query<{ super: boolean; owns: boolean; database: boolean }>(
    `SELECT r.rolsuper AS super, pg_has_role(r.oid, c.relowner, 'MEMBER') AS owns,
       pg_has_role(r.oid, d.datdba, 'MEMBER') AS database
     FROM pg_roles r, pg_class c, pg_database d
     WHERE r.rolname = $1 AND c.oid = 'events'::regclass AND d.datname = current_database()`,
    [roleName],
  );
  const [found] = rows;
  if (found === undefined) return `the role ${roleName} is not known to the server`;
  if (found.super) return `${roleName} is a superuser`;
  if (found.owns) return `${roleName} owns the tables, or may become their owner`;
  return found.database ? `${roleName} owns the database, or may become its owner` : null;
}

async function mayBecome(client: Client): Promise<boolean> {
  const roles = await client.query<{ may: boolean }>(
    `SELECT pg_has_role(current_user, oid, 'MEMBER') AS may FROM pg_roles WHERE rolname = $1`,
    [applicationRole],
  );
  if (roles.rows[0]?.may !== true) return false;
  try {
    await client.query(`SET ROLE ${applicationRole}`);
    await client.query('RESET ROLE');
    return true;
  } catch (error) {
    if (isNotAllowed(error)) return false;
    throw error;
  }
}

async function createRole(client: Client): Promise<boolean> {
  try {
    await client.query(`DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${applicationRole}') THEN
        CREATE ROLE ${applicationRole} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
      END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL; -- another process was first
    END $$`);
    await client.query(`GRANT ${applicationRole} TO current_user`);
  } catch (error) {
    if (isNotAllowed(error)) return false;
    throw error;
  }
  return await mayBecome(client);
}

/** SQLSTATE 42501: the user lacks the privilege. */
function isNotAllowed(error: unknown): boolean {
  return (error as { code?: unknown }).code === '42501';
}
