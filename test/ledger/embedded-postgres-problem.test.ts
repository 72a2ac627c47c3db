import { expect, test } from 'vitest';
import { problemFrom } from '#ledger/embedded-postgres-problem.ts';

test.each([
  ['initdb: error: could not write file "x": No space left on device', 'disk_full', /is full.*Free some space/],
  ['ENOSPC: no space left on device, write', 'disk_full', /is full/],
  ['FATAL:  could not open file "global/pg_control": Permission denied', 'not_writable', /may not write to \/data/],
  ["EROFS: read-only file system, mkdir '/data'", 'not_writable', /--data/],
  ['FATAL:  something else', 'failed', /It said: “FATAL: {2}something else”/],
  ['', 'failed', /It said: nothing\./],
] as const)('%j becomes a sentence with a remedy', (said, code, sentence) => {
  const problem = problemFrom('start', '/data', said);
  expect(problem.code).toBe(code);
  expect(problem.message).toMatch(sentence);
});
