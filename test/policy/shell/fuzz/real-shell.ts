import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real shell in an empty folder that finds no program at all and says what it was asked to start. */
export interface RealShell {
  readonly name: string;
  /** The words of every program that the shell tries to start, in no order. Builtins run, and are not among them. */
  readonly started: (text: string) => readonly (readonly string[])[];
  /** The same for many texts at once, each in a subshell of its own. */
  readonly startedByEach: (texts: readonly string[]) => readonly (readonly (readonly string[])[])[];
  readonly close: () => void;
}

/** Bash, which tells every word of what it tries to start. */
export function openRealShell(): RealShell {
  // One line, and so one write, for each start: stages of a pipe report at the same time. A bell stands for a line feed.
  const report = [
    'command_not_found_handle() {',
    "local IFS=$'\\x1f' feed=$'\\n' bell=$'\\a'",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash expands it
    'local -a words=("${@//"$feed"/$bell}")',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash expands it
    'printf "%s\\n" "${words[*]}" >&9; }',
  ].join('\n');
  return open('bash', (texts, run) =>
    run('/bin/bash', ['--noprofile', '--norc', '-c', `${report}\n${evaluateEach}`, 'bash', ...texts]),
  );
}

/** What stands between what two texts started. */
const mark = '\x1e';
// biome-ignore lint/suspicious/noTemplateCurlyInString: the shell expands it
const evaluateEach = 'for text; do (eval "$text") </dev/null; printf "\\036\\n" >&9; done';

/** A program that tells how it was started, in one write. A bell stands for a line feed. */
const reporter = [
  '#!/bin/sh',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell expands it
  'told="${0##*/}" unit="$(printf "\\037")" bell="$(printf "\\007")" feed="',
  '"',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell expands it
  'for word; do while :; do case "$word" in *"$feed"*) word="${word%%"$feed"*}$bell${word#*"$feed"}";; *) break;; esac; done',
  'told="$told$unit$word"; done',
  'printf "%s\\n" "$told" >&9',
].join('\n');

/** Shells on this machine that are not bash: dash, and the one in busybox. They find reporters under the names given. */
export function openOtherShells(names: readonly string[]): readonly RealShell[] {
  const others: readonly (readonly [string, string, readonly string[]])[] = [
    ['dash', '/bin/dash', []],
    ['busybox', '/bin/busybox', ['ash']],
  ];
  return others
    .filter(([, program]) => existsSync(program))
    .map(([name, program, args]) =>
      open(name, (texts, run) => run(program, [...args, '-c', evaluateEach, name, ...texts]), names),
    );
}

function callsIn(told: string): string[][] {
  const lines = told.split('\n').slice(0, -1);
  return lines.map((line) => line.split('\x1f').map((word) => word.replaceAll('\x07', '\n')));
}

type Run = (program: string, args: readonly string[]) => string;

function open(
  name: string,
  evaluate: (texts: readonly string[], run: Run) => string,
  reporters: readonly string[] = [],
): RealShell {
  const folder = mkdtempSync(join(tmpdir(), 'chiffon-fuzz-'));
  const bin = join(folder, 'bin');
  const work = join(folder, 'work');
  for (const each of [bin, work]) mkdirSync(each);
  for (const each of reporters) writeFileSync(join(bin, each), reporter, { mode: 0o755 });
  const run: Run = (program, args) => {
    const result = spawnSync(program, [...args], {
      cwd: work,
      env: { PATH: bin, HOME: '/home/somebody' },
      stdio: [...Array.from({ length: 9 }, () => 'ignore' as const), 'pipe'],
      timeout: 60_000,
      encoding: 'utf8',
    });
    if (result.error) throw result.error;
    return String(result.output[9] ?? '');
  };
  const startedByEach: RealShell['startedByEach'] = (texts) => {
    const told = evaluate(texts, run).split(`${mark}\n`);
    // A shell that gave up half way would be taken for one that starts nothing.
    if (told.length !== texts.length + 1)
      throw new Error(`${name} told of ${told.length - 1} of ${texts.length} texts`);
    return told.slice(0, -1).map((lines) => callsIn(lines));
  };
  return {
    name,
    started: (text) => startedByEach([text])[0] ?? [],
    startedByEach,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
