import { judgeComposeFile } from './judge-compose-file.ts';
import { judgeManifest } from './judge-manifest.ts';
import { readYaml } from './read-yaml.ts';
import { hidesCharacters } from './shell/hidden-characters.ts';
import { judgeCommand, judgeScript } from './shell/judge-command.ts';
import { isDevicePath, isGuardPath, isKernelPath, isSystemPath, normalPath } from './shell/paths.ts';
import { deny, type Finding, strictest } from './shell/verdict.ts';

/** A file that would be written. */
export interface WrittenFile {
  /** Relative to the login folder unless it begins with a slash. */
  readonly path: string;
  /** Undefined when it is only known on the host. */
  readonly content: string | undefined;
  /** Octal, such as `0644`. */
  readonly mode: string;
}

/**
 * Judges a file before it is written: where it would lie, and what would run or start because of it. Scripts, systemd
 * units, compose files and objects of a cluster are read by the judges of their kind. Writing is never allowed by itself.
 */
export function judgeWrittenFile(file: WrittenFile): Finding {
  if (isProtectedPath(file.path))
    return deny('protected-path', `${file.path} is one of the files that no plan may write.`);
  const written: Finding = { verdict: 'approval', rule: 'change.file', reason: `It writes ${file.path}.` };
  if (file.content === undefined) return written;
  return judgeContent({ ...file, content: file.content }) ?? written;
}

/** What a file's content amounts to; undefined when nothing is to be said about it. */
export function judgeContent(file: WrittenFile & { readonly content: string }): Finding | undefined {
  if (hidesCharacters(file.content.replaceAll('\r\n', '\n')) && !isProse(file.path))
    return deny(
      'hidden-characters',
      `${file.path} would hold characters that cannot be seen or that look like others.`,
    );
  const run = isScript(file) ? judgeScript(file.content) : undefined;
  if (run?.verdict === 'deny') return { verdict: run.verdict, rule: run.rule, reason: run.reason };
  const started = isUnit(file.path) ? judgeUnit(file.content) : undefined;
  if (started) return started;
  if (!/\.ya?ml$/i.test(file.path)) return undefined;
  return judgeComposeFile(file.content, file.path) ?? judgeManifests(file.content);
}

/** The objects of a cluster, of which a file may hold several. */
function judgeManifests(content: string): Finding | undefined {
  if (!/^\s*kind\s*:/m.test(content)) return undefined;
  const read = readYaml(content);
  return read.ok ? strictest(read.documents.flatMap((document) => judgeManifest(document))) : undefined;
}

/** Text for people, in any language, which no program acts on. */
function isProse(path: string): boolean {
  return /\.(md|markdown|txt|rst|adoc|html?|css|po|svg|csv)$/i.test(path);
}

/** A shell runs what ends in `.sh`, what names it in its first line, and what may be run but names nothing there. */
function isScript({ path, content, mode }: WrittenFile & { readonly content: string }): boolean {
  if (content.startsWith('#!')) return true;
  return /\.(sh|bash)$/i.test(path) || (Number.parseInt(mode, 8) & 0o111) !== 0;
}

function isUnit(path: string): boolean {
  return /\.(service|timer|socket|path|mount|conf)$/.test(path);
}

/** The commands of a systemd unit, each judged by itself. */
function judgeUnit(content: string): Finding | undefined {
  const commands = [...content.matchAll(/^\s*Exec\w+\s*=\s*[-@:+!|]*(.+)$/gm)].map((match) => match[1] ?? '');
  const denied = commands.map((command) => judgeCommand(command)).find(({ verdict }) => verdict === 'deny');
  return denied && { verdict: denied.verdict, rule: denied.rule, reason: denied.reason };
}

/** Paths that decide what starts, who gets in, what the kernel does, and anything that climbs out of its folder. */
export function isProtectedPath(path: string): boolean {
  if (path.split('/').includes('..') || hidesCharacters(path) || path.includes('\t') || path.includes('\n'))
    return true;
  return [normalPath(path), normalPath(path, '~')].some(
    (one) =>
      /^\/(dev|proc|sys|boot)(\/|$)/.test(one) ||
      /^\/etc\/(g?shadow|sudoers)/.test(one) ||
      (isGuardPath(one) && !/^~\/\.config\/systemd(\/|$)/.test(one)) ||
      isSystemPath(one) ||
      isDevicePath(one) ||
      isKernelPath(one),
  );
}
