import { chown, mkdir, open, readFile, writeFile } from 'node:fs/promises';
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
  serverEnvironment,
  writeAccess,
} from './cluster.ts';
import { EmbeddedPostgresProblem, problemFrom } from './embedded-postgres-problem.ts';
import { freePort } from './free-port.ts';
import { isAlive } from './living-process.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { answers, asAdmin, findPostmaster, readPostmaster, stopPostmaster } from './postmaster.ts';
import { exists } from './server-files.ts';
import { findServerPlace, type ServerPlace, startProgram } from './server-place.ts';
import { serverArguments } from './server-settings.ts';
import { alone, signIn, signOut } from './server-users.ts';

export interface EmbeddedPostgresLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface EmbeddedPostgres {
  /** The address of the ledger's database, for its owner. */
  readonly url: string;
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
  readonly log: EmbeddedPostgresLog;
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
      await asAdmin(used.port, used, (client) => createDatabase(client, used.password));
      await signIn(directory);
      return { place: found, access: used, adopted: running !== null };
    });
    options.log.info({ port: access.port, adopted }, 'the embedded PostgreSQL runs');
    return supervise({ directory, place, access, adopted, log: options.log });
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

/** How long the server may take until it answers; after a crash it first repeats what its log holds. */
const startWithinMs = 120_000;
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

/** Starts the server once and waits until it answers: an empty text, or what it said before it ended. */
async function launch(place: ServerPlace, access: Access): Promise<string> {
  const words = join(place.home, 'start.log');
  await mkdir(join(place.home, 'log'), { recursive: true, mode: 0o700 });
  if (place.owner !== null) await chown(join(place.home, 'log'), place.owner, place.owner);
  const file = await open(words, 'w', 0o600);
  const child = startProgram(place, 'postgres', serverArguments(place.home, access.port), {
    cwd: place.home,
    env: serverEnvironment(),
    detached: true,
    stdio: ['ignore', file.fd, file.fd],
  });
  child.unref();
  let ended = false;
  let failure = '';
  child.once('exit', () => {
    ended = true;
  });
  child.once('error', (error) => {
    ended = true;
    failure = error.message;
  });
  await file.close();
  const deadline = Date.now() + startWithinMs;
  while (!ended) {
    const noted = await readPostmaster(clusterOf(place.home));
    if (noted?.ready && noted.pid === child.pid && (await answers(access.port, access))) return '';
    if (Date.now() > deadline) {
      if (child.pid !== undefined) await stopPostmaster(child.pid);
      break;
    }
    await pause(30);
  }
  return `${failure}${await readFile(words, 'utf8')}` || 'it ended without a word';
}

/** The ledger's database and its owner, who may create the application's role and is no superuser. */
async function createDatabase(client: pg.Client, password: string): Promise<void> {
  const roles = await client.query(`SELECT FROM pg_roles WHERE rolname = 'chiffon'`);
  if (roles.rowCount === 0) {
    await client.query(`CREATE ROLE chiffon LOGIN CREATEROLE PASSWORD '${password}'`);
  }
  const databases = await client.query(`SELECT FROM pg_database WHERE datname = 'chiffon'`);
  if (databases.rowCount === 0) await client.query('CREATE DATABASE chiffon OWNER chiffon');
}

/** How often the server is looked at, and how long to wait between tries to start it again. */
const lookEveryMs = 250;
const againMs = { first: 250, longest: 10_000 } as const;

function supervise(server: {
  readonly directory: string;
  readonly place: ServerPlace;
  readonly access: Access;
  readonly adopted: boolean;
  readonly log: EmbeddedPostgresLog;
}): EmbeddedPostgres {
  const { directory, place, access, log } = server;
  const stopping = new AbortController();

  const watch = async (): Promise<void> => {
    let wait: number = againMs.first;
    while (!stopping.signal.aborted) {
      await rest(lookEveryMs, stopping.signal);
      const noted = await readPostmaster(clusterOf(place.home));
      if (stopping.signal.aborted || (noted !== null && (await isAlive(noted.pid)))) continue;
      try {
        log.warn({ port: access.port }, 'the embedded PostgreSQL ended; starting it again');
        await alone(directory, async () => await startAgain(stopping.signal));
        wait = againMs.first;
      } catch (error) {
        log.warn({ error, againInMs: wait }, 'the embedded PostgreSQL could not be started again');
        await rest(wait, stopping.signal);
        wait = Math.min(wait * 2, againMs.longest);
      }
    }
  };

  const startAgain = async (signal: AbortSignal): Promise<void> => {
    if (signal.aborted || (await findPostmaster(place.home, access))) return;
    // The address is known to everybody who uses the ledger, so it stays; whoever took the port meanwhile has to go.
    const said = await launch(place, access);
    if (said !== '') throw problemFrom('start again', place.home, said);
    log.info({ port: access.port }, 'the embedded PostgreSQL runs again');
  };

  const watching = watch();
  return {
    url: `postgresql://chiffon:${access.password}@127.0.0.1:${access.port}/chiffon`,
    adopted: server.adopted,
    stop: async () => {
      stopping.abort();
      await watching;
      await alone(directory, async () => {
        const { othersRemain } = await signOut(directory);
        const noted = await readPostmaster(clusterOf(place.home));
        if (!othersRemain && noted) await stopPostmaster(noted.pid);
      });
    },
  };
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { ref: false, signal }).catch(() => {});
}

function inWords(error: unknown, directory: string): unknown {
  if (error instanceof EmbeddedPostgresProblem) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return code !== undefined && /^(ENOSPC|EDQUOT|EACCES|EPERM|EROFS|ENOTDIR|EEXIST)$/.test(code)
    ? problemFrom('start', directory, `${code} ${message}`)
    : error;
}
