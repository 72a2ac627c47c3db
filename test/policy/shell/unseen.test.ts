import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { judgeCommand } from '#policy/shell/judge-command.ts';

/** Strings written by somebody who attacks the judge without its rules in mind; each new idea joins them. */
const unseen = (name: string): readonly string[] =>
  readFileSync(new URL(`../../fixtures/safety/unseen/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { cmd: string }).cmd);

describe('strings nobody had in mind when the rules were written', () => {
  test('what nobody may approve is denied', () => {
    const denied = unseen('denied');
    expect(denied.length).toBeGreaterThan(1_100);
    expect(denied.filter((command) => judgeCommand(command).verdict !== 'deny')).toEqual([]);
  });

  test('an option or operand that makes a look more than a look is never allowed', () => {
    expect(unseen('not-allowed').filter((command) => judgeCommand(command).verdict === 'allow')).toEqual([]);
  });

  test('what the owner of a homelab looks at every day is allowed', () => {
    const looks = unseen('allowed');
    expect(looks.length).toBeGreaterThan(700);
    expect(looks.filter((command) => judgeCommand(command).verdict !== 'allow')).toEqual([]);
  });
});
