import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);

export interface RealServer {
  readonly url: string;
  /** Where it keeps its files. */
  readonly directory: string;
  /** Ends it with a signal and starts it again, on the same port and files, after `meanwhile`. */
  restart(signal: NodeJS.Signals, meanwhile?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Debian's Redis, set up as Chiffon wants it: nothing evicted, everything appended to a file.
 *
 * @param keeps false for one that forgets everything when it restarts, as Redis does when nobody says otherwise.
 */
export async function startRedis(keeps = true): Promise<RealServer> {
  const directory = await mkdtemp(join(tmpdir(), 'chiffon-redis-'));
  const port = await freePort();
  const settings: Readonly<Record<string, string>> = {
    port: String(port),
    bind: '127.0.0.1',
    dir: directory,
    save: '',
    appendonly: keeps ? 'yes' : 'no',
    'maxmemory-policy': 'noeviction',
  };
  const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const launch = () => spawn('redis-server', words, { stdio: 'ignore' });
  return serve({ url: `redis://127.0.0.1:${port}`, port, directory, endWith: 'SIGTERM', launch });
}

/** Debian's PostgreSQL in a folder of its own, as an ordinary server somebody else runs. */
export async function startPostgres(): Promise<RealServer> {
  const versions = (await readdir('/usr/lib/postgresql')).toSorted((a, b) => Number(b) - Number(a));
  const programs = `/usr/lib/postgresql/${versions[0]}/bin`;
  const directory = await mkdtemp(join(tmpdir(), 'chiffon-postgres-'));
  const user = await postgresUser();
  const as = process.getuid?.() === 0 ? user : {};
  if (process.getuid?.() === 0) await chown(directory, user.uid, user.gid);
  await chmod(directory, 0o700);
  await run(
    join(programs, 'initdb'),
    ['-D', directory, '-U', 'chiffon', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    { ...as, cwd: directory },
  );
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories='];
  const words = ['-D', directory, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const launch = () => spawn(join(programs, 'postgres'), words, { ...as, cwd: directory, stdio: 'ignore' });
  // It listens a moment before it takes logins.
  const ready = async () => {
    await run(join(programs, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port), '-t', '20']).catch(() =>
      sleep(1000),
    );
  };
  const url = `postgres://chiffon@127.0.0.1:${port}/postgres`;
  return serve({ url, port, directory, endWith: 'SIGINT', launch, ready });
}

/** Starts a server that `launch` spawns, and waits until it listens. */
async function serve(how: {
  readonly url: string;
  readonly port: number;
  readonly directory: string;
  /** The signal on which it ends in order. */
  readonly endWith: NodeJS.Signals;
  readonly launch: () => ChildProcess;
  /** Waits for what comes after listening. */
  readonly ready?: () => Promise<void>;
}): Promise<RealServer> {
  let child = how.launch();
  const up = async (): Promise<void> => {
    await listens(how.port, child);
    await how.ready?.();
  };
  await up();
  return {
    url: how.url,
    directory: how.directory,
    async restart(signal, meanwhile) {
      await end(child, signal);
      await meanwhile?.();
      child = how.launch();
      await up();
    },
    async stop() {
      await end(child, how.endWith);
      await rm(how.directory, { recursive: true, force: true });
    },
  };
}

async function postgresUser(): Promise<{ readonly uid: number; readonly gid: number }> {
  const line = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .find((entry) => entry.startsWith('postgres:'));
  const [, , uid, gid] = (line ?? '').split(':').map(Number);
  if (!uid || !gid) throw new Error('there is no user postgres; install the Debian package postgresql');
  return { uid, gid };
}

async function listens(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode} at once`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
        .once('connect', () => (socket.destroy(), resolve(true)))
        .once('error', () => resolve(false));
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${port} after 10 s`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
