import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { attemptOrder, followerScript } from '#executors/ssh/durable/scripts/start-and-follow.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'chiffon-follower-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));

const order = (attemptId: string, command: string) =>
  attemptOrder(
    { attemptId, command, timeoutSeconds: 60, graceSeconds: 1, idempotent: true },
    { out: 0, err: 0 },
    { begin: 'begin', end: 'end' },
  );

/** What a shell on a host says that hears this and then nothing more. */
const hear = (text: string) =>
  spawnSync('/bin/sh', ['-s'], {
    input: `${followerScript}${text}`,
    env: { PATH: process.env['PATH'], HOME: home },
    encoding: 'utf8',
  }).stdout;
const attempts = () => {
  const folder = join(home, '.chiffon', 'attempts');
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : [];
};

it('an order of which only a part arrives starts nothing, wherever it breaks off', () => {
  // Each part of the command would be a command too.
  const whole = order('cut', `touch 'a' "b c"; touch it\\''s; touch d # 'e' whole`).trimEnd();
  for (let end = 0; end < whole.length; end += 1) hear(whole.slice(0, end));
  expect(attempts()).toEqual([]);
  expect(readdirSync(home).filter((name) => name !== '.chiffon')).toEqual([]);
});

it('one shell carries out one order after the other, each with its own output between its marks', () => {
  const text = Array.from({ length: 3 }, (_, i) => order(`a${i}`, `echo ${i} ran`)).join('');
  const said = hear(text);
  expect(attempts().sort()).toEqual(['a0', 'a1', 'a2']);
  const outputs = [...said.matchAll(/begin\n([^]*?)end\nstate=exited\ncode=0\n/g)].map(
    ([, output]) => output,
  );
  expect(outputs).toEqual(['0 ran\n', '1 ran\n', '2 ran\n']);
});
