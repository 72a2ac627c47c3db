import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import {
  type Access,
  accessLost,
  clusterOf,
  createCluster,
  freshAccess,
  readAccess,
  writeAccess,
} from './cluster.ts';
import { EmbeddedPostgresProblem, problemFrom } from './embedded-postgres-problem.ts';
import { freePort } from './free-port.ts';
import { launch } from './launch-server.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { asAdmin, findPostmaster } from './postmaster.ts';
import { exists } from './server-files.ts';
import { findServerPlace, type ServerPlace } from './server-place.ts';
import { alone, signIn } from './server-users.ts';
import { type ServerLog, supervise } from './supervise-server.ts';

export interface EmbeddedPostgres {
  /** The address of the ledger's database, for its owner. */
  readonly url: string;
  /** The same for the role the ledger works as, which owns nothing. */
  readonly loginUrl: string;
  /** Whether the server was running already: left by a life that was killed, or used by another process. */
  readonly adopted: boolean;
  /** Stops the server, unless another process still uses it. */
  stop(): Promise<void>;
}

/**
 * Starts Chiffon's own PostgreSQL in a directory, or adopts the one that runs there, and keeps it running until
 * `stop`. The server is in a process group of its own: Ctrl+C in the terminal reaches Chiffon alone, which stops it
 * when its own work is done. It outlives a Chiffon that is killed, and the next one finds it.
 *
 * @throws EmbeddedPostgresProblem with a sentence and a remedy.
 */
export async function startEmbeddedPostgres(options: {
  readonly directory: string;
  readonly log: ServerLog;
}): Promise<EmbeddedPostgres> {
  const directory = resolve(options.directory);
  const native = await findPostgresBinaries();
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { place, access, adopted } = await alone(directory, async () => {
      const found = await findServerPlace(directory, native);
      const known = await readOrCreateAccess(directory, found);
      await createCluster(found, known.adminPassword);
      const running = await findPostmaster(found.home, known);
      const used = running
        ? await withPort(directory, known, running.port)
        : await start(directory, found, known);
      await asAdmin(used.port, used, (client) => createDatabase(client, used));
      await signIn(directory);
      return { place: found, access: used, adopted: running !== null };
    });
    options.log.info({ port: access.port, adopted }, 'the embedded PostgreSQL runs');
    return {
      url: `postgresql://chiffon:${access.password}@127.0.0.1:${access.port}/chiffon`,
      loginUrl: `postgresql://${loginRole}:${access.loginPassword}@127.0.0.1:${access.port}/chiffon`,
      adopted,
      stop: supervise({ directory, place, access, log: options.log }),
    };
  } catch (error) {
    throw inWords(error, directory);
  }
}

async function readOrCreateAccess(directory: string, place: ServerPlace): Promise<Access> {
  const known = await readAccess(directory);
  if (known) return known;
  if (await exists(join(clusterOf(place.home), 'PG_VERSION'))) throw accessLost(directory);
  const access = freshAccess(await freePort(null));
  await writeAccess(directory, access);
  return access;
}

async function withPort(directory: string, access: Access, port: number): Promise<Access> {
  if (access.port === port) return access;
  const changed = { ...access, port };
  await writeAccess(directory, changed);
  return changed;
}

/** How often a start is tried while the processes of a killed server still let go of its memory. */
const startTries = 20;

async function start(directory: string, place: ServerPlace, known: Access): Promise<Access> {
  const access = await withPort(directory, known, await freePort(known.port));
  let said = '';
  for (let tries = 1; tries <= startTries; tries += 1) {
    said = await launch(place, access);
    if (said === '') return access;
    if (!/pre-existing shared memory block|is another (postmaster|postgres)/.test(said)) break;
    await pause(250);
  }
  throw problemFrom('start', place.home, said);
}

/** The role the ledger works as. */
const loginRole = 'chiffon_login';

/** The ledger's database, its owner, who is no superuser, and who works with it and owns nothing. */
async function createDatabase(client: pg.Client, access: Access): Promise<void> {
  const roles = await client.query<{ name: string }>('SELECT rolname AS name FROM pg_roles');
  const known = new Set(roles.rows.map(({ name }) => name));
  if (!known.has('chiffon')) {
    await client.query(`CREATE ROLE chiffon LOGIN CREATEROLE PASSWORD '${access.password}'`);
  }
  // Set each time: the file with the passwords may have been completed after the role was made.
  const login = `ROLE ${loginRole} LOGIN PASSWORD '${access.loginPassword}'`;
  await client.query(known.has(loginRole) ? `ALTER ${login}` : `CREATE ${login}`);
  const databases = await client.query(`SELECT FROM pg_database WHERE datname = 'chiffon'`);
  if (databases.rowCount === 0) await client.query('CREATE DATABASE chiffon OWNER chiffon');
}

function inWords(error: unknown, directory: string): unknown {
  if (error instanceof EmbeddedPostgresProblem) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return code !== undefined && /^(ENOSPC|EDQUOT|EACCES|EPERM|EROFS|ENOTDIR|EEXIST)$/.test(code)
    ? problemFrom('start', directory, `${code} ${message}`)
    : error;
}
