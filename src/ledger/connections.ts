import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { applicationRole, grantRights, prepareApplicationRole, whyMighty } from './application-role.ts';
import { asUnusable, refuseOldServer } from './database-unusable.ts';
import { prepareEventMonths } from './event-months.ts';
import { migrate } from './migrate.ts';
import { PrismaClient } from './prisma-client/client.ts';
import { statementNames } from './statement-names.ts';

/** How the rooms of the ledger reach PostgreSQL. */
export interface Connections {
  /** For rows. Shares the pool. */
  readonly prisma: PrismaClient;
  /** For the hot paths. */
  readonly pool: pg.Pool;
  /** Where a connection of one's own (LISTEN) leads. */
  readonly url: string;
  /** What keeps them from changing the record. */
  readonly guard: Guard;
  close(): Promise<void>;
}

/** Where the database is, and as whom it is used. */
export interface DatabaseAddress {
  /** What the ledger works with. */
  readonly url: string;
  /** The owner's address, for bringing the tables up to date; null when `url` is the owner's. */
  readonly ownerUrl: string | null;
}

/** What keeps the ledger's own connections from changing the record. */
export type Guard =
  /** They sign in as a role that owns nothing and can't become one that does. */
  | { readonly kind: 'login' }
  /** They sign in as the owner and lay their rights down, which they could take up again. */
  | { readonly kind: 'role' }
  /** Nothing but the triggers. */
  | { readonly kind: 'none'; readonly why: string };

/** PostgreSQL's default is 100 connections and the embedded server's 60; several processes and the queue share them. */
const poolSize = 12;
const connectTimeoutMs = 5_000;

/**
 * Migrates the database and opens the pool.
 *
 * @throws MigrationRefused when database and program don't fit together.
 * @throws DatabaseUnusable when the server is too old or doesn't let Chiffon in.
 */
export async function openConnections(
  { url, ownerUrl }: DatabaseAddress,
  applicationName: string,
): Promise<Connections> {
  const login = ownerUrl === null ? null : await nameOf(withSettings(url, applicationName, null));
  const guard = await prepareDatabase(
    withSettings(ownerUrl ?? url, `${applicationName} migrate`, null),
    login,
  );
  const workUrl = withSettings(url, applicationName, guard.kind === 'role' ? applicationRole : null);
  const pool = new pg.Pool({
    connectionString: workUrl,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
  });
  // A connection that breaks while nobody uses it says so here. The pool drops it and opens another when one is
  // needed; whoever was using one gets the error from their own call.
  pool.on('error', ignoreLostConnection);
  pool.on('connect', (client) => client.on('error', ignoreLostConnection));
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: statementNames() }),
    errorFormat: 'minimal',
  });
  return {
    prisma,
    pool,
    url: workUrl,
    guard,
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** Brings the tables up to date and gives `login`, or else the application role, its rights. */
async function prepareDatabase(ownerUrl: string, login: string | null): Promise<Guard> {
  return await once(ownerUrl, async (client) => {
    const { rows } = await client.query<{ number: string; name: string }>(
      `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS name`,
    );
    refuseOldServer(Number(rows[0]?.number), rows[0]?.name ?? '');
    await migrate(client);
    await prepareEventMonths(client);
    if (login === null) {
      const may = await prepareApplicationRole(client);
      return may ? { kind: 'role' } : { kind: 'none', why: 'Chiffon works as the owner of its tables' };
    }
    const why = await whyMighty(client, login);
    if (why !== null) return { kind: 'none', why };
    await grantRights(client, login);
    return { kind: 'login' };
  });
}

/** As whom an address signs in. */
async function nameOf(url: string): Promise<string> {
  return await once(url, async (client) => {
    const { rows } = await client.query<{ name: string }>('SELECT session_user AS name');
    return rows[0]?.name ?? '';
  });
}

/** A connection for one piece of work. */
async function once<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs });
  client.on('error', ignoreLostConnection);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw asUnusable(error);
  } finally {
    await client.end();
  }
}

/**
 * The address with the connection's name, its role, and the isolation that the ledger's comparisons are written for,
 * whatever the server's default is. Options the owner put there stay in force.
 */
function withSettings(url: string, applicationName: string, role: string | null): string {
  const address = new URL(url);
  const options = [
    address.searchParams.get('options'),
    String.raw`-c default_transaction_isolation=read\ committed`,
    role === null ? null : `-c role=${role}`,
  ];
  address.searchParams.set('options', options.filter((option) => option !== null).join(' '));
  address.searchParams.set('application_name', applicationName);
  return address.href;
}

function ignoreLostConnection(): void {}
