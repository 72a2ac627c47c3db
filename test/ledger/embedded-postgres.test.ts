import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#ledger/embedded-postgres.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { serverPid as findServer } from '#ledger/postmaster.ts';
import { onConnection, superuserUrlOf } from '../support/postgres.ts';

// Servers are started and stopped in every test, which a busy machine makes slow.
vi.setConfig({ testTimeout: 60_000 });

const quiet = { info: () => {}, warn: () => {} };

/** A data directory that was set up once; tests begin with a copy of it, which is much quicker. */
let prepared: string;
/** The test's own folder, and the data directory in it. */
let base: string;
let directory: string;
let running: EmbeddedPostgres[];
let children: ChildProcess[];

beforeAll(async () => {
  prepared = await mkdtemp(join(tmpdir(), 'chiffon-prepared-'));
  const server = await startEmbeddedPostgres({ directory: prepared, log: quiet });
  await server.stop();
});
afterAll(async () => {
  await rm(prepared, { recursive: true, force: true });
});
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'chiffon-embedded-'));
  directory = join(base, 'data');
  await cp(prepared, directory, { recursive: true });
  running = [];
  children = [];
});
afterEach(async () => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  for (const server of running) await server.stop();
  // A server whose Chiffon was killed in a test is nobody's any more.
  if ((await serverPid()) !== null) await (await start()).stop();
  await rm(base, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ directory, log: quiet });
  running.push(server);
  return server;
}

const pidFile = () => join(directory, 'cluster', 'postmaster.pid');

