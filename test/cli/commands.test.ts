import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const entry = fileURLToPath(new URL('../../src/cli/chiffon.ts', import.meta.url));
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chiffon-commands-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as an outside program does, on a data directory where nothing is yet. */
async function chiffon(args: readonly string[], input: string | Buffer = ''): Promise<Ended> {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: directory, CHIFFON_DATA: join(directory, 'data') },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

const lines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('wrong usage is told on stderr with exit 2, and nothing is answered', () => {
  test.each([
    ['no command', [], 'chiffon start'],
    ['an unknown command', ['dance'], 'no command “dance”'],
    ['an unknown option', ['start', '--loud'], '--loud'],
    ['half a command', ['audit'], 'chiffon audit verify'],
    ['an option of another command', ['plan', 'deploy kuma', '--since', '7d'], 'takes no --since'],
    ['a word too many', ['policy', 'check', 'rm -rf /'], 'has no use for “rm -rf /”'],
    ['a plan without words', ['plan'], 'deploy kuma'],
    ['a question without words', ['ask'], 'chiffon ask'],
    ['a batch with words', ['plan', '--batch', 'deploy kuma'], 'stdin'],
    ['an unknown person', ['plan', 'deploy kuma', '--as', 'nobody'], 'owner'],
    ['a time nobody can read', ['audit', 'query', '--since', 'whenever'], '“whenever”'],
    ['an unknown outcome', ['audit', 'query', '--outcome', 'faild'], '“faild”'],
    ['a limit out of range', ['audit', 'query', '--limit', '0'], '--limit'],
    ['a missing configuration', ['doctor', '--config', 'nowhere.yaml'], 'nowhere.yaml'],
    ['a talk as JSON', ['chat', '--json'], 'plan --json'],
    ['no address', ['chat', '--url', 'over there'], '“over there”'],
  ])('%s', async (_what, args, words) => {
    const ended = await chiffon(args);
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toContain(words);
    expect(ended.err).not.toMatch(/^\s+at /mu);
  });
});

test('help is an answer: on stdout, with exit 0, for everything and for one command', async () => {
  const all = await chiffon(['--help']);
  expect(all).toMatchObject({ code: 0, err: '' });
  for (const name of [
    'start',
    'chat',
    'plan',
    'policy check',
    'ask',
    'audit query',
    'audit verify',
    'doctor',
    'trust',
  ])
    expect(all.out).toContain(`chiffon ${name}`);
  const one = await chiffon(['audit', 'query', '--help']);
  expect(one).toMatchObject({ code: 0, err: '' });
  expect(one.out).toContain('--outcome');
  expect(one.out).not.toContain('chiffon start');
});

test('a plan is one JSON document; what isn’t a plan has exit 3', async () => {
  const planned = await chiffon(['plan', 'deploy kuma', '--json']);
  expect(planned).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(planned.out)).toMatchObject({
    understood: true,
    source: 'catalog',
    intents: [{ command: 'deploy', inputs: { service: 'uptime-kuma' } }],
    risk: 'change',
    question: null,
    suggestions: [],
    hash: expect.stringMatching(/^[0-9a-f]{64}$/u),
  });
  const refused = await chiffon(['plan', 'reboot the n100', '--json']);
  expect(refused.code).toBe(3);
  expect(JSON.parse(refused.out)).toMatchObject({ understood: false, steps: [], hash: null });
});

test('a batch answers line for line, whatever stands in the lines', async () => {
  const input = Buffer.concat([
    Buffer.from('deploy kuma\n\nrestart jellyfin\u2028reboot\r\nstatus\rstatus\n'),
    Buffer.from([0xff, 0xfe, 0x0a]),
    Buffer.from('x'.repeat(100_000)),
  ]);
  const ended = await chiffon(['plan', '--batch'], input);
  expect(ended).toMatchObject({ code: 0, err: '' });
  const answers = lines(ended.out);
  expect(answers).toHaveLength(6);
  expect(answers[0]).toMatchObject({ understood: true });
  expect(answers[1]).toMatchObject({ understood: false });
  expect(answers[4]).toMatchObject({ understood: false, reply: expect.stringContaining('not text') });
  expect(answers[5]).toMatchObject({ understood: false, reply: expect.stringContaining('100,000') });
});

test('the judge answers line for line; what it can’t read is denied and makes exit 2', async () => {
  const input = Buffer.concat([
    Buffer.from(
      '{"cmd":"ls"}\n{"cmd":"echo \u2028 hello","host":"n100"}\r\nnot json\n{"cmd":5}\n\n{"cmd":"cat ',
    ),
    Buffer.from([0xff]),
    Buffer.from('"}\n{"cmd":"rm -rf /"}'),
  ]);
  const ended = await chiffon(['policy', 'check'], input);
  expect(ended).toMatchObject({ code: 2, err: '' });
  const unreadable = { verdict: 'deny', rule: 'input.unreadable', reason: expect.stringContaining('UTF-8') };
  expect(lines(ended.out)).toMatchObject([
    { verdict: 'allow' },
    { rule: expect.not.stringContaining('input') },
    unreadable,
    unreadable,
    unreadable,
    unreadable,
    { verdict: 'deny', rule: expect.not.stringContaining('input') },
  ]);
  expect((await chiffon(['policy', 'check'], '{"cmd":"ls"}\n')).code).toBe(0);
});

