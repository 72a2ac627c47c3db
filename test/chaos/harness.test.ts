import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareJournal } from './compare-journal.ts';
import { drill, plantDrill } from './drills.ts';
import { readOptions } from './options.ts';
import { scheduleFaults } from './schedule.ts';

describe('the work of a chaos run', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'chiffon-drill-'));
    await plantDrill(home, 5);
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const perform = (number: number, part: number) =>
    new Promise<{ out: string; err: string; exitCode: number }>((resolve) => {
      execFile('/bin/sh', ['drill.sh', `JOB-${number}`, String(part)], { cwd: home }, (error, out, err) =>
        resolve({ out, err, exitCode: Number(error?.code ?? 0) }),
      );
    });

  test('says and does on the host what is foretold, also where it fails and where it says much', async () => {
    // 291 = 3 × 97: the first part of drill 29 is a long one. Drill 17 fails at its third part.
    for (const [number, position] of [
      [1, 1],
      [29, 1],
      [17, 3],
    ] as const) {
      const part = drill(number, 5).parts[position - 1];
      expect(await perform(number, position)).toEqual({
        out: part?.out,
        err: part?.err,
        exitCode: part?.exitCode,
      });
    }
    expect(drill(29, 5).parts[0]?.out.split('\n')).toHaveLength(3001);
    expect(drill(17, 5)).toMatchObject({ fails: true, parts: { length: 3, 2: { exitCode: 3 } } });
    expect(await readFile(join(home, 'journal'), 'utf8')).toBe(
      'start 1 1\nend 1 1\nstart 29 1\nend 29 1\nstart 17 3\nend 17 3\n',
    );
  });

  test('is found lost, repeated or stray when it is', () => {
    const right = ['start 1 1', 'end 1 1', 'start 1 2', 'end 1 2'];
    const judge = (lines: readonly string[]) =>
      compareJournal([drill(1, 2)], lines.map((line) => `${line}\n`).join(''));
    expect(judge(right)).toEqual({ lost: [], repeated: [], stray: [] });
    expect(judge(right.slice(0, 3)).lost).toEqual(['no “end 1 2” on the host']);
    expect(judge([...right, 'start 1 1']).repeated).toEqual(['“start 1 1” 2 times on the host']);
    expect(judge([...right, 'start 9 1']).stray).toEqual(['“start 9 1” should not be on the host']);
  });
});

describe('the faults of a chaos run', () => {
  const faults = (words: readonly string[], seed: number) =>
    scheduleFaults(readOptions(words), 'redis', seed);

  test('are the same for the same seed and others for another', () => {
    expect(faults(['--long', 'R1'], 5)).toEqual(faults(['--long', 'R1'], 5));
    expect(faults(['--long', 'R1'], 5)).not.toEqual(faults(['--long', 'R1'], 6));
  });

  test('are as many of each kind as was asked for', () => {
    const kinds = faults(['--long'], 1).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind.startsWith('kill'))).toHaveLength(500);
    expect(kinds.filter((kind) => kind === 'drop sessions')).toHaveLength(195);
    expect(faults(['--long', 'R3', '--wipes', '3', '--kills', '0'], 1)).toHaveLength(3);
    const spread = faults(['--minutes', '2', '--kills', '60'], 1).reduce(
      (sum, { afterMs }) => sum + afterMs,
      0,
    );
    expect(spread / 60_000).toBeCloseTo(2, 0);
  });

  test.each([
    [['--kills', 'x'], /whole number/],
    [['--long', 'R9'], /knows R1, R3, R4, R7/],
    [['--queue', 'paper'], /redis, postgres and both/],
    [['--nonsense'], /nonsense/],
  ])('%j is refused', (words, sentence) => {
    expect(() => readOptions(words)).toThrow(sentence);
  });
});
