import { afterAll, expect, test } from 'vitest';
import { fuzzJudge } from './fuzz/escapes.ts';
import { namesInScripts } from './fuzz/random-script.ts';
import { openOtherShells, openRealShell } from './fuzz/real-shell.ts';

const shell = openRealShell();
const others = openOtherShells(namesInScripts());
afterAll(() => {
  for (const each of [shell, ...others]) each.close();
});

test('the harness sees, word for word, what bash starts', () => {
  expect(shell.started("ls 'a  b' '' 'c\nd'; echo $(zap x) | cat 2>/dev/null")).toEqual(
    expect.arrayContaining([['ls', 'a  b', '', 'c\nd'], ['zap', 'x'], ['cat']]),
  );
});

test('the harness sees, word for word, what other shells start', () => {
  for (const other of others)
    expect(other.started("ls 'a  b' '' 'c\nd'; zap $(cat)")).toEqual([
      ['ls', 'a  b', '', 'c\nd'],
      ['cat'],
      ['zap'],
    ]);
  expect(others.length).toBeGreaterThan(0);
});

test('of 400 random scripts none that is allowed starts anything but the words that were judged', {
  timeout: 60_000,
}, () => {
  const { allowed, started, escapes } = fuzzJudge(shell, 20_261_121, 400);
  expect(escapes).toEqual([]);
  expect(allowed).toBeGreaterThan(40);
  expect(started).toBeGreaterThan(allowed);
});
