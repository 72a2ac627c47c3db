import { hasFlag, operands } from '../call.ts';
import type { ChangeRule, FloorRule } from '../rule.ts';

export const laterFloor: readonly FloorRule[] = [
  {
    name: 'floor.later',
    programs: ['at', 'batch', 'crontab', 'incrontab', 'fcrontab', 'anacron'],
    reason: 'It makes something run later, when nobody is looking.',
    when: (call) => {
      if (call.program === 'crontab') return !/^(-u \S+ )?-[lV]$|^-l -u \S+$/.test(call.args.join(' '));
      if (call.program === 'at')
        return (
          hasFlag(call, '-f') ||
          call.stdin.kind !== 'none' ||
          (operands(call).length > 0 && !hasFlag(call, '-l', '-c', '-d', '-r', '-V'))
        );
      return call.program !== 'anacron' || hasFlag(call, '-n', '-f');
    },
    match: [
      'at now + 1 hour -f x',
      'echo ls | at midnight',
      'crontab jobs.txt',
      'crontab -r',
      'crontab -',
      'batch',
    ],
    notMatch: ['crontab -l', 'atq', 'at -l'],
  },
  {
    name: 'floor.later',
    programs: ['systemd-run', 'disown', 'bind', 'enable', 'hash'],
    reason: 'It makes something run later or under another name.',
    when: (call) => {
      if (call.program === 'systemd-run')
        return call.args.some((arg) => /^--on-|^--path-prop|^--socket-prop|^--timer/.test(arg));
      if (call.program === 'bind')
        return hasFlag(call, '-x', '-f') || call.args.some((arg) => arg.includes(':'));
      if (call.program === 'enable') return hasFlag(call, '-f', '-n');
      if (call.program === 'hash') return hasFlag(call, '-p');
      return false;
    },
    match: [
      'bind -x \'"a":reboot\'',
      'systemd-run --on-active=60 ls',
      'hash -p /tmp/x ls',
      'enable -f ./x.so x',
    ],
    notMatch: ['systemd-run ls', 'bind -l', 'hash'],
  },
];

export const laterChanges: readonly ChangeRule[] = [
  {
    name: 'change.shell-state',
    programs: [
      'exit',
      'return',
      'break',
      'continue',
      'shift',
      'cd',
      'pushd',
      'popd',
      'dirs',
      'set',
      'unset',
      'export',
      'declare',
      'typeset',
      'local',
      'readonly',
      'read',
      'mapfile',
      'readarray',
      'getopts',
      'let',
      'shopt',
      'printf',
      'test',
      '[',
      'wait',
      'suspend',
      'logout',
      'caller',
    ],
    reason: 'It changes the state of the shell that runs it.',
    args: 'data',
    match: ['cd services', 'exit 1', 'export EDITOR=vi', 'set -e'],
    notMatch: ['pwd', 'printf x'],
  },
  {
    name: 'change.later',
    programs: [
      'at',
      'atd',
      'systemd-run',
      'tmux',
      'screen',
      'disown',
      'bg',
      'fg',
      'wait',
      'nohup',
      'trap',
      'alias',
      'unalias',
      'bind',
      'enable',
      'hash',
      'complete',
      'compgen',
      'history',
      'fc',
      'watch',
      'parallel',
      'xargs',
    ],
    reason: 'It starts something that goes on by itself, or changes what names mean.',
    args: 'data',
    match: ['disown', 'unalias ls'],
    notMatch: ['atq'],
  },
];
