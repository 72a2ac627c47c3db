import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type Access, clusterOf } from './cluster.ts';
import { isAlive, workingDirectoryOf } from './living-process.ts';

/** A running server, by what it left in its cluster. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Whether it says that it accepts connections. */
  readonly ready: boolean;
}

/** How long a server that lives may take to answer: it may be recovering from a crash. */
const answerWithinMs = 120_000;

/**
 * The server that runs on a cluster, answering; null when there is none. Waits for one that is starting or stopping.
 * A note of a dead server whose number another process has by now is taken away, because PostgreSQL itself would
 * believe that process to be the server and refuse to start.
 */
export async function findPostmaster(home: string, access: Access): Promise<Postmaster | null> {
  const cluster = clusterOf(home);
  const deadline = Date.now() + answerWithinMs;
  for (;;) {
    const noted = await readPostmaster(cluster);
    if (noted === null || !(await isAlive(noted.pid))) return null;
    if (!(await worksIn(noted.pid, cluster))) {
      await rm(join(cluster, 'postmaster.pid'), { force: true });
      return null;
    }
    if (noted.ready && (await answers(noted.port, access))) return noted;
    if (Date.now() > deadline) return null;
    await pause(100);
  }
}

/** The number of the server that lives on a cluster, answering or not; null when there is none. */
export async function serverPid(home: string): Promise<number | null> {
  const cluster = clusterOf(home);
  const noted = await readPostmaster(cluster);
  return noted !== null && (await isAlive(noted.pid)) && (await worksIn(noted.pid, cluster))
    ? noted.pid
    : null;
}

/** A server works in its cluster. Where the system doesn't tell, its note is believed. */
async function worksIn(pid: number, cluster: string): Promise<boolean> {
  const place = await workingDirectoryOf(pid);
  return place === null || place === (await realpath(cluster));
}

/** postmaster.pid, one a line: number, folder, start, port, sockets, address, memory, state (miscadmin.h). */
export async function readPostmaster(cluster: string): Promise<Postmaster | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid = '', , , port = '', , , , state = ''] = text.split('\n');
  return /^\d+$/.test(pid.trim())
    ? { pid: Number(pid), port: Number(port) || 0, ready: state.trim() === 'ready' }
    : null;
}

/** Whether a server answers there that knows our password: nobody else's does. */
export async function answers(port: number, access: Access): Promise<boolean> {
  const client = adminClient(port, access.adminPassword, 'postgres');
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

/** Runs `work` as the superuser. */
export async function asAdmin<T>(
  port: number,
  access: Access,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = adminClient(port, access.adminPassword, 'postgres');
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function adminClient(port: number, password: string, database: string): pg.Client {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database,
    connectionTimeoutMillis: 5_000,
    application_name: 'chiffon setup',
  });
  // A server that goes away while this connects is seen by the call that waits for it.
  client.on('error', () => {});
  return client;
}

/** Asks for a fast shutdown (open transactions are undone, everything is written) and waits for it. */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const { signal, withinMs } of stopSignals) {
    if (!(await isAlive(pid))) return;
    process.kill(pid, signal);
    const deadline = Date.now() + withinMs;
    while (Date.now() < deadline) {
      if (!(await isAlive(pid))) return;
      await pause(20);
    }
  }
}

/** SIGINT is PostgreSQL's fast shutdown; SIGQUIT its immediate one, which the next start repairs from the log. */
const stopSignals = [
  { signal: 'SIGINT', withinMs: 30_000 },
  { signal: 'SIGQUIT', withinMs: 10_000 },
] as const;
