import { type Call, operands } from './call.ts';
import {
  isAnybodysFolder,
  isDevicePath,
  isGuardPath,
  isKernelPath,
  isSecretPath,
  isSystemPath,
  normalPath,
  pathsOf,
} from './paths.ts';
import { isDescribed, judgePathShown, judgePatterns, judgeShown } from './read-only.ts';
import { opaque } from './reading/scope.ts';
import type { ChangeRule, Nested, ReadRule } from './rule.ts';
import { changeRules, floorRules, readRules, rulesFor, wrapperRules } from './rules/all-rules.ts';
import { judgeFile, judgeInterpreter } from './rules/interpreters.ts';
import { powerPrograms } from './rules/power.ts';
import { settingsShown } from './rules/settings.ts';
import { judgeVariable } from './rules/variables.ts';
import { ask, deny, type Finding, strictest } from './verdict.ts';

const floorFor = rulesFor(floorRules);
const readsFor = rulesFor(readRules);
const wrappersFor = rulesFor(wrapperRules);
const settingsFor = rulesFor(settingsShown);
const changesFor = rulesFor(changeRules);
const binFolder = /^\/(usr\/(local\/)?)?s?bin\/[^/]+$/;
const mostScanned = 24;

/**
 * What starting one program amounts to. The order is the policy: what nobody may do, then what prints whole settings,
 * then what only looks, then what another program is started with, then changes that are known, then everything else.
 *
 * @param scan whether to look for a command among the arguments of a program nobody knows
 */
export function judgeCall(call: Call, nested: Nested, scan: boolean): Finding[] {
  const named = judgeName(call);
  if (named) return [named];
  const floor = floorFor(call.program).find((rule) => rule.when?.(call) ?? true);
  if (floor) return [{ verdict: 'deny', rule: floor.name, reason: floor.reason }];
  const wrote = judgeRenaming(call);
  if (wrote) return [wrote];

  const local =
    call.written.includes('/') && !binFolder.test(normalPath(call.written, call.cwd))
      ? judgeFile(call.written, call)
      : [];
  const shown =
    local.length === 0 ? settingsFor(call.program).find((rule) => rule.when?.(call) ?? true) : undefined;
  if (shown) return changed(shown, call);
  const read =
    local.length === 0 && !call.args.some((arg) => arg.includes(opaque))
      ? readsFor(call.program).find((rule) => isDescribed(rule, call))
      : undefined;
  // These read a configuration in the folder they stand in, and run programs it names.
  if (
    read &&
    isAnybodysFolder(call.cwd) &&
    /^read\.(git|apt|terraform|ansible|docker|compose|helm|kubectl)/.test(read.name)
  )
    return [ask('unread-folder', 'It would work in a folder where anybody may put files.')];
  const spread = call.patterns.length > 0 ? judgePatterns(read, call) : [];
  if (read) return [...judgeShown(read, call), ...spread, lookOnly(read)];

  const inside = [...spread, ...judgeWrapped(call, nested), ...judgeSettings(call, nested)];
  const code = judgeInterpreter(call, nested);
  if (code) return [...local, ...inside, ...code];
  if (inside.some((finding) => finding.verdict === 'deny')) return inside;
  if (inside.length > 0 && local.length === 0 && isTransparent(call)) return inside;

  const change =
    local.length === 0 ? changesFor(call.program).find((rule) => rule.when?.(call) ?? true) : undefined;
  if (change) return [...inside, ...changed(change, call)];
  if (inside.length > 0) return [...inside, ask('wrapper', `${call.program} starts another program.`)];
  return [
    ...judgeTouched(call, 'paths'),
    ...(scan ? scanArguments(call, nested) : []),
    ...local,
    ...(local.length > 0 ? [] : [notKnown(call)]),
  ];
}

/** A known change, after what must not be touched by it. */
function changed(rule: ChangeRule, call: Call): Finding[] {
  return [...judgeTouched(call, rule.args), { verdict: 'approval', rule: rule.name, reason: rule.reason }];
}

function notKnown(call: Call): Finding {
  const known = readsFor(call.program).some((rule) => !rule.programs.includes('*'));
  return known
    ? ask('not-a-look', `${call.program} is called here in a way that is not known to only look.`)
    : ask('unknown-program', `Nothing is known about ${printable(call.program)}.`);
}

function lookOnly(rule: ReadRule): Finding {
  return { verdict: 'allow', rule: rule.name, reason: `This only ${rule.looks}.` };
}

function printable(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}