test('the judge answers for playbooks, patches, files and diagnostics on the same way in', async () => {
  const given = [
    { playbook: '- hosts: n100\n  tasks: [{reboot: }]\n' },
    { kind: 'playbook', text: '- hosts: n100\n  tasks: [{ping: }]\n' },
    { diff: '--- a/.git/config\n+++ b/.git/config\n@@ -1 +1,2 @@\n a\n+b\n' },
    { compose: 'services: {a: {image: b, volumes: ["/:/host"]}}' },
    { compose: 'services: {a: {image: b}}' },
    { script: '#!/bin/sh\nls\nreboot\n' },
    { file: { path: '/etc/sudoers', content: 'x' } },
    { diagnostics: [['df', '-h'], ['uptime']] },
    { diagnostics: [['mkdir', 'x']] },
  ];
  const ended = await chiffon(['policy', 'check'], given.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect(ended).toMatchObject({ code: 0, err: '' });
  expect(lines(ended.out).map((answer) => (answer as { verdict: string }).verdict)).toEqual([
    'deny',
    'allow',
    'deny',
    'deny',
    'approval',
    'deny',
    'deny',
    'allow',
    'deny',
  ]);
});

test('a reader who has seen enough ends a command without an error', async () => {
  const child = spawn(process.execPath, [entry, 'policy', 'check'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.on('error', () => {});
  child.stdin.write('{"cmd":"ls"}\n'.repeat(1000));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  // More to answer than a pipe holds, so that it has to notice.
  child.stdin.end('{"cmd":"ls"}\n'.repeat(20_000));
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test('questions about a record that was never begun are answered, and begin none', async () => {
  const query = await chiffon(['audit', 'query', '--since', '7d', '--outcome', 'failed', '--json']);
  expect(query.code).toBe(0);
  expect(JSON.parse(query.out)).toEqual({ events: [], count: 0 });
  expect(query.err).toContain('--data DIR');
  const verify = await chiffon(['audit', 'verify', '--json']);
  expect(verify.code).toBe(0);
  expect(JSON.parse(verify.out)).toEqual({
    ok: true,
    events: 0,
    streams: 0,
    gitCommits: 0,
    unanchored: 0,
    firstBad: null,
  });
  const doctor = await chiffon(['doctor', '--json']);
  expect(doctor.code).toBe(0);
  expect(JSON.parse(doctor.out)).toMatchObject({ ok: true, checks: expect.any(Array) });
  expect(await readdir(directory)).not.toContain('data');
});

test('the doctor says every trouble with its remedy: a database that is away, a machine that doesn’t answer', async () => {
  const file = join(directory, 'house.yaml');
  await writeFile(
    file,
    'hosts:\n  - { name: n100, address: 127.0.0.1, port: 1, user: chiffon, agent: false }\n',
  );
  const child = spawn(process.execPath, [entry, 'doctor', '--json', '--config', file], {
    env: { ...process.env, DATABASE_URL: 'postgres://nobody:secret-word@127.0.0.1:1/none' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(1);
  const { checks } = JSON.parse(out) as { checks: { name: string; ok: boolean; remedy: string | null }[] };
  const bad = checks.filter(({ ok }) => !ok);
  expect(bad.map(({ name }) => name)).toEqual(['database', 'machine n100']);
  for (const { remedy } of bad) expect(remedy).toMatch(/\w/u);
  expect(out).not.toContain('secret-word');
});

test('what has no hands yet says so, with exit 3', async () => {
  for (const args of [
    ['stage', 'run', 'all'],
    ['backlog', 'list'],
    ['backup', 'file'],
    ['restore', 'file'],
    ['agent'],
  ]) {
    const ended = await chiffon([...args, '--json']);
    expect(ended, args.join(' ')).toMatchObject({ code: 3, err: '' });
    expect(JSON.parse(ended.out)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('Nothing was done'),
    });
  }
}, 60_000);

test('the wall of a machine is printed, and looked at, for configured machines only; one that is away says so', async () => {
  const file = join(directory, 'away.yaml');
  // Port 9 (discard) of the loopback: nobody listens there.
  await writeFile(
    file,
    'hosts:\n  - { name: n100, address: 127.0.0.1, port: 9, user: root, agent: false }\n',
  );
  const printed = await chiffon(['harden', '--config', file]);
  expect(printed).toMatchObject({ code: 0, err: expect.stringMatching(/could not be looked at[^]*as root/) });
  expect(printed.out).toContain('useradd --create-home --shell /bin/sh chiffon');
  const looked = await chiffon(['doctor', '--host', 'n100', '--json', '--config', file]);
  expect(looked.code).toBe(1);
  expect(JSON.parse(looked.out)).toMatchObject({
    ok: false,
    checks: [{ name: 'machine n100', ok: false, detail: expect.stringContaining('Could not look') }],
  });
  expect(await chiffon(['doctor', '--host', 'nas', '--config', file])).toMatchObject({ code: 2 });
});
