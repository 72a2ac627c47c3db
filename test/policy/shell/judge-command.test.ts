import { describe, expect, test } from 'vitest';
import { judgeCommand, judgeScript } from '#policy/shell/judge-command.ts';
import { denied } from './denied.ts';
import { notALook } from './not-a-look.ts';
import { needsApproval, readOnly } from './read-only.ts';

const verdictOf = (command: string) => judgeCommand(command).verdict;

describe.each(Object.entries(denied))('a command that %s', (_, commands) => {
  test('is denied however it is spelled or wrapped', () => {
    expect(commands.filter((command) => verdictOf(command) !== 'deny')).toEqual([]);
  });
});

test('a command that only looks is allowed', () => {
  expect(readOnly.filter((command) => verdictOf(command) !== 'allow')).toEqual([]);
});

test('a program that mostly looks is not allowed when an option or operand makes it do more', () => {
  expect(notALook.filter((command) => verdictOf(command) === 'allow')).toEqual([]);
});

test('a change that can be undone, guest power and anything unknown need a person', () => {
  expect(needsApproval.filter((command) => verdictOf(command) !== 'approval')).toEqual([]);
});

describe('an allowed command', () => {
  test.each([
    ['ls   -la', 'ls -la', [['ls', '-la']]],
    ["echo 'ls; reboot'", "echo 'ls; reboot'", [['echo', 'ls; reboot']]],
    ["l's' -l\\a # comment", 'ls -la', [['ls', '-la']]],
    [
      'df -h && free -m',
      'df -h && free -m',
      [
        ['df', '-h'],
        ['free', '-m'],
      ],
    ],
    ['ls\npwd', 'ls; pwd', [['ls'], ['pwd']]],
    ["echo it\\'s", "echo 'it'\\''s'", [['echo', "it's"]]],
  ])('%j is rebuilt from exactly the words that were judged', (command, normal, argv) => {
    expect(judgeCommand(command)).toMatchObject({ verdict: 'allow', normal, argv });
  });

  test.each([
    ['ls | wc -l', 'ls | wc -l'],
    ['ls |& head', 'ls 2>&1 | head'],
    ['ls &>/dev/null', 'ls >/dev/null 2>&1'],
    ['[[ -f /etc/hosts ]] || echo no', 'test -f /etc/hosts || echo no'],
    ['tr a-z A-Z <<< reboot', "tr a-z A-Z <<'END'\nreboot\nEND\n"],
    ["cat <<'END'\nx\nEND", "cat <<'END'\nx\nEND\n"],
    ['ls ~/x', 'ls ~/x'],
    ["cat '/x y'* 2>/dev/null || true", undefined],
    ['ls /var/log/*.log', 'ls /var/log/*.log'],
    ['! test -f x', '! test -f x'],
    ['', ''],
  ])(
    '%j that needs a shell has a form that every POSIX shell reads alike, and no argv',
    (command, normal) => {
      const judgement = judgeCommand(command);
      expect(judgement.normal).toBe(normal);
      if (command !== '') expect(judgement.argv).toBeUndefined();
    },
  );
});

test.each(['reboot', 'mkdir x', 'ls $HOME'])(
  '%j, which may not run by itself, carries nothing to run',
  (command) => {
    const judgement = judgeCommand(command);
    expect(judgement).not.toHaveProperty('normal');
    expect(judgement).not.toHaveProperty('argv');
  },
);

describe('what is not plain words', () => {
  test.each([
    'ls $(pwd)',
    'ls `pwd`',
    'ls $((1))',
    'ls "$x"',
    'A=1 ls',
    'ls > out',
    'ls >> out',
    'ls {a,b}',
    'ls [a-z]',
    'ls *',
    'ls ?(x)',
    "ls $'x'",
    'ls $"x"',
    'ls <(pwd)',
    'ls &',
    '(ls)',
    '{ ls; }',
    'if ls; then ls; fi',
    'ls ~root',
    'ls {fd}>/dev/null',
    'cat <<EOF\n$x\nEOF',
    'cat <<-EOF\n\tx\n\tEOF',
    'ls é',
  ])('%j is not allowed by itself', (command) => {
    expect(verdictOf(command)).not.toBe('allow');
  });
});

test('a command of more than 10,000 characters is not allowed by itself', () => {
  expect(verdictOf(`ls ${'a'.repeat(9_900)}`)).toBe('allow');
  expect(verdictOf(`ls ${'a'.repeat(10_001)}`)).toBe('approval');
});

test('the reason names the host when it is known', () => {
  expect(judgeCommand('reboot', { host: 'n100' }).reason).toMatch(/^On n100: .+\.$/);
});

describe('a script of several lines', () => {
  test('is judged by its strictest line, which the reason names', () => {
    expect(judgeScript('#!/bin/sh\nls\nif true; then\n  reboot\nfi\n')).toMatchObject({
      verdict: 'deny',
      rule: 'floor.host-power',
      reason: expect.stringMatching(/^Line 4: /),
    });
  });

  test('sees a variable that an earlier line set', () => {
    expect(judgeScript('d=/dev/sda\nls\ndd if=/dev/zero of=$d\n').verdict).toBe('deny');
  });

  test('that only looks is allowed', () => {
    expect(judgeScript('#!/bin/bash\n# look around\nls\ndf -h\n').verdict).toBe('allow');
  });

  test('is not allowed for being spread over lines', () => {
    expect(judgeScript('ls\ntime ls\n').verdict).toBe('approval');
  });

  test('may be longer than a command line', () => {
    expect(judgeScript('ls\n'.repeat(4_000)).verdict).toBe('allow');
  });

  test('in another language needs a person', () => {
    expect(judgeScript('#!/usr/bin/env python3\nprint(1)\n').verdict).toBe('approval');
  });
});

describe('text that is made to exhaust the judge', () => {
  test.each([
    ['loops in loops', 'for i in 1 2 3 4 5 6 7 8; do '.repeat(12) + 'ls;' + 'done;'.repeat(12)],
    ['substitutions in substitutions', '$('.repeat(2_000) + ')'.repeat(2_000)],
    ['wrappers in wrappers', `${'nice find . -exec '.repeat(300)}ls`],
    ['braces', '{a,b}'.repeat(1_000)],
    ['many arguments', 'unknown '.repeat(1_200)],
    ['quotes', '"'.repeat(9_999)],
    ['open groups', 'if a; then '.repeat(800)],
  ])('%s ends soon and is not allowed', (_, command) => {
    expect(verdictOf(command)).not.toBe('allow');
  });
});
