import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { folderWith } from '../platform/config/in-folder.ts';

const root = path.join(import.meta.dirname, '../..');

// Each test starts processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

/** Stands in for npm: each suite reports the counts it is told, and `start` behaves like Chiffon. */
const npm = `#!/usr/bin/env bash
report() { # passed failed status, then npm's words
  for word in "\${@:4}"; do
    case $word in --outputFile.json=*) [ "$1" != - ] && echo "{\\"numPassedTests\\":$1,\\"numFailedTests\\":$2}" >"\${word#*=}" ;; esac
  done
  exit "$3"
}
case "$*" in
  ci) exit "\${CI_STATUS:-0}" ;;
  test*) report \${TEST:-5 0 0} "$@" ;;
  *test:chaos*) exit "\${CHAOS_STATUS:-0}" ;;
  *check*) exit "\${CHECK_STATUS:-0}" ;;
  *test:slow*--exclude*) report \${SLOW:-3 0 0} "$@" ;;
  *test:slow*) report \${PATIENT:-2 0 0} "$@" ;;
  start*) trap 'exit 0' INT; echo "\${READY-chiffon ready http://127.0.0.1:1}"; while :; do sleep 0.1; done ;;
esac
`;

/** Runs \`.ci/run\` in a checkout of its own where npm and curl are the stand-ins. */
function run(environment: Readonly<Record<string, string>>): {
  readonly last: string | undefined;
  readonly status: number | null;
} {
  const folder = folderWith({ 'bin/npm': npm, 'bin/curl': `#!/bin/sh\nprintf '%s' "\${HEALTH:-200}"\n` });
  for (const name of ['npm', 'curl']) chmodSync(path.join(folder, 'bin', name), 0o755);
  mkdirSync(path.join(folder, '.ci'));
  copyFileSync(path.join(root, '.ci/run'), path.join(folder, '.ci/run'));
  const ran = spawnSync(path.join(folder, '.ci/run'), {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: `${folder}/bin:${process.env['PATH']}`, TMPDIR: folder, CI_SKIP_APT: '1', ...environment },
  });
  return { last: ran.stdout.trimEnd().split('\n').at(-1), status: ran.status };
}

test.each([
  ['all is well', {}, '14 passed, 0 failed', 0],
  ['a test fails', { TEST: '4 1 1' }, '13 passed, 1 failed', 1],
  ['a test that mostly waits fails', { PATIENT: '1 1 1' }, '13 passed, 1 failed', 1],
  ['chaos breaks a promise', { CHAOS_STATUS: '1' }, '13 passed, 1 failed', 1],
  ['a suite fails to load', { SLOW: '3 0 1' }, '14 passed, 1 failed', 1],
  ['a suite dies before it can report', { SLOW: '- - 1' }, '11 passed, 1 failed', 1],
  ['a check fails', { CHECK_STATUS: '2' }, '13 passed, 1 failed', 1],
  ['the packages can not be installed', { CI_STATUS: '1' }, '0 passed, 1 failed', 1],
  ['Chiffon is not well after its start', { HEALTH: '503' }, '13 passed, 1 failed', 1],
  ['Chiffon prints an error of npm', { READY: 'chiffon ready\nnpm error code 1' }, '13 passed, 1 failed', 1],
])('when %s, the last line and the exit code say so', (_, environment, last, status) => {
  expect(run(environment)).toEqual({ last, status });
});
