import { judgeComposeFile } from '../judge-compose-file.ts';
import { isPlaybook } from '../judge-file.ts';
import { judgeContent } from '../judge-written-file.ts';
import { judgePlaybook } from '../playbook/judge-playbook.ts';
import { judgeConnectionVariables } from '../playbook/where-and-who.ts';
import { isFields, readYaml } from '../read-yaml.ts';
import { hidesCharacters } from '../shell/hidden-characters.ts';
import { judgeCommand, judgeScript } from '../shell/judge-command.ts';
import { ask, deny, type Finding, strictest } from '../shell/verdict.ts';
import { type FileChange, type Hunk, parseDiff } from './parse-diff.ts';
import { isProtectedRepoPath } from './protected-repo-path.ts';

export interface DiffOptions {
  /**
   * The content of a file before the change, by its path; undefined when there is none. With it whole files are judged as
   * they would be after the change, and not only the lines around it.
   */
  readonly before?: (path: string) => string | undefined;
}

const longest = 400_000;

/**
 * Judges a unified diff for the owner's repository before it is applied on a side branch: which files it touches, under
 * every name it gives them and as file systems compare names, and what it adds to them. A change is never allowed by
 * itself; it is denied when it touches a protected path or adds what no command, playbook or compose file may do.
 */
export function judgeDiff(text: string, options: DiffOptions = {}): Finding {
  if (text.length > longest) return deny('too-long', 'The patch is too long to be read by anybody.');
  const files = parseDiff(text);
  if (!files || files.length === 0 || files.some((file) => file.paths.length === 0))
    return deny(
      'unreadable-patch',
      'The patch cannot be read as a unified diff, so nobody can say what it would change.',
    );
  return (
    strictest(files.flatMap((file) => judgeFileChange(file, options))) ??
    ask('patch', 'It changes files of the repository on a side branch.')
  );
}

function judgeFileChange(file: FileChange, options: DiffOptions): Finding[] {
  const path = file.paths.at(-1) ?? '';
  const held = file.paths.find((one) => isProtectedRepoPath(one));
  if (held !== undefined)
    return [deny('protected-path', `It touches ${printable(held)}, which no patch may change.`)];
  if (file.binary) return [deny('unreadable-patch', `What it puts into ${printable(path)} cannot be read.`)];
  const mode = file.modes.find((one) => !/^100(644|755|664|775)$/.test(one));
  if (mode !== undefined)
    return [
      deny(
        'protected-path',
        `It makes ${printable(path)} a link, a repository of its own, or a program with more rights.`,
      ),
    ];
  const whole = options.before ? applied(options.before(path), file.hunks) : undefined;
  return [
    ask('patch', 'It changes files of the repository on a side branch.'),
    ...(whole === undefined ? [] : judgeResult(path, file, whole)),
    ...file.hunks.flatMap((hunk) => judgeHunk(path, file, hunk)),
  ];
}

const printable = (path: string): string => path.replace(/[^\x20-\x7e]/g, '?').slice(0, 120);

/** The file after the change; undefined when a hunk does not fit, which git would refuse as well. */
function applied(before: string | undefined, hunks: readonly Hunk[]): string | undefined {
  let text = before ?? '';
  for (const { lines } of hunks) {
    const old = lines
      .filter(({ kind }) => kind !== 'added')
      .map((line) => line.text)
      .join('\n');
    const now = lines
      .filter(({ kind }) => kind !== 'removed')
      .map((line) => line.text)
      .join('\n');
    if (!text.includes(old)) return undefined;
    text = text.replace(old, () => now);
  }
  return text;
}

function judgeResult(path: string, file: FileChange, content: string): Finding[] {
  const found = judgeText(path, file, content);
  return found ? [found] : [];
}

