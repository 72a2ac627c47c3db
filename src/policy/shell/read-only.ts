import { type Call, hasFlag, isFlag, operands, takesNext } from './call.ts';
import { isDevicePath, isSecretPath, normalPath, pathsOf } from './paths.ts';
import type { ReadRule } from './rule.ts';
import { flagsThatDoMore } from './rules/more-than-a-look.ts';
import { ask, deny, type Finding } from './verdict.ts';

/** Whether a rule describes this call as one that only looks. */
export function isDescribed(rule: ReadRule, call: Call): boolean {
  const words = operands(call, rule.valueFlags);
  // A flag that is allowed by its whole name is no short form of one that is not.
  const doubtful = { args: call.args.filter((arg) => !rule.before?.includes(arg)) };
  if (rule.never && hasFlag(doubtful, ...rule.never)) return false;
  const more = flagsThatDoMore.get(call.program);
  if (more && !rule.programs.includes('*') && hasFlag(call, ...more)) return false;
  if (rule.only && !onlyFlags(call, rule.only, rule.valueFlags ?? [])) return false;
  if (rule.most !== undefined && words.length > rule.most) return false;
  if (rule.least !== undefined && words.length < rule.least) return false;
  const verb = rule.verbs ? verbOf(words, rule.verbs) : undefined;
  if (rule.verbs && verb === undefined) return false;
  const depth = rule.depth ?? verb?.split(' ').length;
  if (depth !== undefined && !isLedByKnownFlags(rule, call, depth)) return false;
  return rule.when?.(call) ?? true;
}

/** The longest verb of the list that the operands begin with. */
function verbOf(words: readonly string[], verbs: readonly string[]): string | undefined {
  if (words.length === 0) return verbs.includes('') ? '' : undefined;
  return verbs
    .filter((verb) => verb !== '' && verb.split(' ').every((part, i) => words[i] === part))
    .sort((a, b) => b.length - a.length)[0];
}

function isLedByKnownFlags(rule: ReadRule, call: Call, depth: number): boolean {
  const valueFlags = rule.valueFlags ?? [];
  let seen = 0;
  for (let i = 0; i < call.args.length && seen < depth; i++) {
    const arg = call.args[i] as string;
    if (!arg.startsWith('-')) seen++;
    else if (valueFlags.includes(arg)) i++;
    else if (!/^--[\w-]+=/.test(arg) && !rule.before?.includes(arg)) return false;
  }
  return true;
}

function onlyFlags(call: Call, only: readonly string[], valueFlags: readonly string[]): boolean {
  const args = call.args;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') return true;
    if (!arg.startsWith('-') || arg === '-') continue;
    if (arg.startsWith('--')) {
      if (!only.includes(arg.split('=', 1)[0] as string)) return false;
    } else if (!only.includes(arg.split('=', 1)[0] as string) && !isCluster(arg, only, valueFlags))
      return false;
    if (takesNext(arg, valueFlags)) i++;
  }
  return true;
}

/** `-sIL` or `-n5`: every letter is an allowed flag, up to the first that takes the rest as its value. */
function isCluster(arg: string, only: readonly string[], valueFlags: readonly string[]): boolean {
  for (const letter of arg.slice(1)) {
    if (!only.includes(`-${letter}`)) return false;
    if (valueFlags.includes(`-${letter}`)) return true;
  }
  return true;
}

/** What a call that only looks would show. Keys and passwords are never shown; raw disks only after a person's yes. */
export function judgeShown(rule: ReadRule, call: Call): Finding[] {
  if (rule.operands === 'data' || rule.operands === 'names') return [];
  const elsewhere = ['-e', '-f', '--regexp', '--file', '--expression'];
  const given = call.args.some((arg) => elsewhere.some((flag) => isFlag(arg, flag)));
  const pattern = rule.operands === 'pattern' && !given ? operands(call, rule.valueFlags)[0] : undefined;
  let skipped = false;
  const shown = call.args.filter((arg) => {
    if (skipped || arg !== pattern) return true;
    skipped = true;
    return false;
  });
  const judgePath = rule.operands === 'used' ? judgePathUsed : judgePathShown;
  return shown
    .flatMap((arg) => judgePath(arg, call.cwd))
    .map((finding) => (asksForName(call) && finding.verdict === 'deny' ? onlyAName : finding));
}

