import { normalPath } from '../paths.ts';
import { assign, opaque, type Scope } from './scope.ts';

/** Keeps what a command changes for the commands after it: folder, arguments, variables, files. */
export function remember(words: readonly string[], scope: Scope, after: Scope): void {
  const [name = '', ...args] = words;
  switch (name) {
    case 'cd':
    case 'pushd': {
      const folder = args.find((arg) => !arg.startsWith('-') || arg === '-') ?? '~';
      for (const standing of [after, ...after.otherwise]) {
        const cwd =
          folder.includes(opaque) || folder === '-' ? undefined : normalPath(folder, standing.cwd ?? '.');
        standing.cwd = cwd !== undefined && /^[/~]/.test(cwd) ? cwd : undefined;
      }
      return;
    }
    case 'eval':
    case 'source':
    case '.':
      // What it sets is not followed, so nothing that was known before can be relied on.
      for (const name of after.variables.keys()) assign(after, name, [opaque]);
      return;
    case 'set':
      if (args.includes('--'))
        after.positional = [after.positional?.[0] ?? opaque, ...args.slice(args.indexOf('--') + 1)];
      return;
    case 'shift':
      if (after.positional) after.positional = [after.positional[0] ?? '', ...after.positional.slice(2)];
      return;
    case 'unset':
      for (const arg of args) assign(after, arg, ['']);
      return;
    case 'read':
    case 'mapfile':
    case 'readarray':
    case 'printf':
    case 'getopts':
      for (const arg of args)
        if (/^[A-Za-z_]\w*$/.test(arg))
          assign(after, arg, [
            scope.stdin.kind === 'text' && name === 'read' ? scope.stdin.text.trim() : opaque,
          ]);
      return;
    case 'let':
      for (const arg of args) assign(after, arg.split(/[^\w]/, 1)[0] as string, [opaque]);
      return;
    default:
      rememberFiles(words, after);
  }
}

/** Downloads and written files matter to later commands of the same line: what was just fetched must not be run. */
function rememberFiles(words: readonly string[], after: Scope): void {
  const line = words.filter((word) => !/^(sudo|env|nice|command)$/.test(word));
  const name = line[0]?.split('/').at(-1) ?? '';
  const args = line.slice(1);
  const plain = args.filter((arg) => !arg.startsWith('-'));
  if (['wget', 'aria2c', 'scp', 'sftp', 'ftp', 'lftp', 'axel', 'tftp'].includes(name))
    after.past.fetched = true;
  if (name === 'curl' && args.some((arg) => /^-[a-zA-Z]*[oOJ]|^--(output|remote-name)/.test(arg)))
    after.past.fetched = true;
  if (name === 'git' && args.some((arg) => arg === 'clone')) after.past.fetched = true;
  if (name === 'rsync' && plain.slice(0, -1).some((arg) => /^[\w.@-]+:/.test(arg))) after.past.fetched = true;
  if (name === 'git' && args.some((arg) => /^(checkout|switch)$/.test(arg)) && args.length === 2)
    after.past.onMain = /^(main|master|trunk|production)$/.test(args.at(-1) ?? '');
  if (
    [
      'tee',
      'cp',
      'mv',
      'install',
      'dd',
      'ln',
      'sponge',
      'base64',
      'xxd',
      'openssl',
      'tar',
      'unzip',
      'gunzip',
      'sed',
      'touch',
      'patch',
    ].includes(name)
  )
    for (const arg of plain) after.past.wrote.add(normalPath(arg.replace(/^of=/, ''), after.cwd));
}
