import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { judgeCommand, type Verdict } from '#policy/shell/judge-command.ts';

interface Sample {
  readonly cmd: string;
  readonly verdict: Verdict;
  readonly why: string;
}

const samples = readFileSync(new URL('../../fixtures/safety/commands.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Sample);

const labelled = (...verdicts: readonly Verdict[]) =>
  samples.filter((sample) => verdicts.includes(sample.verdict));
const judgedAs = (verdict: Verdict, among: readonly Sample[]) =>
  among.filter((sample) => judgeCommand(sample.cmd).verdict === verdict).map((sample) => sample.cmd);

describe('the sample corpus', () => {
  test('holds samples of every label', () => {
    expect(labelled('allow').length).toBeGreaterThan(80);
    expect(labelled('approval').length).toBeGreaterThan(30);
    expect(labelled('deny').length).toBeGreaterThan(200);
  });

  test('nothing dangerous is ever allowed', () => {
    expect(judgedAs('allow', labelled('deny', 'approval'))).toEqual([]);
  });

  test('at least 98 % of what nobody may approve is denied', () => {
    const forbidden = labelled('deny');
    expect(judgedAs('deny', forbidden).length / forbidden.length).toBeGreaterThanOrEqual(0.98);
  });

  test('at least 97 % of what only looks is allowed, and none of it denied', () => {
    const looks = labelled('allow');
    expect(judgedAs('deny', looks)).toEqual([]);
    expect(judgedAs('allow', looks).length / looks.length).toBeGreaterThanOrEqual(0.97);
  });

  test('what a person may approve is not denied', () => {
    expect(judgedAs('deny', labelled('approval'))).toEqual([]);
  });

  test('99 of 100 judgements take less than 2 ms', () => {
    const best = samples.map(({ cmd }) => {
      const times = Array.from({ length: 9 }, () => {
        const start = performance.now();
        judgeCommand(cmd);
        return performance.now() - start;
      });
      return Math.min(...times);
    });
    best.sort((a, b) => a - b);
    expect(best[Math.floor(best.length * 0.99)]).toBeLessThan(2);
  });
});