const onlyAName = ask(
  'sensitive-file',
  'It looks into a file with settings to see whether a name is set there.',
);

/** `grep -q '^NAME=.' .env` tells only whether a setting is there, not what it is. */
function asksForName(call: Call): boolean {
  const [flag, pattern = '', file = '', ...more] = call.args;
  return (
    call.program === 'grep' &&
    flag === '-q' &&
    /^\^[A-Za-z_][A-Za-z0-9_]*=\.?$/.test(pattern) &&
    /(^|\/)\.env$/.test(file) &&
    more.length === 0
  );
}

/**
 * What letting the shell match file names amounts to. The names must not be taken for flags, so a pattern begins with
 * a letter, a digit or a folder; where content is shown its last part must be spelled out, so that it is known which
 * files are meant, and it must lie in the login folder or among logs.
 */
export function judgePatterns(rule: ReadRule | undefined, call: Call): Finding[] {
  const safe = call.patterns.every((pattern) => {
    if (!/^(\.?\/)?[A-Za-z0-9]/.test(pattern)) return false;
    if (rule?.operands === 'names') return true;
    const last = pattern.split('/').at(-1) ?? '';
    const spelled = !/[*?]/.test(last) || /^[\w*.-]*\.log$/.test(last);
    const near =
      pattern.startsWith('/var/log/') ||
      (/^[A-Za-z0-9]/.test(pattern) && !pattern.includes('..') && call.cwd === undefined);
    return (rule?.operands === 'content' || rule?.operands === 'pattern') && spelled && near;
  });
  return safe ? [] : [ask('pattern', 'Which files it means is only known on the host.')];
}

/** What reading a file amounts to when its content is not what is shown. */
function judgePathUsed(argument: string, cwd: string | undefined): Finding[] {
  const paths = pathsOf(argument, cwd);
  if (paths.some((path) => isSecretPath(path)))
    return [deny('secrets', 'It reads a file that holds keys, passwords or tokens.')];
  if (paths.some((path) => isDevicePath(path) || isTelling(path)))
    return [
      ask('sensitive-file', 'It reads the raw content of a device or a file that says who may do what.'),
    ];
  return [];
}

/** What showing a file's content amounts to. */
export function judgePathShown(argument: string, cwd: string | undefined): Finding[] {
  const used = judgePathUsed(argument, cwd);
  if (used.length > 0) return used;
  return pathsOf(argument, cwd).some((path) => holdsSettings(path))
    ? [ask('shows-settings', 'It shows settings of a service, in which passwords and tokens often stand.')]
    : [];
}

/** The files of what `docker compose config`, `systemctl cat` and `env` print, and what services commonly call theirs. */
function holdsSettings(path: string): boolean {
  return (
    /(^|\/)(docker-|podman-)?compose([.-][\w.-]+)?\.ya?ml$/.test(path) ||
    /^\/etc\/systemd\/.+\.(service|conf)$/.test(path) ||
    /^\/etc\/environment(\.d\/.*)?$/.test(path) ||
    /^\/etc\/(pve\/(nodes\/[^/]+\/)?qemu-server|borgmatic(\.d)?|snmp|netplan)\/.+|^\/etc\/gitlab\/gitlab\.rb$/.test(
      path,
    ) ||
    /(^|\/)(config|configuration|settings|application|appsettings|database|local)([-.][\w-]+)?\.(ya?ml|json|toml|ini|php|py|properties)$/.test(
      path,
    ) ||
    /(^|\/)grafana\.ini$/.test(path)
  );
}

/** Not secrets, but more than anybody should be shown without a question. */
function isTelling(path: string): boolean {
  return (
    /^\/etc\/(sudoers(\.d)?(\/.*)?|crypttab|security\/.*|pam\.d\/.*|pve\/user\.cfg|pve\/priv.*)$/.test(
      path,
    ) ||
    /^\/proc\/[^/]+\/(cmdline|root|cwd|fd).*$/.test(normalPath(path)) ||
    /^\/sys\/kernel\/debug/.test(path)
  );
}
