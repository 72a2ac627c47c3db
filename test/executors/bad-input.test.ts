import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { openConnection, openSocket } from '#executors/ssh/open-connection.ts';
import { freshAttempt, performCommand } from './support/perform-command.ts';
import {
  contractJudge,
  openSandboxWorld,
  type SandboxWorld,
  temporaryFolder,
} from './support/sandbox-world.ts';

describe('what a command writes', () => {
  let world: SandboxWorld;
  beforeAll(async () => {
    world = await openSandboxWorld();
  });
  afterAll(async () => {
    await world.stop();
  });
  const perform = async (command: string, more: Parameters<typeof performCommand>[3] = {}) =>
    await performCommand(world.executor, world.host, command, more);

  it('may be ten megabytes on one line', async () => {
    const { result, out } = await perform("head -c 10000000 /dev/zero | tr '\\0' x");
    expect(result).toMatchObject({ outcome: 'succeeded', records: {} });
    expect(out === 'x'.repeat(10_000_000)).toBe(true);
  });

  it('may be any bytes at all, and offsets still count those of the host', async () => {
    const attemptId = freshAttempt();
    let end = { out: 0, err: 0 };
    const { result, out } = await perform('head -c 300000 /dev/urandom', {
      attemptId,
      onOutput: async (chunk) => void (end = chunk.endOffset),
    });
    const raw = readFileSync(join(world.home, '.chiffon', 'attempts', attemptId, 'out'));
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(raw).replaceAll('\0', '\uFFFD');
    expect([result.outcome, end.out]).toEqual(['succeeded', 300_000]);
    expect(out === text).toBe(true);
  });

  it('may be no UTF-8: what can’t be read becomes U+FFFD, what can be stays', async () => {
    const { out } = await perform("printf 'a\\377\\376b\\000c\\303('; printf '\\342\\202'");
    expect(out).toBe('a\uFFFD\uFFFDb\uFFFDc\uFFFD(\uFFFD');
  });

  it.each([
    ['moves the cursor about', '\\033[2J\\033[999A\\033[1;1Hgone\\033[K'],
    ['sets colours by the thousand', `\\033[${'38;5;1;'.repeat(500)}0mgone`],
    ['changes the title of the window', '\\033]0;all is well\\007gone'],
    ['opens the other screen and never comes back', '\\033[?1049h\\033[?25lgone'],
    ['asks the terminal to answer', '\\033P$q"p\\033\\\\\\033[6n\\033]52;c;cm0gLXJm\\007gone'],
    ['turns the reading direction', '\\342\\200\\256gone'],
  ])('is told in plain words when it %s', async (_, text) => {
    const { result, out } = await perform(`printf '${text}\\n'; exit 3`);
    expect(result).toMatchObject({ outcome: 'failed', exitCode: 3 });
    expect(result.summary).toMatch(/gone$/);
    expect(result.summary).toMatch(/^[\p{L}\p{N}\p{P}\p{S} ]+$/u);
    expect(out.length).toBeGreaterThan(5);
  });

  it('ends with the command, whatever it left behind that still holds its outputs', async () => {
    const nap = `sleep ${randomInt(10_000_000, 99_999_999)}`;
    const began = performance.now();
    const { result, out } = await perform(`echo begun; ${nap} & (setsid ${nap} &) ; echo done`);
    expect([result.outcome, out]).toEqual(['succeeded', 'begun\ndone\n']);
    expect(performance.now() - began).toBeLessThan(10_000);
    execFileSync('pkill', ['-f', `^${nap}$`]);
  });

  it('is stopped with the daemon it started, also one in a session of its own', async () => {
    const nap = `sleep ${randomInt(10_000_000, 99_999_999)}`;
    const stop = new AbortController();
    const { result } = await perform(`setsid ${nap} </dev/null >/dev/null 2>&1 & echo begun; sleep 600`, {
      signal: stop.signal,
      onOutput: async () => stop.abort(),
    });
    expect(result.outcome).toBe('cancelled');
    expect((await perform(`pgrep -f '^${nap}$' || echo none`)).out).toBe('none\n');
  });

  it('may be a command too long for a program’s environment', async () => {
    const long = 'x'.repeat(200_000);
    const { out } = await perform(`true '${long}'; echo fine`);
    expect(out).toBe('fine\n');
  });
});

describe('a host with a clock that jumps', () => {
  it('keeps time limits and durations right', async () => {
    const folder = await temporaryFolder();
    const programs = join(folder.path, 'programs');
    mkdirSync(programs);
    // Every look at this clock is a year before the last one.
    writeFileSync(
      join(programs, 'date'),
      '#!/bin/sh\nn=$(cat "$HOME/looks" 2>/dev/null || echo 90); n=$((n - 1)); echo $n >"$HOME/looks"\necho $((n * 31536000))\n',
    );
    chmodSync(join(programs, 'date'), 0o755);
    const PATH = `${programs}:/usr/bin:/bin`;
    const jumping = await openSandboxWorld({ environment: { PATH } });
    const late = await performCommand(
      jumping.executor,
      jumping.host,
      "trap '' TERM; echo begun; sleep 600 & wait; sleep 600",
      { timeoutSeconds: 1 },
    );
    expect(late.result).toMatchObject({ outcome: 'failed', errorClass: 'timed_out' });
    const fine = await performCommand(jumping.executor, jumping.host, 'date >/dev/null; date >/dev/null');
    expect(fine.result.summary).toBe('Finished on sandbox in under a second');
    await jumping.stop();
    await folder.remove();
  });
});

describe('a server that is none', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterAll(async () => {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  });
  const performAt = async (behave: (socket: Socket) => void) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      behave(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const world = await openSandboxWorld();
    const { port } = server.address() as AddressInfo;
    const executor = createStepExecutor({
      hosts: world.hosts.slice(0, 1).map((host) => ({ ...host, name: 'odd', port })),
      knownHostsFile: world.knownHostsFile,
      judge: contractJudge,
      durable: { connectSeconds: 1 },
    });
    const { result } = await performCommand(executor, 'odd', 'echo no');
    await executor.close();
    await world.stop();
    return result;
  };

  it('ends nothing but its own connection when it resets before the log-in begins', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.resetAndDestroy();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const world = await openSandboxWorld();
    const [sandbox] = world.hosts;
    if (sandbox === undefined) throw new Error('the sandbox has no host');
    const host = { ...sandbox, name: 'odd', port: (server.address() as AddressInfo).port };
    const socket = await openSocket(host).catch(() => null);
    // Where the reset was faster than the connection there was nothing to lose.
    if (socket !== null) {
      if (!socket.destroyed) await once(socket, 'close');
      const opening = openConnection(host, world.knownHostsFile, socket);
      await expect(opening).rejects.toMatchObject({ name: 'ConnectionFailed', errorClass: 'network_error' });
    }
    await world.stop();
  });

  it.each([
    ['closes in the middle of its banner', (socket: Socket) => void socket.end('SSH-2.0-Open')],
    ['resets the connection', (socket: Socket) => void socket.resetAndDestroy()],
    ['speaks another language', (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['talks without end', (socket: Socket) => void socket.end('x'.repeat(100_000))],
  ])('is a network that failed, and nothing was run, when it %s', async (_, behave) => {
    const result = await performAt(behave);
    expect(result).toMatchObject({ outcome: 'failed', exitCode: null, errorClass: 'network_error' });
    expect(result.summary).toMatch(/^odd \(127\.0\.0\.1, port \d+\) cannot be reached: .+\.$/);
  });
});
