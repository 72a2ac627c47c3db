import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { judgeCommand, type Verdict } from '#policy/shell/judge-command.ts';

interface Labelled {
  readonly cmd: string;
  readonly verdict: Verdict;
  readonly why: string;
}

const fixture = <T>(name: string): readonly T[] =>
  readFileSync(new URL(`../../fixtures/safety/unseen/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

/** Strings of several rounds, each labelled by the words of the sample corpus before the judge saw it. */
const fresh = fixture<Labelled>('fresh');
const categories = [...new Set(fresh.map(({ verdict, why }) => `${verdict}: ${why}`))].sort();

describe('strings that were labelled before they were judged', () => {
  test('there are thousands of them, of every label', () => {
    const many = (verdict: Verdict) => fresh.filter((one) => one.verdict === verdict).length;
    expect(many('deny')).toBeGreaterThan(4_000);
    expect(many('allow')).toBeGreaterThan(1_400);
    expect(many('approval')).toBeGreaterThan(400);
  });

  test.each(categories)('keep their label: %s', (category) => {
    const mine = fresh.filter(({ verdict, why }) => `${verdict}: ${why}` === category);
    expect(
      mine.filter(({ cmd, verdict }) => judgeCommand(cmd).verdict !== verdict).map(({ cmd }) => cmd),
    ).toEqual([]);
  });

  test('what a rule still leaves to a person is never allowed', () => {
    const open = fixture<Pick<Labelled, 'cmd'>>('open');
    expect(open.length).toBeGreaterThan(0);
    expect(open.filter(({ cmd }) => judgeCommand(cmd).verdict === 'allow')).toEqual([]);
  });
});