/** What the lines of one hunk amount to after the change and did not before. */
function judgeHunk(path: string, file: FileChange, hunk: Hunk): Finding[] {
  const added = hunk.lines.filter(({ kind }) => kind === 'added').map(({ text }) => text);
  if (added.length === 0) return [];
  if (hidesCharacters(added.join('\n').replaceAll('\r', '')))
    return [
      deny(
        'hidden-characters',
        `It adds characters to ${printable(path)} that cannot be seen or that look like others.`,
      ),
    ];
  const before = hunk.lines
    .filter(({ kind }) => kind !== 'added')
    .map(({ text }) => text)
    .join('\n');
  const after = hunk.lines
    .filter(({ kind }) => kind !== 'removed')
    .map(({ text }) => text)
    .join('\n');
  const fresh = [judgeText(path, file, added.join('\n')), ...added.map((line) => judgeLine(path, line))];
  const together =
    judgeText(path, file, before)?.verdict === 'deny' ? undefined : judgeText(path, file, after);
  return [...fresh, together].filter((finding): finding is Finding => finding?.verdict === 'deny');
}

/** Text as a whole: by what the file is, and as a piece of a playbook or compose file with its indentation taken off. */
function judgeText(path: string, file: FileChange, text: string): Finding | undefined {
  const mode = file.modes.some((one) => one.endsWith('755') || one.endsWith('775')) ? '0755' : '0644';
  const content = withoutIndent(text);
  const found = judgeContent({ path, content, mode });
  if (found?.verdict === 'deny' && !isOnlyAPiece(found)) return found;
  if (!/\.(ya?ml|j2)$/i.test(path))
    return found?.verdict === 'deny' && file.hunks.length === 0 ? found : undefined;
  if (!isPlaybook('x.yml', content) && !readYaml(content).ok) return undefined;
  const composed = judgeComposePiece(content);
  if (composed?.verdict === 'deny') return composed;
  const played = judgePlaybook(
    content.trimStart().startsWith('-') ? content : `- ${content.replaceAll('\n', '\n  ')}`,
  );
  return isOnlyAPiece(played) ? undefined : played;
}

/** A few lines of a compose file: fields of a service, or a list of places, devices or rights. */
function judgeComposePiece(content: string): Finding | undefined {
  const read = readYaml(content);
  const piece = read.ok ? read.documents[0] : undefined;
  const service = Array.isArray(piece)
    ? { volumes: piece, devices: piece, cap_add: piece, security_opt: piece, device_cgroup_rules: piece }
    : piece;
  return isFields(service)
    ? judgeComposeFile(JSON.stringify({ services: { it: service } }), 'compose.yaml')
    : undefined;
}

/** A hunk may begin and end in the middle of something; that alone says nothing. */
function isOnlyAPiece({ rule }: Finding): boolean {
  return /^floor\.(unreadable-(compose|playbook)|unreadable-task)$/.test(rule);
}

function withoutIndent(text: string): string {
  const lines = text.split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const least = Math.min(...indents, 40);
  return lines.map((line) => line.slice(least)).join('\n');
}

/** One added line by itself, whatever the file is: a command, a field of a playbook, a line of a build file. */
function judgeLine(path: string, line: string): Finding | undefined {
  if (/\.(md|markdown|txt|rst|adoc|svg|css|html?)$/i.test(path)) return undefined;
  const bare = line.trim().replace(/^-\s+/, '');
  if (bare === '' || /^(#(?!!)|\/\/)/.test(bare)) return undefined;
  const field = /^([\w.]+)\s*:\s*(.*)$/.exec(bare);
  if (/\.(ya?ml|j2)$/i.test(path)) return field ? judgeField(bare) : undefined;
  const command = bare.replace(/^(RUN|CMD|ENTRYPOINT|Exec\w+\s*=|[A-Z_]+\s*:?=)\s*[-@:+!|]*/, '');
  const judged = /\.(sh|bash)$/i.test(path) ? judgeScript(command) : judgeCommand(command);
  const isCode = /\.(sh|bash)$/i.test(path) || /^RUN\s/.test(bare);
  const unsure = /^floor\.(opaque|unread)-code$/.test(judged.rule) && !isCode;
  return judged.verdict === 'deny' && !unsure
    ? { verdict: judged.verdict, rule: judged.rule, reason: judged.reason }
    : undefined;
}

function judgeField(bare: string): Finding | undefined {
  const read = readYaml(bare);
  if (!read.ok) return undefined;
  const connection = judgeConnectionVariables(read.documents[0]).find(({ verdict }) => verdict === 'deny');
  if (connection) return connection;
  const judged = judgePlaybook(`- ${bare}`);
  return judged.verdict === 'deny' && !isOnlyAPiece(judged) ? judged : undefined;
}
