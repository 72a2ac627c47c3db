import { afterAll, expect, test } from 'vitest';
import { fuzzJudge } from '../policy/shell/fuzz/escapes.ts';
import { openRealShell } from '../policy/shell/fuzz/real-shell.ts';

const scripts = 2_000;
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_122);
const shell = openRealShell();
afterAll(() => shell.close());

test(`of ${scripts} random scripts none that is allowed starts anything but the words that were judged`, {
  timeout: 300_000,
}, () => {
  const { allowed, escapes } = fuzzJudge(shell, seed, scripts);
  expect(escapes).toEqual([]);
  expect(allowed / scripts).toBeGreaterThan(0.1);
});
