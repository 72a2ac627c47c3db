import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '#ledger/embedded-postgres.ts';
import { problemFrom } from '#ledger/embedded-postgres-problem.ts';

const quiet = { info: () => {}, warn: () => {} };
const isRoot = process.getuid?.() === 0;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'chiffon-problem-'));
});
afterAll(async () => {
  await chmod(directory, 0o700);
  await rm(directory, { recursive: true, force: true });
});

test('a directory that is a file is named, with what to do', async () => {
  const file = join(directory, 'file');
  await writeFile(file, '');
  await expect(startEmbeddedPostgres({ directory: join(file, 'x'), log: quiet })).rejects.toMatchObject({
    name: 'EmbeddedPostgresProblem',
    code: 'not_writable',
    message: expect.stringContaining(join(file, 'x')),
  });
});

test.skipIf(isRoot)('a directory nobody may write to is named, with what to do', async () => {
  await chmod(directory, 0o500);
  await expect(startEmbeddedPostgres({ directory: join(directory, 'x'), log: quiet })).rejects.toMatchObject({
    name: 'EmbeddedPostgresProblem',
    code: 'not_writable',
  });
});

test.each([
  [
    'initdb: error: could not write file "x": No space left on device',
    'disk_full',
    /is full.*Free some space/,
  ],
  ['ENOSPC: no space left on device, write', 'disk_full', /is full/],
  [
    'FATAL:  could not open file "global/pg_control": Permission denied',
    'not_writable',
    /may not write to \/data/,
  ],
  ["EROFS: read-only file system, mkdir '/data'", 'not_writable', /--data/],
  ['FATAL:  something else', 'failed', /It said: “FATAL: {2}something else”/],
  ['', 'failed', /It said: nothing\./],
] as const)('%j becomes a sentence with a remedy', (said, code, sentence) => {
  const problem = problemFrom('start', '/data', said);
  expect(problem.code).toBe(code);
  expect(problem.message).toMatch(sentence);
});
