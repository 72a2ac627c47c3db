import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { applicationRole, prepareApplicationRole } from './application-role.ts';
import { asUnusable, refuseOldServer } from './database-unusable.ts';
import { migrate } from './migrate.ts';
import { PrismaClient } from './prisma-client/client.ts';

/** How the rooms of the ledger reach PostgreSQL. */
export interface Connections {
  /** For rows. Shares the pool. */
  readonly prisma: PrismaClient;
  /** For the hot paths. */
  readonly pool: pg.Pool;
  /** Where a connection of one's own (LISTEN) leads. */
  readonly url: string;
  /** Whether the connections work as the restricted role. */
  readonly restricted: boolean;
  close(): Promise<void>;
}

/** PostgreSQL's default is 100 connections and the embedded server's 60; several processes and the queue share them. */
const poolSize = 12;
const connectTimeoutMs = 5_000;

/**
 * Migrates the database and opens the pool.
 *
 * @throws MigrationRefused when database and program don't fit together.
 * @throws DatabaseUnusable when the server is too old or doesn't let Chiffon in.
 */
export async function openConnections(url: string, applicationName: string): Promise<Connections> {
  const restricted = await prepareDatabase(withSettings(url, `${applicationName} migrate`, null));
  const workUrl = withSettings(url, applicationName, restricted ? applicationRole : null);
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
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool), errorFormat: 'minimal' });
  return {
    prisma,
    pool,
    url: workUrl,
    restricted,
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** Connects as the owner, once. */
async function prepareDatabase(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs });
  client.on('error', ignoreLostConnection);
  try {
    await client.connect();
    const { rows } = await client.query<{ number: string; name: string }>(
      `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS name`,
    );
    refuseOldServer(Number(rows[0]?.number), rows[0]?.name ?? '');
    await migrate(client);
    return await prepareApplicationRole(client);
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
