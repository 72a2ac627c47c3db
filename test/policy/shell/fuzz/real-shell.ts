import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real shell in an empty folder that finds no program at all and says what it was asked to start. */
export interface RealShell {
  readonly name: string;
  /** Every program that the shell tries to start, in no order, as one key each. Builtins run, and are not among them. */
  readonly started: (text: string) => readonly (readonly string[])[];
  /** Whether `started` tells all words of a call, or only the program's name. */
  readonly tellsWords: boolean;
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
  return open('bash', true, (text, run) => {
    const output = run('/bin/bash', ['--noprofile', '--norc', '-c', `${report}\n${text}`]);
    return linesOf(output.told).map((line) =>
      line.split('\x1f').map((word) => word.replaceAll('\x07', '\n')),
    );
  });
}

/** Shells on this machine that are not bash: dash, and the one in busybox. They tell the names of what they don't find. */
export function openOtherShells(): readonly RealShell[] {
  const others: readonly (readonly [string, string, readonly string[]])[] = [
    ['dash', '/bin/dash', []],
    ['busybox', '/bin/busybox', ['ash']],
  ];
  return others
    .filter(([, program]) => existsSync(program))
    .map(([name, program, args]) =>
      open(name, false, (text, run) => {
        const output = run(program, [...args, '-c', text], { LC_ALL: 'C' });
        return linesOf(output.errors).flatMap((line) => {
          const missing = /^[^:]+: (?:\d+: )?(.*): not found$/.exec(line)?.[1];
          return missing === undefined ? [] : [[missing]];
        });
      }),
    );
}

type Run = (
  program: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
) => { readonly told: string; readonly errors: string };

function open(
  name: string,
  tellsWords: boolean,
  started: (text: string, run: Run) => readonly (readonly string[])[],
): RealShell {
  const folder = mkdtempSync(join(tmpdir(), 'chiffon-fuzz-'));
  const run: Run = (program, args, env = {}) => {
    const result = spawnSync(program, [...args], {
      cwd: folder,
      env: { PATH: join(folder, 'nothing'), HOME: '/home/somebody', ...env },
      stdio: ['ignore', 'ignore', 'pipe', ...Array.from({ length: 6 }, () => 'ignore' as const), 'pipe'],
      timeout: 10_000,
      encoding: 'utf8',
    });
    if (result.error) throw result.error;
    return { told: String(result.output[9] ?? ''), errors: result.stderr };
  };
  return {
    name,
    tellsWords,
    started: (text) => started(text, run),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1);
}
