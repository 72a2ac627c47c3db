import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/ledger/embedded-postgres.ts';
import { createPostgresLedger } from '../../src/ledger/postgres-ledger.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The superuser's address of the test run's PostgreSQL. */
    postgresUrl: string;
  }
}

export interface FreshDatabase {
  /** For the database's owner, who is no superuser: what Chiffon itself gets. */
  readonly url: string;
  /** For somebody who may do everything. */
  readonly superuserUrl: string;
  drop(): Promise<void>;
}

const template = 'chiffon_template';
const owner = { name: 'chiffon_test_owner', password: 'only-for-tests' } as const;

/** For vitest's `globalSetup`: one server for the whole run. CHIFFON_TEST_POSTGRES names another, by its superuser. */
export async function setup(project: TestProject): Promise<void> {
  const server = await startTestServer();
  stopServer = server.stop;
  project.provide('postgresUrl', server.url);
}

export async function teardown(): Promise<void> {
  await stopServer?.();
}

/** A migrated, empty database of one's own; a copy of a template, so it takes milliseconds. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = await serverUrl();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(server, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${owner.name}`),
  );
  return {
    url: ownerUrl(server, name),
    superuserUrl: inDatabase(server, name),
    drop: async () => {
      await asSuperuser(server, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

/** The same without tables. */
export async function emptyDatabase(): Promise<FreshDatabase> {
  const server = await serverUrl();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(server, (client) => client.query(`CREATE DATABASE ${name} OWNER ${owner.name}`));
  return {
    url: ownerUrl(server, name),
    superuserUrl: inDatabase(server, name),
    drop: async () => {
      await asSuperuser(server, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

/** Runs `work` on a connection of its own. */
export async function onConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  // A test that kills its server kills this connection too.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

interface TestServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

let stopServer: (() => Promise<void>) | null = null;
let ownServer: Promise<TestServer> | null = null;

/** The run's server; one of this file's own when the run has none. */
async function serverUrl(): Promise<string> {
  const provided = inject('postgresUrl');
  if (provided !== undefined) return provided;
  ownServer ??= startTestServer();
  return (await ownServer).url;
}

/** Registered where a test file imports this; does nothing when the run has a server. */
if (process.env['VITEST_WORKER_ID'] !== undefined) {
  afterAll(async () => {
    await (await ownServer)?.stop();
  });
}

async function startTestServer(): Promise<TestServer> {
  const server = await (externalServer() ?? startOwnServer());
  try {
    await prepareTemplate(server.url);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

function externalServer(): Promise<TestServer> | null {
  const url = process.env['CHIFFON_TEST_POSTGRES'];
  return url === undefined ? null : Promise.resolve({ url, stop: async () => {} });
}

async function startOwnServer(): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'chiffon-postgres-'));
  const quiet = { info: () => {}, warn: () => {} };
  const server = await startEmbeddedPostgres({ directory, log: quiet });
  return {
    url: await superuserUrlOf(directory, server.url),
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The superuser's address of an embedded server. */
export async function superuserUrlOf(directory: string, url: string): Promise<string> {
  const access = JSON.parse(await readFile(join(directory, 'access.json'), 'utf8')) as {
    readonly adminPassword: string;
  };
  const address = new URL(url);
  address.username = 'postgres';
  address.password = access.adminPassword;
  return address.href;
}

async function prepareTemplate(server: string): Promise<void> {
  await asSuperuser(server, async (client) => {
    const roles = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [owner.name]);
    if (roles.rowCount === 0) {
      await client.query(`CREATE ROLE ${owner.name} LOGIN CREATEROLE PASSWORD '${owner.password}'`);
    }
    await client.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${template} OWNER ${owner.name}`);
  });
  const ledger = await createPostgresLedger({ url: ownerUrl(server, template), applicationName: 'template' });
  await ledger.close();
}

async function asSuperuser<T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return await onConnection(inDatabase(server, 'postgres'), work);
}

function inDatabase(server: string, name: string): string {
  const address = new URL(server);
  address.pathname = `/${name}`;
  return address.href;
}

function ownerUrl(server: string, name: string): string {
  const address = new URL(inDatabase(server, name));
  address.username = owner.name;
  address.password = owner.password;
  return address.href;
}
