import { type Call, flagValues } from '../call.ts';
import type { Unwrapped, WrapperRule } from '../rule.ts';
import { afterFlags, special } from './unwrapping.ts';
import { commandFlags, plain } from './wrapper-flags.ts';

function unwrapKnown(call: Call): Unwrapped {
  const words: string[][] = [];
  const texts: string[] = [];
  for (const flag of commandFlags[call.program] ?? []) texts.push(...flagValues(call, flag));
  const spec = plain[call.program];
  if (spec) {
    const rest = afterFlags(call.args, spec.values ?? [], spec.skip ?? 0, spec.assignments ?? false);
    // Flags after the command's name belong to the command: `flock x ionice -c3 ls` has no `-c` of its own.
    const own = call.args.slice(0, call.args.length - rest.length + 1);
    const given = flagValues({ args: own }, ...(spec.text ?? []));
    texts.push(...given);
    if (['watch', 'viddy', 'hyperfine'].includes(call.program)) texts.push(rest.join(' '));
    else if (given.length === 0) words.push(rest);
  }
  const more = special[call.program]?.(call);
  return {
    words: [...words, ...(more?.words ?? [])].filter((list) => list.length > 0),
    texts: [...texts, ...(more?.texts ?? [])].filter((text) => text !== ''),
  };
}

const quiet = ['sudo', 'nice', 'ionice', 'stdbuf', 'timeout', 'time', 'command', 'env', 'nohup'];

const otherWrappers = [
  ...new Set([...Object.keys(plain), ...Object.keys(commandFlags), ...Object.keys(special)]),
].filter((program) => !quiet.includes(program));

export const wrappers: readonly WrapperRule[] = [
  {
    name: 'wrap.quiet',
    programs: quiet,
    unwrap: unwrapKnown,
    transparent: (call) => {
      const words = unwrapKnown(call).words?.[0] ?? [];
      const own = call.args.slice(0, call.args.length - words.length);
      return (
        call.program !== 'nohup' &&
        own.every((arg) =>
          /^(-n|-c|-k|-p|-H|-s|-[ioe][0L]|-c[0-3]|-n-?[0-9]+|-?[0-9]+(\.[0-9]+)?[smhd]?|--|--non-interactive|-[0-9]+|INT|TERM|KILL|--preserve-status|--foreground)$/.test(
            arg,
          ),
        ) &&
        !(call.program === 'sudo' && own.some((arg) => !/^(-n|-H|--|--non-interactive)$/.test(arg)))
      );
    },
    match: [
      'sudo reboot',
      'sudo -n -u root reboot',
      'sudo A=b reboot',
      'sudo -E -- reboot',
      'nice -n 19 reboot',
      'timeout 5 reboot',
      'env A=b reboot',
      'nohup reboot &',
      'env -S "reboot"',
      'command reboot',
    ],
    notMatch: [
      'sudo lvs',
      'sudo -n zpool status',
      'sudo systemctl restart nginx',
      'nice -n 19 df -h',
      'timeout 5 uptime',
      'command -v reboot',
    ],
  },
  {
    name: 'wrap.starts-another',
    programs: otherWrappers,
    unwrap: unwrapKnown,
    match: [
      'doas reboot',
      'pkexec reboot',
      'setsid reboot',
      'strace -f reboot',
      'find . -exec reboot {} +',
      'ssh n100 reboot',
      'watch -n 5 reboot',
      'awk \'BEGIN{system("reboot")}\'',
      'docker exec x reboot',
      'kubectl exec x -- reboot',
      'su -c reboot',
      'chroot /mnt reboot',
      'nsenter -t 1 -m reboot',
      "flock /tmp/l -c 'reboot'",
      'xargs -a /dev/null reboot',
      'start-stop-daemon --start --exec /sbin/reboot',
      'tar -cf x --checkpoint=1 --checkpoint-action=exec=reboot y',
      'busybox reboot',
      'trap reboot EXIT',
      'alias ls=reboot',
      'git bisect run reboot',
      'qm guest exec 100 -- reboot',
      'parallel reboot ::: 1',
    ],
    notMatch: [
      'find . -name x -exec ls {} +',
      'ssh n100 uptime',
      "sed -n '/reboot/p' x",
      'git log --grep reboot',
    ],
  },
];