function judgeName(call: Call): Finding | undefined {
  const name = call.written;
  if (name.includes(opaque)) {
    const known = /^(~|\/[\w./-]*)\//.test(name) || /^\0\/[\w.-]+\/[\w./-]+$/.test(name);
    return known && !call.past.fetched
      ? ask('local-script', 'It runs a program whose place is only known on the host.')
      : deny('opaque-code', 'Which program it starts cannot be read from the command.');
  }
  if (/[*?[]/.test(name) && name !== '[' && name !== '[[')
    return deny('opaque-code', 'It starts whatever program a file name pattern happens to match.');
  if (/[^\x20-\x7e]/.test(name))
    return deny(
      'hidden-characters',
      'The name of the program holds characters that look like others or cannot be seen.',
    );
  return undefined;
}

const renamers = new Set([
  'cp',
  'mv',
  'ln',
  'install',
  'link',
  'rsync',
  'dd',
  'update-alternatives',
  'alternatives',
  'dpkg-divert',
]);

/** Copying, linking or moving a program that powers the machine, to run it under another name. */
function judgeRenaming(call: Call): Finding | undefined {
  if (!renamers.has(call.program)) return undefined;
  const power = call.args.some((arg) =>
    pathsOf(arg, call.cwd).some(
      (path) => binFolder.test(path) && powerPrograms.includes(path.split('/').at(-1) ?? ''),
    ),
  );
  return power ? deny('renamed', 'It gives a program that stops the machine another name.') : undefined;
}

function judgeWrapped(call: Call, nested: Nested): Finding[] {
  return wrappersFor(call.program).flatMap((rule) => {
    const unwrapped = rule.unwrap(call);
    const findings = [
      ...(unwrapped.words ?? []).filter((words) => words.length > 0).flatMap((words) => nested.words(words)),
      ...(unwrapped.texts ?? [])
        .filter((text) => text !== '')
        .flatMap((text) =>
          text === opaque
            ? [deny('opaque-code', 'It runs a command that cannot be read beforehand.')]
            : nested.text(text.replaceAll(opaque, '"$unknown"')),
        ),
    ];
    // A setting's value such as `never` in `git -c color.ui=never` is judged as a command, but seldom is one.
    return call.program === 'git'
      ? findings.filter((finding) => finding.rule !== 'change.unknown-program')
      : findings;
  });
}

function isTransparent(call: Call): boolean {
  return wrappersFor(call.program).some((rule) => rule.transparent?.(call));
}

/** `env NAME=value`, `sudo NAME=value`, `export NAME=value` and the like. */
function judgeSettings(call: Call, nested: Nested): Finding[] {
  if (
    ![
      'env',
      'sudo',
      'export',
      'declare',
      'typeset',
      'local',
      'readonly',
      'systemd-run',
      'setenv',
      'docker',
      'podman',
      'make',
    ].includes(call.program)
  )
    return [];
  return call.args.flatMap((arg) => {
    const match = /^(?:--setenv=|-E)?([A-Za-z_][A-Za-z0-9_]*|BASH_FUNC_\S+?)=(.*)$/s.exec(arg);
    if (!match || ['docker', 'podman', 'make'].includes(call.program)) return [];
    const [, name = '', value = ''] = match;
    return [
      ...judgeVariable(name, value),
      ...nested
        .text(value)
        .filter((finding) => finding.verdict === 'deny' && finding.rule === 'floor.host-power'),
    ];
  });
}

/** Files a changing program touches: disks, the kernel, the guard and the system stay out of reach. */
function judgeTouched(call: Call, args: ChangeRule['args']): Finding[] {
  if (args === 'data') return [];
  if (args === 'shown') return call.args.flatMap((arg) => judgePathShown(arg, call.cwd));
  const target = operands(call).at(-1);
  const copies = args === 'copy' && ['dd', 'cp', 'rsync', 'ln', 'install'].includes(call.program);
  return call.args.flatMap((arg) => {
    const paths = pathsOf(arg, call.cwd);
    const reads = args === 'copy' && arg !== target && !arg.startsWith('of=');
    if (paths.some((path) => isSecretPath(path))) return [touches.secret];
    if (paths.some((path) => isDevicePath(path) && !serialDevice.test(path)) && !(reads && copies))
      return [touches.device];
    if (reads) return [];
    if (paths.some((path) => isKernelPath(path))) return [touches.kernel];
    if (paths.some((path) => isGuardPath(path))) return [touches.guard];
    return paths.some((path) => isSystemPath(path) && !binFolder.test(path)) ? [touches.system] : [];
  });
}

const serialDevice = /^\/dev\/(tty|serial|video|snd|input|kvm|i2c)/;
const touches = {
  secret: deny('secrets', 'It reads, copies or changes a file that holds keys, passwords or tokens.'),
  device: deny('disk-wipe', 'It may write straight onto a disk or another device.'),
  kernel: deny('kernel', 'It writes to a file through which the kernel is told what to do.'),
  guard: deny(
    'guard',
    'It changes a file that decides what is allowed, what runs by itself, or what is recorded.',
  ),
  system: deny('mass-deletion', 'It changes a file that the system needs to start or to let people in.'),
};

/** Looks for a command among the arguments of an unknown program, which may well start it. Only a denial counts. */
function scanArguments(call: Call, nested: Nested): Finding[] {
  const found: Finding[] = [];
  call.args.slice(0, mostScanned).forEach((arg, i) => {
    if (!arg.startsWith('-')) found.push(...nested.words(call.args.slice(i, i + mostScanned)));
    const value = /^[\w-]*=(.*)$/s.exec(arg)?.[1];
    for (const text of [value, /[\s;&|`$(]/.test(arg) ? arg : undefined])
      if (text) found.push(...nested.text(text));
  });
  const worst = strictest(
    found.filter(
      (finding) => finding.verdict === 'deny' && !/^floor\.(unread|opaque)-code$/.test(finding.rule),
    ),
  );
  return worst
    ? [
        {
          ...worst,
          reason: `It may start this: ${worst.reason.charAt(0).toLowerCase()}${worst.reason.slice(1)}`,
        },
      ]
    : [];
}