async function serverPid(): Promise<number | null> {
  const pid = Number((await readFile(pidFile(), 'utf8').catch(() => '')).split('\n')[0]);
  return pid > 0 && isAlive(pid) ? pid : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function ask(url: string, question: string): Promise<unknown> {
  return await onConnection(url, async (client) => (await client.query(question)).rows[0]);
}

/** Another Chiffon: a process that uses the same directory until it is told to stop, or killed. */
async function otherChiffon(): Promise<{ readonly child: ChildProcess; readonly adopted: boolean }> {
  const program = `
    import { startEmbeddedPostgres } from ${JSON.stringify(import.meta.resolve('#ledger/embedded-postgres.ts'))};
    const log = { info: () => {}, warn: () => {} };
    const server = await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, log });
    process.stdout.write('adopted ' + server.adopted + '\\n');
    process.stdin.once('data', async () => { await server.stop(); process.exit(0); });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { child, adopted: line.toString().includes('true') };
}

describe('the first start', () => {
  test('gives a database whose owner is no superuser, in UTF-8, with checksums, safe against power loss', async () => {
    directory = join(directory, 'new');
    const { url, adopted } = await start();
    expect(adopted).toBe(false);
    expect(
      await ask(
        await superuserUrlOf(directory, url),
        `SELECT (SELECT rolname || ' ' || rolsuper FROM pg_roles WHERE oid = datdba) AS owner,
          pg_encoding_to_char(encoding) AS encoding, datlocale AS locale, current_setting('data_checksums') AS checksums,
          current_setting('fsync') AS fsync, current_setting('listen_addresses') AS listens,
          current_setting('unix_socket_directories') AS sockets, current_setting('max_connections') AS connections
         FROM pg_database WHERE datname = 'chiffon'`,
      ),
    ).toEqual({
      owner: 'chiffon false',
      encoding: 'UTF8',
      locale: 'C.UTF-8',
      checksums: 'on',
      fsync: 'on',
      listens: '127.0.0.1',
      sockets: '',
      connections: '60',
    });
  });

  test('keeps the passwords where only their owner reads them, and lets nobody in without', async () => {
    const { url } = await start();
    expect((await stat(join(directory, 'access.json'))).mode & 0o777).toBe(0o600);
    const address = new URL(url);
    for (const [user, password] of [
      ['chiffon', 'wrong'],
      ['chiffon', ''],
      ['postgres', ''],
    ] as const) {
      address.username = user;
      address.password = password;
      await expect(ask(address.href, 'SELECT 1')).rejects.toThrow(/password/);
    }
  });

  test('works where only the starting user may go, and root’s server isn’t root', async () => {
    const hidden = join(directory, 'hidden');
    await mkdir(hidden, { mode: 0o700 });
    await cp(prepared, join(hidden, 'deep', 'er'), { recursive: true });
    directory = join(hidden, 'deep', 'er');
    await start();
    const status = await readFile(`/proc/${await serverPid()}/status`, 'utf8');
    expect(status).not.toMatch(/^Uid:\s+0\s/m);
  });

  test('the server is in a process group of its own, so Ctrl+C doesn’t reach it', async () => {
    await start();
    const pid = await serverPid();
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    expect([fields[2], fields[3]]).toEqual([String(pid), String(pid)]);
  });
});

describe('later starts', () => {
  test('find what was stored, at the same address', async () => {
    const first = await start();
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(await serverPid()).toBeNull();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 });
  });

  test('take another port when somebody else has theirs', async () => {
    const first = await start();
    await first.stop();
    const squatter = createServer().listen(Number(new URL(first.url).port), '127.0.0.1');
    await once(squatter, 'listening');
    const second = await start();
    expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
    expect(await ask(second.url, 'SELECT 1 AS one')).toEqual({ one: 1 });
    squatter.close();
  });

  test('begin anew when the very first one was interrupted', async () => {
    await rm(directory, { recursive: true });
    await mkdir(join(directory, 'cluster.unfinished'), { recursive: true });
    await writeFile(join(directory, 'cluster.unfinished', 'half'), '');
    const { url } = await start();
    expect(await ask(url, 'SELECT 1 AS one')).toEqual({ one: 1 });
  });

  test('aren’t fooled by the note of a dead server whose number another process has now', async () => {
    const first = await start();
    const note = await readFile(pidFile(), 'utf8');
    await first.stop();
    await writeFile(pidFile(), note.replace(/^\d+/, String(process.pid)));
    const { url } = await start();
    expect(await ask(url, 'SELECT 1 AS one')).toEqual({ one: 1 });
  });

  test('and their ends don’t take a process for the server that merely has its number', async () => {
    const server = await start();
    const [pid, ...rest] = (await readFile(pidFile(), 'utf8')).split('\n');
    expect(await findServer(directory)).toBe(Number(pid));
    await server.stop();
    await writeFile(pidFile(), [process.pid, ...rest].join('\n'));
    expect(await findServer(directory)).toBeNull();
    await rm(pidFile());
  });

  test('aren’t stopped by a lock whose process is gone', async () => {
    await writeFile(join(directory, 'starting'), '4194303 12345');
    expect((await start()).adopted).toBe(false);
  });

  test('say so when the passwords are gone', async () => {
    await rm(join(directory, 'access.json'));
    await expect(startEmbeddedPostgres({ directory, log: quiet })).rejects.toThrow(
      /access\.json with its passwords is gone/,
    );
  });
});

describe('a Chiffon that is killed', () => {
  test('leaves a server that the next one adopts, with everything in it', async () => {
    const { child, adopted } = await otherChiffon();
    expect(adopted).toBe(false);
    const pid = await serverPid();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await serverPid()).toBe(pid);
    const server = await start();
    expect(server.adopted).toBe(true);
    expect(await serverPid()).toBe(pid);
    await server.stop();
    expect(await serverPid()).toBeNull();
  });

  test('and its server too: the next one recovers what was committed', async () => {
    const { child } = await otherChiffon();
    const guest = await start();
    await ask(guest.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const pid = (await serverPid()) ?? 0;
    child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(
      async () => expect(await ask(guest.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 }),
      {
        timeout: 15_000,
      },
    );
  });
});

describe('two processes with one server', () => {
  test('whoever leaves first leaves it running for the other', async () => {
    const { child } = await otherChiffon();
    const guest = await start();
    expect(guest.adopted).toBe(true);
    await guest.stop();
    expect(await serverPid()).not.toBeNull();
    child.stdin?.write('stop\n');
    await once(child, 'exit');
    expect(await serverPid()).toBeNull();
  });

  test('the one that started it may leave, too', async () => {
    const { child } = await otherChiffon();
    const guest = await start();
    child.stdin?.write('stop\n');
    await once(child, 'exit');
    expect(await ask(guest.url, 'SELECT 1 AS one')).toEqual({ one: 1 });
    await guest.stop();
    expect(await serverPid()).toBeNull();
  });

  test('starting at the same moment, one starts it and the other joins', async () => {
    const both = await Promise.all([otherChiffon(), otherChiffon()]);
    expect(both.map((other) => other.adopted).sort()).toEqual([false, true]);
    for (const { child } of both) {
      child.stdin?.write('stop\n');
      await once(child, 'exit');
    }
    expect(await serverPid()).toBeNull();
  });
});

test('a server that dies is started again, and a ledger on it goes on', { timeout: 60_000 }, async () => {
  const { url } = await start();
  const ledger = await createPostgresLedger({ url, applicationName: 'test' });
  const heard: string[] = [];
  await ledger.listen({ event: (event) => heard.push(event.summary) });
  const say = (summary: string) =>
    ledger.transact((tx) =>
      tx.append({ stream: 'system', kind: 'system.started', actor: 'chiffon', summary }),
    );
  for (const round of ['first', 'second']) {
    const before = await serverPid();
    process.kill(before ?? 0, 'SIGKILL');
    const failures: unknown[] = [];
    await vi.waitFor(
      () =>
        say(round).catch((error: unknown) => {
          failures.push(error);
          throw error;
        }),
      { timeout: 15_000, interval: 50 },
    );
    for (const failure of failures) expect(failure).toMatchObject({ name: 'LedgerUnavailable' });
    expect(await serverPid()).not.toBe(before);
  }
  await vi.waitFor(() => expect(heard).toEqual(['first', 'second']), { timeout: 10_000 });
  expect(await ledger.verify()).toMatchObject({ ok: true, events: 2 });
  await ledger.close();
});

test('while the server is away every call says so, and so does health', async () => {
  const server = await start();
  const ledger = await createPostgresLedger({ url: server.url, applicationName: 'test' });
  await server.stop();
  const calls = [
    () => ledger.request(1),
    () => ledger.requests({ limit: 1 }),
    () => ledger.eventsAfter(0, 1),
    () => ledger.renewLease('a', 'w', 1),
    () => ledger.appendLog('a', [{ stream: 'out', text: 'x', endOffset: { out: 1, err: 0 } }]),
    () => ledger.drainOutbox(async () => {}, 1),
    () => ledger.listen({}),
    () => ledger.verify(),
    () => ledger.transact(async (tx) => await tx.enqueue({ kind: 'draft', id: '1' })),
    () => createPostgresLedger({ url: server.url, applicationName: 'test' }),
  ];
  for (const call of calls) {
    await expect(call(), String(call)).rejects.toMatchObject({
      name: 'LedgerUnavailable',
      message: expect.stringMatching(/^The database doesn't answer \(.+\)\. Nothing is recorded/),
    });
  }
  expect(await ledger.health()).toMatchObject({ ok: false, remedy: expect.any(String) });
  await start();
  expect(await ledger.request(1)).toBeNull();
  expect(await ledger.health()).toMatchObject({ ok: true });
  await ledger.close();
});
