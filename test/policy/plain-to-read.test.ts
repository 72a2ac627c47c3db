import { describe, expect, test } from 'vitest';
import { findUnreadable } from '#policy/plain-to-read.ts';
import { contentWith, shellStep } from '../ledger/house-of-tests.ts';

const plan = (command: string) => findUnreadable(contentWith([shellStep(1, 'n100', command)]));

describe('a plan is plain to read, or it is not shown', () => {
  test.each([
    ['docker compose -f services/a/compose.yaml up -d'],
    ["cat <<'END'\nservices:\n  web:\n    image: x\n\n    ports:\n      - 80\nEND"],
    ['mkdir Bücher && echo 語'],
    ['echo "a  b"'],
  ])('%j is', (command) => {
    expect(plan(command)).toBeNull();
  });

  test.each([
    [`echo ok${' '.repeat(17)}; mkdir x`, 'floor.padding'],
    [`echo ok${'\t'.repeat(3)}; mkdir x`, 'floor.padding'],
    [`echo ok${'\n'.repeat(5)}mkdir x`, 'floor.padding'],
    [`echo ok\n${' \n'.repeat(5)}mkdir x`, 'floor.padding'],
    [`echo ok${' '.repeat(50)}\nmkdir x`, 'floor.padding'],
    [`${' '.repeat(60)}mkdir x`, 'floor.padding'],
    ['mkdir \u202ex', 'floor.hidden-characters'],
    ['mkdir а/b', null],
    ['mkdir раth', 'floor.hidden-characters'],
  ])('%j: %s', (command, rule) => {
    expect(plan(command)?.rule ?? null).toBe(rule);
  });

  test('nor is one that hides something in what it says about itself or in a file it writes', () => {
    const step = shellStep(1);
    const hidden = 'x\u200by';
    for (const content of [
      { ...contentWith([step]), title: hidden },
      { ...contentWith([step]), verification: hidden },
      { ...contentWith([step]), undo: `a${' '.repeat(30)}b` },
      {
        ...contentWith([step]),
        effects: [{ host: 'n100', kind: 'file' as const, what: hidden, change: 'made' }],
      },
      contentWith([{ ...step, summary: hidden }]),
      contentWith([{ ...step, target: hidden }]),
      contentWith([{ ...step, undo: { kind: 'reversible', how: hidden } }]),
      contentWith([
        { ...step, uses: 'file', path: 'a', content: `a: 1\n${'\n'.repeat(40)}b: 2`, mode: '0644' },
      ]),
      contentWith([{ ...step, uses: 'file', path: 'a', content: `a: 1${' '.repeat(200)}# b`, mode: '0644' }]),
    ])
      expect(findUnreadable(content)).not.toBeNull();
  });
});
