import type { Redirection } from 'unbash';
import {
  isDevicePath,
  isGuardPath,
  isKernelPath,
  isSecretPath,
  isSystemPath,
  normalPath,
  reachOf,
} from './paths.ts';
import { judgePathShown } from './read-only.ts';
import { resolveText } from './reading/resolve-word.ts';
import { opaque, type Scope, type Stdin } from './reading/scope.ts';
import { ask, deny, type Finding } from './verdict.ts';

/** What a redirection amounts to, and what the command reads because of it. */
export function judgeRedirect(redirect: Redirection, scope: Scope): { findings: Finding[]; stdin?: Stdin } {
  if (redirect.type === 'HereString')
    return {
      findings: [],
      stdin: { kind: 'text', text: `${redirect.target ? resolveText(redirect.target, scope) : ''}\n` },
    };
  if (redirect.type === 'HereDoc')
    return { findings: [], stdin: { kind: 'text', text: hereText(redirect.body.parts, redirect.body.text) } };
  const target = redirect.target ? resolveText(redirect.target, scope) : '';
  const other =
    redirect.descriptor?.type === 'FileDescriptorVariable'
      ? [ask('redirect', 'It opens a file under a name of its own.')]
      : [];
  if (redirect.operator === '<&' && /^[1-9][0-9]*-?$/.test(target))
    return { findings: other, stdin: { kind: 'unknown', from: [`<&${target}`] } };
  if (/&$/.test(redirect.operator) && /^([0-9]+-?|-)$/.test(target)) return { findings: other };
  if (redirect.operator.startsWith('<') && redirect.operator !== '<>')
    return {
      findings: [...other, ...judgeReading(target, scope)],
      stdin: { kind: 'unknown', from: [`<${target}`] },
    };
  return { findings: [...other, ...judgeWriting(target, scope)] };
}

function hereText(parts: readonly { readonly type: string }[] | undefined, text: string): string {
  return parts?.some((part) => part.type !== 'Literal') ? `${text}${opaque}` : text;
}

function judgeReading(target: string, scope: Scope): Finding[] {
  const paths = reachOf(target).map((path) => normalPath(path, scope.cwd));
  if (/^\/dev\/(tcp|udp)\//.test(normalPath(target)))
    return [deny('exfiltration', 'It opens a network connection from inside the shell.')];
  if (target.includes(opaque) || paths.some((path) => path.startsWith('/proc/')))
    return [
      ...paths.flatMap((path) => judgePathShown(path, scope.cwd)),
      ask('redirect', 'It reads from the kernel, or from a place only the host knows.'),
    ];
  return paths.flatMap((path) => judgePathShown(path, scope.cwd));
}

function judgeWriting(target: string, scope: Scope): Finding[] {
  const paths = [target, target.replaceAll(opaque, '')]
    .flatMap((spelling) => reachOf(spelling))
    .map((path) => normalPath(path, scope.cwd));
  if (paths.every((path) => path === '/dev/null')) return [];
  if (/^\/dev\/(tcp|udp)\//.test(normalPath(target)))
    return [deny('exfiltration', 'It opens a network connection from inside the shell.')];
  if (paths.some((path) => isDevicePath(path)))
    return [deny('disk-wipe', 'It writes straight onto a disk or another device.')];
  if (paths.some((path) => isKernelPath(path)))
    return [deny('kernel', 'It writes to a file through which the kernel is told what to do.')];
  if (paths.some((path) => isGuardPath(path)))
    return [
      deny(
        'guard',
        'It changes a file that decides what is allowed, what runs by itself, or what is recorded.',
      ),
    ];
  if (paths.some((path) => isSystemPath(path)))
    return [deny('mass-deletion', 'It replaces a file that the system needs.')];
  if (paths.some((path) => /\.(qcow2|vmdk|vdi|raw|vma(\.[a-z]+)?)$|(^|\/)vzdump-[^/]*$/.test(path)))
    return [deny('guest-wipe', "It empties a guest's disk or a backup.")];
  if (paths.some((path) => isSecretPath(path)))
    return [deny('secrets', 'It changes a file that holds keys, passwords or tokens.')];
  for (const path of paths) scope.past.wrote.add(path);
  return [ask('redirect', 'It writes to a file.')];
}
