import { beforeEach, expect, test, vi } from 'vitest';
import { createTroubleReport } from '#queue/trouble-report.ts';

const told: string[] = [];
beforeEach(() => {
  told.length = 0;
});
const report = () => createTroubleReport('Redis at here', (sentence) => told.push(sentence));

test('a backend that is lost is one sentence, and one that is back another, however often either is heard of', () => {
  vi.useFakeTimers();
  const { failed, worked } = report();
  for (let i = 0; i < 3; i += 1)
    failed(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
  worked();
  vi.advanceTimersByTime(1_500);
  for (let i = 0; i < 3; i += 1) worked();
  vi.useRealTimers();
  expect(told).toEqual([
    'Redis at here is not reachable (connect ECONNREFUSED). Jobs wait until it is back.',
    'Redis at here is reachable again.',
  ]);
});

test('that a wiped queue knows nothing of a running job any more is no news', () => {
  report().failed(new Error('could not renew lock for job 8edf8cc0-8a4b-4ba4-bfbb-e17160b68488'));
  expect(told).toEqual([]);
});

test('what is neither is told as it is', () => {
  report().failed(new Error("OOM command not allowed when used memory > 'maxmemory'."));
  expect(told).toEqual(["Redis at here: OOM command not allowed when used memory > 'maxmemory'."]);
});
