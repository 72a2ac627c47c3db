import { findRootCommands, type RootCommand } from '../root-commands.ts';
import { projectsFolder, type WallHost, type WallPart } from '../wall.ts';

const path = '/etc/sudoers.d/chiffon';

/** What the user may do as root, to the letter; nothing when the machine needs none of it. */
export function sudoers(host: WallHost): WallPart[] {
  const { exact, left } = findRootCommands(host.commands);
  const wanted = exact.filter(([program]) => host.docker === 'sudo' || program !== '/usr/bin/docker');
  if (wanted.length === 0) return [];
  return [
    {
      name: 'sudoers',
      why: 'Root does what stands here, word for word, and nothing else; there is no pattern in it that something else could fit.',
      notes: [
        'Needs the package sudo, 1.9.3 or later. The file is put in place only if visudo finds nothing wrong with it.',
        'What deletes for good (“remove”) is not among them: a person runs that there.',
        'The lines are those that the catalog’s commands need on this machine as it is now; print them again after a service came or went.',
        ...left.map(({ command, why }) => `Not in it: “${command}”, because ${why}. A person runs it.`),
      ],
      files: [{ path, mode: '0440', content: sudoersText(host.user, wanted), check: 'visudo -cf {}' }],
      commands: [],
      undo: [`rm ${path}`],
      optional: false,
    },
  ];
}

/**
 * The file for sudo 1.9.3 or later. sudo compares a whole line of words, so each is given with its arguments; it starts in a
 * folder that only root writes, because a relative path in a listed line would otherwise mean any file.
 */
export function sudoersText(user: string, commands: readonly RootCommand[]): string {
  return `${[
    '# Written by “chiffon harden”. Word for word, without patterns.',
    `Defaults:${user} env_reset, always_set_home, runcwd=${projectsFolder}`,
    `Defaults:${user} secure_path="/usr/sbin:/usr/bin:/sbin:/bin"`,
    ...commands.map((words) => `${user} ALL=(root) NOPASSWD: NOSETENV: ${words.map(escaped).join(' ')}`),
  ].join('\n')}\n`;
}

/** The characters that mean something to sudoers inside a command. */
function escaped(word: string): string {
  return word.replace(/[,:=\\]/g, '\\$&');
}
