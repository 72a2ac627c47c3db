import { describe, expect, it } from 'vitest';
import type { ErrorClass } from '#core/task.ts';
import { classifyFailure, lastMeaningfulLine, plainSeconds } from '#executors/classify-failure.ts';

const failed = (errTail: string, exitCode = 1, more = {}) =>
  classifyFailure({
    host: 'n100',
    exitCode,
    how: 'exited',
    timeoutSeconds: 90,
    errTail,
    outTail: '',
    freeKb: null,
    ...more,
  });

describe('what went wrong', () => {
  it.each<[ErrorClass, string, number?]>([
    ['permission_denied', 'mkdir: cannot create directory ‘/opt/x’: Permission denied'],
    [
      'permission_denied',
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
    ],
    ['permission_denied', 'sudo: a password is required'],
    [
      'permission_denied',
      'E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock, are you root?',
      100,
    ],
    ['missing_file', 'cat: /etc/nothing: No such file or directory'],
    ['missing_file', 'sh: 0: cannot open start.sh: No such file', 2],
    ['missing_file', 'error: cannot open /srv/media/library.db'],
    ['unknown', 'error: cannot open /srv/media/library.db: Read-only file system', 3],
    ['unknown', 'error: cannot open /srv/media: Is a directory'],
    [
      'missing_file',
      'no configuration file provided: not found\nopen /srv/compose.yaml: no such file or directory',
      14,
    ],
    ['command_not_found', '/home/a/.chiffon/attempts/1-1-s1-1/command: 1: docker: not found', 127],
    ['command_not_found', 'bash: line 1: qm: command not found', 127],
    ['command_not_found', '/bin/sh: ./missing.sh: No such file or directory', 127],
    ['network_error', 'curl: (7) Failed to connect to 10.0.0.9 port 80 after 1 ms: Connection refused', 7],
    [
      'network_error',
      'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
    ],
    [
      'network_error',
      'npm error code ENOTFOUND\nnpm error network request to https://packages.example/x failed',
    ],
    [
      'network_error',
      "fatal: unable to access 'https://git.lan/infra.git/': Could not resolve host: git.lan",
      128,
    ],
    ['disk_full', "cp: error writing '/var/x': No space left on device"],
    ['disk_full', 'tar: /backup/a.tar: Cannot write: Disk quota exceeded', 2],
    [
      'port_in_use',
      'Error response from daemon: driver failed programming external connectivity: Bind for 0.0.0.0:3001 failed: port is already allocated',
    ],
    ['port_in_use', 'Error: listen EADDRINUSE: address already in use :::3001'],
    ['yaml_parse_error', 'yaml: line 7: mapping values are not allowed in this context', 15],
    [
      'yaml_parse_error',
      'error: error parsing deploy.yaml: error converting YAML to JSON: yaml: line 3: did not find expected key',
    ],
    [
      'talos_error',
      'error applying configuration: rpc error: code = Unavailable desc = talosctl could not reach 10.0.0.5:50000',
    ],
    ['proxmox_error', "Configuration file 'nodes/pve/qemu-server/199.conf' does not exist", 2],
    ['proxmox_error', 'VM 101 is locked (backup)', 25],
    ['unknown', 'something else altogether'],
    ['unknown', ''],
  ])('%s: %s', (errorClass, said, exitCode = 1) => {
    expect(failed(said, exitCode).errorClass).toBe(errorClass);
  });

  it('is judged by what was said last, not by a warning before', () => {
    const warnings = Array.from({ length: 8 }, () => 'warning: cache: Permission denied').join('\n');
    expect(
      failed(`${warnings}\nstep one\nstep two\nstep three\nstep four\nlisten EADDRINUSE`).errorClass,
    ).toBe('port_in_use');
  });

  it('is a full disk without an explanation when only ordinary output was kept', () => {
    const { summary } = classifyFailure({
      host: 'n100',
      exitCode: 1,
      how: 'exited',
      timeoutSeconds: 60,
      errTail: '',
      outTail: 'copying photos\n',
      freeKb: 0,
    });
    expect(summary).toBe(
      'The disk of n100 is full, so what the command said last may be lost. It ended with exit code 1',
    );
  });

  it('is a full disk where the host says that nothing is left, whatever the command said', () => {
    expect(failed('segmentation fault', 139, { freeKb: 0 })).toEqual({
      errorClass: 'disk_full',
      summary: 'The disk of n100 is full: segmentation fault',
    });
  });

  it('is looked for in the output when the error stream is silent', () => {
    const said = failed('', 1, { outTail: 'Error: listen EADDRINUSE: address already in use\n' });
    expect(said.errorClass).toBe('port_in_use');
    expect(said.summary).toContain('address already in use');
  });

  it.each([
    [failed('a\nb: it broke\n\n---\n', 4), 'Ended with exit code 4 on n100: b: it broke'],
    [failed('', 137), 'Ended with exit code 137 (killed) on n100'],
    [failed('', 143, { how: 'timed_out' }), 'Stopped on n100: it did not end within 90 s'],
    [
      failed('', 143, { how: 'timed_out', outTail: 'pulling layer 3\n' }),
      'Stopped on n100: it did not end within 90 s. Its last line was: pulling layer 3',
    ],
  ])('is told in one sentence: %o', ({ summary }, sentence) => {
    expect(summary).toBe(sentence);
  });

  it.each([
    ['\u001b[31mError:\u001b[0m red\n', 'Error: red'],
    ['10%\r50%\rpull failed\n', 'pull failed'],
    ['/home/a/.chiffon/attempts/x/command: line 3: foo: command not found\n', 'foo: command not found'],
    ['chiffon-record a=b\n', null],
    ['===\n***\n', null],
    ['y'.repeat(400), `${'y'.repeat(299)}…`],
  ])('has a last line a person can read: %j', (text, line) => {
    expect(lastMeaningfulLine(text)).toBe(line);
  });

  it.each([
    [1, '1 s'],
    [90, '90 s'],
    [119, '119 s'],
    [120, '2 min'],
    [346, '5 min 46 s'],
    [600, '10 min'],
    [7200, '2 h'],
    [7260, '121 min'],
  ])('%i seconds are %s', (seconds, words) => {
    expect(plainSeconds(seconds)).toBe(words);
  });
});
