import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { judgeDiff } from '#policy/diff/judge-diff.ts';
import { judgePlaybook } from '#policy/playbook/judge-playbook.ts';

interface Sample {
  readonly kind: 'playbook' | 'diff';
  readonly text: string;
  readonly verdict: string;
}

const samplesIn = (name: string): readonly Sample[] =>
  readFileSync(new URL(`../fixtures/safety/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Sample);
const judge = ({ kind, text }: Sample) => (kind === 'diff' ? judgeDiff(text) : judgePlaybook(text));

describe.each(['playbooks.jsonl', 'unseen/playbooks.jsonl'])('the playbooks and patches of %s', (name) => {
  test.each(['deny', 'approval', 'allow'])('are judged %s where they should be', (verdict) => {
    const samples = samplesIn(name).filter((sample) => sample.verdict === verdict);
    expect(samples.length).toBeGreaterThan(2);
    expect(samples.filter((sample) => judge(sample).verdict !== verdict)).toEqual([]);
  });
});

const tasks = (...lines: readonly string[]) =>
  `- hosts: n100\n  tasks:\n${lines.map((line) => `    ${line}\n`).join('')}`;

test('the reason says what the command or file behind the module would do', () => {
  expect(judgePlaybook(tasks('- service: {name: auditd, state: stopped}'))).toEqual({
    verdict: 'deny',
    rule: 'floor.guard',
    reason: expect.stringMatching(/^[A-Z].+\.$/),
  });
});

test('a value that only the run knows is never allowed, wherever it stands', () => {
  for (const task of [
    "- shell: echo '{{ x }}'",
    '- command: ls {{ x }}',
    '- stat: {path: "{{ x }}"}',
    '- debug: {msg: a}\n      with_something: x',
  ])
    expect(judgePlaybook(tasks(task)).verdict).not.toBe('allow');
});

test('a value that the playbook tells may show a denial, but never that something is allowed', () => {
  const play = (value: string) => `- hosts: n100\n  vars: {c: ${value}}\n  tasks: [{shell: "{{ c }}"}]\n`;
  expect(judgePlaybook(play('reboot')).verdict).toBe('deny');
  expect(judgePlaybook(play('uptime')).verdict).toBe('approval');
});

test('a module of an unknown collection is not trusted to look, whatever it is called', () => {
  expect(judgePlaybook(tasks('- ansible.builtin.ping:')).verdict).toBe('allow');
  expect(judgePlaybook(tasks('- evil.things.ping:')).verdict).toBe('approval');
});

test('text made to exhaust the judge ends soon and is not allowed', () => {
  const nested = `- hosts: a\n  tasks: ${'[{block: '.repeat(200)}[]${'}]'.repeat(200)}\n`;
  const aliases = `- &a [x, x]\n${Array.from({ length: 30 }, (_, i) => `- &a${i} [*a, *a]`).join('\n')}\n`;
  for (const text of [nested, aliases, `- shell: "${'{{ x }}'.repeat(5_000)}"\n`, '- '.repeat(2_000)])
    expect(judgePlaybook(text).verdict).not.toBe('allow');
});

test('hidden characters in a playbook or a patch are refused', () => {
  expect(judgePlaybook(tasks('- debug: {msg: "a\u202eb"}'))).toMatchObject({
    rule: 'floor.hidden-characters',
  });
  expect(judgeDiff('--- a/x.conf\n+++ b/x.conf\n@@ -1 +1,2 @@\n a\n+b\u200bc\n')).toMatchObject({
    rule: 'floor.hidden-characters',
  });
});

test('with the file as it was, a patch is judged by the file it leads to', () => {
  const patch = '--- a/run.sh\n+++ b/run.sh\n@@ -1,2 +1,2 @@\n-x=ls\n+x=reboot\n set -e\n';
  expect(judgeDiff(patch).verdict).toBe('approval');
  expect(judgeDiff(patch, { before: () => 'x=ls\nset -e\n$x\n' })).toMatchObject({
    verdict: 'deny',
    rule: 'floor.host-power',
  });
});
