import { expect, test } from 'vitest';
import { judgeDiagnostics } from '#policy/judge-diagnostics.ts';

test('diagnostics that only look are answered as the commands that may run', () => {
  expect(
    judgeDiagnostics([
      ['df', '-h'],
      ['grep', '-c', 'zpool destroy; reboot', 'notes.md'],
    ]),
  ).toEqual({
    ok: true,
    commands: ['df -h', "grep -c 'zpool destroy; reboot' notes.md"],
  });
});

test.each([
  [['mkdir', 'x'], 'floor.diagnostics'],
  [['reboot'], 'floor.host-power'],
  [['ls', '$(reboot)', '/etc/../dev/sda', '-exec'], null],
  [['sh', '-c', 'ls'], 'floor.diagnostics'],
  [[], 'floor.diagnostics'],
  [['A=1', 'ls'], 'floor.diagnostics'],
] as const)('%j among them is judged by its words, and refuses the list when it does more', (words, rule) => {
  const judged = judgeDiagnostics([['uptime'], words]);
  if (rule === null) expect(judged).toMatchObject({ ok: true });
  else expect(judged).toMatchObject({ ok: false, index: 1, finding: { verdict: 'deny', rule } });
});

test('a list too long to be read is refused', () => {
  expect(judgeDiagnostics(Array.from({ length: 51 }, () => ['uptime']))).toMatchObject({
    ok: false,
    index: 50,
  });
});
