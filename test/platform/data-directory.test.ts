import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  DataDirectoryUnusable,
  keptSecret,
  openDataDirectory,
} from '#platform/data-directory/data-directory.ts';
import { lockDataDirectory } from '#platform/data-directory/lock.ts';

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

test('a data directory that is a file is refused with a sentence and a remedy', async () => {
  const file = join(directory, 'file');
  await writeFile(file, '');
  await expect(openDataDirectory(file)).rejects.toThrow(DataDirectoryUnusable);
  await expect(openDataDirectory(join(file, 'below'))).rejects.toThrow(/--data DIR/);
});
