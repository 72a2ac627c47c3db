import { expect, test } from 'vitest';
import { judgeCommand, judgeScript, secondReadingProblem } from '#policy/shell/judge-command.ts';
import { loadSecondReading } from '#policy/shell/second-reading/load-second-reading.ts';

const second = await loadSecondReading();
const read = (text: string) => (second.ok ? second.read(text) : 'not loaded');

test('the second parser is loaded with the judge', () => {
  expect(secondReadingProblem).toBeNull();
  expect(second.ok).toBe(true);
});

test.each([
  ['ls   -la', 'ls -la'],
  ["echo 'ls; reboot'", "echo 'ls; reboot'"],
  ['echo a"b c"\'d\' \\x', "echo 'ab cd' x"],
  ['echo "a\\"b\\\\c"', "echo 'a\"b\\c'"],
  ['df -h && free -m || uptime; w', 'df -h && free -m || uptime; w'],
  ['ls |& head', 'ls 2>&1 | head'],
  ['ls 2>/dev/null -la', 'ls -la 2>/dev/null'],
  ['ls &>/dev/null', 'ls >/dev/null 2>&1'],
  ['wc -l </etc/hosts', 'wc -l </etc/hosts'],
  ['! test -f x # c', '! test -f x'],
  ['[ -f x ]', "'[' -f x ']'"],
  ['[[ a == b ]]', 'test a = b'],
  ['tr a b <<< reboot', "tr a b <<'END'\nreboot\nEND\n"],
  ["cat <<'E'\nx\nE", "cat <<'END'\nx\nEND\n"],
  ['ls ~/x *.log', 'ls ~/x *.log'],
])('the second parser rebuilds %j by itself', (text, normal) => {
  expect(read(text)).toBe(normal);
});

test.each([
  'ls $(reboot)',
  'ls $x',
  'ls &',
  'ls > x',
  'x=1 ls',
  'if ls; then ls; fi',
  '(ls)',
  'export x',
  'ls "$x"',
  'ls {a,b}',
  "ls 'a",
  'cat <<E\n$x\nE',
  'ls $((1))',
])('the second parser says nothing to %j', (text) => {
  expect(read(text)).toBeUndefined();
});

test('a command that the parsers read in different ways waits for a person', () => {
  const other = { ok: true, read: () => 'ls -l; reboot' } as const;
  expect(judgeCommand('ls -l', { second: other })).toMatchObject({
    verdict: 'approval',
    rule: 'change.two-readings',
  });
  expect(judgeCommand('ls -l', { second: other })).not.toHaveProperty('normal');
  expect(judgeScript('ls -l\n', { second: other }).verdict).toBe('approval');
});

test('what the second parser is known to misread, a name over two lines, waits for a person', () => {
  expect(judgeCommand('l\\\ns -l')).toMatchObject({ verdict: 'approval', rule: 'change.two-readings' });
});

test('without the second parser nothing is allowed, and what is denied stays denied', async () => {
  const missing = await loadSecondReading(() => {
    throw new Error('no such file');
  });
  expect(missing).toEqual({ ok: false, why: 'no such file' });
  expect(judgeCommand('ls -l', { second: missing })).toMatchObject({
    verdict: 'approval',
    rule: 'change.no-second-reading',
  });
  expect(judgeCommand('reboot', { second: missing }).verdict).toBe('deny');
  expect(judgeCommand('mkdir x', { second: missing }).verdict).toBe('approval');
});

test('a grammar that is broken is a missing one', async () => {
  expect(await loadSecondReading(() => new Uint8Array([0, 1, 2]))).toMatchObject({ ok: false });
});

test.each(["echo $(( '$(zap)' ))", 'echo $(( 1 + $(case x in x) zap;; esac) ))', "[[ -v 'a[$(zap)]' ]]"])(
  '%j, which the first parser alone has been seen to misread, is not allowed',
  (command) => {
    expect(judgeCommand(command).verdict).not.toBe('allow');
  },
);
