import { afterAll, expect, test } from 'vitest';
import { fuzzJudge } from '../policy/shell/fuzz/escapes.ts';
import { namesInScripts } from '../policy/shell/fuzz/random-script.ts';
import { openOtherShells, openRealShell } from '../policy/shell/fuzz/real-shell.ts';

/** `FUZZ_SCRIPTS=100000` is the long version; `FUZZ_SEED` repeats or varies a run. */
const scripts = Number(process.env['FUZZ_SCRIPTS'] ?? 2_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_122);
const bash = openRealShell();
const others = openOtherShells(namesInScripts());
afterAll(() => {
  for (const shell of [bash, ...others]) shell.close();
});

test(`of ${scripts} random scripts none that is allowed starts anything but the words that were judged, in bash, dash or busybox`, {
  timeout: Math.max(300_000, scripts * 100),
}, () => {
  expect(others.map(({ name }) => name)).toContain('dash');
  const { allowed, started, escapes } = fuzzJudge(bash, seed, scripts, others);
  process.stdout.write(
    `seed ${seed}: ${scripts} scripts, ${allowed} allowed, ${started} starts, ${escapes.length} escapes\n`,
  );
  expect(escapes).toEqual([]);
  expect(allowed / scripts).toBeGreaterThan(0.1);
});
