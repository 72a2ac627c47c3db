import { flagValues } from '../call.ts';
import { opaque } from '../reading/scope.ts';
import type { Unwrapped, WrapperRule } from '../rule.ts';

/** Programs that take commands from their standard input when they are called so. */
const inputIsCode: Readonly<Record<string, (args: readonly string[]) => boolean>> = {
  make: (args) =>
    args.some(
      (arg, i) =>
        /^(--file=|--makefile=|-f)(-|\/dev\/stdin)$|^-$/.test(arg) ||
        (arg === '-f' && /^(-|\/dev\/stdin)$/.test(args[i + 1] ?? '')),
    ),
  sudo: (args) =>
    args.every((arg) => arg.startsWith('-')) &&
    args.some((arg) => /^-[a-zA-Z]*[si]|^--(shell|login)/.test(arg)),
  su: (args) => !args.some((arg) => /^-[a-zA-Z]*c|^--command/.test(arg)),
  ssh: (args) => args.filter((arg) => !arg.startsWith('-')).length === 1,
  script: () => true,
  'ansible-console': () => true,

  newgrp: () => true,
  sg: () => true,
};

/** Programs that start others in ways few people think of. */
export const sideDoors: readonly WrapperRule[] = [
  {
    name: 'wrap.option',
    programs: [
      'podman',
      'git',
      'sshfs',
      'curlftpfs',
      'mount.fuse',
      'ctr',
      'gh',
      'tmux',
      'screen',
      'zellij',
      'abduco',
      'dtach',
      'byobu',
    ],
    unwrap: (call): Unwrapped => {
      const texts: string[] = [];
      if (call.program === 'git' && call.args.includes('grep'))
        texts.push(...call.args.filter((arg) => /^-O./.test(arg)).map((arg) => arg.slice(2)));
      if (/fs$|fuse$/.test(call.program))
        texts.push(...flagValues(call, '-o').flatMap((value) => /command=([^,]*)/.exec(value)?.[1] ?? []));
      if (call.program === 'podman' && call.args[0] === 'unshare') return { words: [call.args.slice(1)] };
      if (call.program === 'podman') return call.args[0] === 'unshare' ? { words: [call.args.slice(1)] } : {};
      if (['ctr', 'tmux', 'screen', 'abduco', 'dtach', 'byobu', 'zellij'].includes(call.program))
        return {
          texts,
          words: call.args
            .map((_, i) => call.args.slice(i))
            .filter((words) => !words[0]?.startsWith('-'))
            .slice(0, 12),
        };
      return { texts };
    },
    match: [
      'nano -s reboot x',
      'helm upgrade x y --post-renderer reboot',
      'aria2c --on-download-complete=reboot x',
      'podman unshare reboot',
      'cpio -o --rsh-command=reboot',
      'flatpak run --command=reboot x',
      'git grep -Oreboot x',
      'sshfs -o ssh_command=reboot a:/ /mnt',
      'ctr run --privileged x y reboot',
      'tmux new -d reboot',
      'tmux send-keys reboot Enter',
      'screen -dm reboot',
    ],
    notMatch: ['nano x', 'flatpak run org.x.y', 'git grep reboot', 'sshfs nas:/ /mnt', 'tmux ls'],
  },
  {
    name: 'wrap.standard-input',
    programs: Object.keys(inputIsCode),
    unwrap: (call): Unwrapped =>
      !inputIsCode[call.program]?.(call.args)
        ? {}
        : call.stdin.kind === 'text'
          ? { texts: call.program === 'make' ? recipesIn(call.stdin.text) : [call.stdin.text] }
          : call.stdin.kind === 'unknown' && call.stdin.from.join() !== '</dev/null'
            ? { texts: [opaque] }
            : {},
    match: [
      "make -f - <<< 'all:; reboot'",
      'sudo -s <<< reboot',
      'su - root <<< reboot',
      'echo reboot | ssh n100',
      'ssh n100 < script.sh',
      'ansible-console n100 <<< reboot',
      'sudo -i <<E\nreboot\nE',
    ],
    notMatch: ["make -f - <<< 'all:; ls'", 'ssh n100 uptime'],
  },
];

/** The commands in a makefile: behind a tab, or behind the first semicolon of a rule. */
function recipesIn(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const command = /^\t(.*)$/.exec(line)?.[1] ?? /^[^#=]*:[^=;]*;(.*)$/.exec(line)?.[1];
    return command === undefined ? [] : [command.replace(/^[@+-]+/, '')];
  });
}
