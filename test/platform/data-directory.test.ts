import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  DataDirectoryUnusable,
  keptSecret,
  openDataDirectory,
} from '#platform/data-directory/data-directory.ts';
import { lockDataDirectory } from '#platform/data-directory/lock.ts';

const lockModule = new URL('../../src/platform/data-directory/lock.ts', import.meta.url).href;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chiffon-data-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('a second process of the same service is refused and told who is there; another service may share', async () => {
  const first = await lockDataDirectory(directory, ['worker']);
  const second = await lockDataDirectory(directory, ['api', 'worker']);
  const third = await lockDataDirectory(directory, ['api']);
  expect(first.ok).toBe(true);
  expect(second).toEqual({ ok: false, holder: { service: 'worker', pid: process.pid } });
  expect(third.ok).toBe(true);
});

test('a released lock can be taken again', async () => {
  const first = await lockDataDirectory(directory, ['bot']);
  if (first.ok) await first.lock.release();
  expect((await lockDataDirectory(directory, ['bot'])).ok).toBe(true);
});

test('the lock of a process that died is taken over, also when its number now belongs to another process', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  await writeFile(join(directory, 'bot.pid'), `${child.pid} 1\n`);
  expect((await lockDataDirectory(directory, ['bot'])).ok).toBe(true);
  await writeFile(join(directory, 'worker.pid'), `${process.ppid} 1\n`);
  expect((await lockDataDirectory(directory, ['worker'])).ok).toBe(true);
});

test('a kept secret is made once, is private, and stays the same', async () => {
  const file = join(directory, 'token');
  const made = await keptSecret(file, 24);
  expect(made).toMatchObject({ fresh: true, value: expect.stringMatching(/^[\w-]{32}$/) });
  await chmod(file, 0o644);
  expect(await keptSecret(file, 24)).toEqual({ fresh: false, value: made.value });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await readFile(file, 'utf8')).trim()).toBe(made.value);
});

test.each(['', '\n', 'abc'])(
  'a kept secret that was cut short (%j) is a sentence with a remedy, never a secret',
  async (left) => {
    const file = join(directory, 'token');
    await writeFile(file, left);
    await expect(keptSecret(file, 24)).rejects.toThrow(/Delete it; the next start makes a new one/u);
  },
);

test('of many processes that find the lock of a dead one, one gets it', async () => {
  await writeFile(join(directory, 'bot.pid'), '999999999 1\n');
  const script = `
    import { lockDataDirectory } from ${JSON.stringify(lockModule)};
    const locked = await lockDataDirectory(${JSON.stringify(directory)}, ['bot']);
    console.log(locked.ok ? 'mine' : 'taken');
    process.stdin.resume().on('end', () => {});
  `;
  const children = Array.from({ length: 8 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const said = await Promise.all(
    children.map(async (child) => String(((await once(child.stdout, 'data')) as [Buffer])[0]).trim()),
  );
  for (const child of children) child.stdin.end();
  await Promise.all(children.map((child) => once(child, 'exit')));
  expect(said.toSorted()).toEqual(['mine', ...Array<string>(7).fill('taken')]);
  expect((await readdir(directory)).toSorted()).toEqual(['bot.pid']);
});

test('a data directory that is a file is refused with a sentence and a remedy', async () => {
  const file = join(directory, 'file');
  await writeFile(file, '');
  await expect(openDataDirectory(file)).rejects.toThrow(DataDirectoryUnusable);
  await expect(openDataDirectory(join(file, 'below'))).rejects.toThrow(/--data DIR/);
});
