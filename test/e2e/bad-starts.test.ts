import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startChiffonProcess } from '../support/chiffon-process.ts';

const entry = fileURLToPath(new URL('../../src/cli/chiffon.ts', import.meta.url));
// Whole processes and real runs, on whatever computer this is.
vi.setConfig({ testTimeout: 60_000 });

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chiffon-starts-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function chiffon(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

/** A sentence for a person: no stack trace, and a way out. */
function expectSentence(text: string, ...parts: readonly string[]): void {
  expect(text).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)$/mu);
  for (const part of parts) expect(text).toContain(part);
}

describe('a start that can’t be', () => {
  test('wrong configuration: all mistakes at once with file, line and remedy, exit 2, nothing started', async () => {
    const file = join(directory, 'wrong.yaml');
    await writeFile(file, 'consol: {}\nconsole:\n  port: high\nhosts:\n  - name: n100\n');
    const ended = await chiffon(['start', '--config', file, '--data', join(directory, 'never')]);
    expect(ended).toMatchObject({ code: 2, out: '' });
    expectSentence(ended.err, 'wrong.yaml:1', 'wrong.yaml:3', 'wrong.yaml:5', 'nothing was started');
  });

  test('an address beyond this machine without a token is refused', async () => {
    const file = join(directory, 'open.yaml');
    await writeFile(file, 'console:\n  host: 0.0.0.0\n');
    const ended = await chiffon(['start', '--config', file, '--data', join(directory, 'open')], {
      CHIFFON_TOKEN: '',
    });
    expect(ended.code).toBe(2);
    expectSentence(ended.err, 'token');
  });

  test('a data directory that can’t be used', async () => {
    await writeFile(join(directory, 'file'), '');
    const ended = await chiffon(['start', '--data', join(directory, 'file')]);
    expect(ended.code).toBe(1);
    expectSentence(ended.err, 'data directory', '--data DIR');
  });

  test('unknown words and options are wrong usage', async () => {
    expect((await chiffon(['dance'])).code).toBe(2);
    expect((await chiffon(['start', '--loud'])).code).toBe(2);
    expect((await chiffon(['plan'])).code).toBe(2);
  });

  test('a second instance on the same data directory, and a taken port, leave the first one alone', async () => {
    const data = join(directory, 'data');
    const first = await startChiffonProcess({ directory: data });
    const second = await chiffon(['start', '--data', data, '--port', '0']);
    expect(second).toMatchObject({ code: 1, out: '' });
    expectSentence(second.err, 'already runs', String(first.child.pid));

    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const third = await chiffon(['start', '--data', join(directory, 'other'), '--port', String(port)]);
    taken.close();
    expect(third).toMatchObject({ code: 1, out: '' });
    expectSentence(third.err, `Port ${port}`, '--port N');

    expect((await fetch(new URL('/readyz', first.url))).status).toBe(200);
    expect(await first.stop()).toBe(0);
  }, 120_000);

  test('a Redis that can’t be reached', async () => {
    const start = (url: string) =>
      chiffon(['start', '--data', join(directory, 'noredis'), '--port', '0'], { REDIS_URL: url });
    const gone = await start('redis://:secret-word@127.0.0.1:1');
    expect(gone).toMatchObject({ code: 1, out: '' });
    expectSentence(
      gone.err,
      'Redis at 127.0.0.1:1',
      'ECONNREFUSED',
      'correct REDIS_URL',
      'Nothing was started',
    );
    expect(gone.err).not.toContain('secret-word');
  });

  test('listening on the IPv6 loopback, it names the address it answers at', async () => {
    const file = join(directory, 'six.yaml');
    await writeFile(file, "console:\n  host: '::1'\n");
    const six = await startChiffonProcess({ directory: join(directory, 'six'), args: ['--config', file] });
    expect(six.url).toContain('[::1]');
    expect((await fetch(new URL('/readyz', six.url))).status).toBe(200);
    expect(await six.stop()).toBe(0);
  });

  test('a database that can’t be reached', async () => {
    const ended = await chiffon(['start', '--data', join(directory, 'nodb'), '--port', '0'], {
      DATABASE_URL: 'postgres://nobody:secret-word@127.0.0.1:1/none',
    });
    expect(ended.code).toBe(1);
    expectSentence(ended.err, 'DATABASE_URL');
    expect(ended.err).not.toContain('secret-word');
  });
});
