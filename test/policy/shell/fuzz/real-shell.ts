import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Real bash in an empty folder that finds no program at all and says what it was asked to start. */
export interface RealShell {
  /** The words of every program that bash tries to start, in no order. Builtins run, and are not among them. */
  readonly started: (text: string) => readonly (readonly string[])[];
  readonly close: () => void;
}

export function openRealShell(): RealShell {
  const folder = mkdtempSync(join(tmpdir(), 'chiffon-fuzz-'));
  // One line, and so one write, for each start: stages of a pipe report at the same time. A bell stands for a line feed.
  const report = [
    'command_not_found_handle() {',
    "local IFS=$'\\x1f' feed=$'\\n' bell=$'\\a'",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash expands it
    'local -a words=("${@//"$feed"/$bell}")',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash expands it
    'printf "%s\\n" "${words[*]}" >&9; }',
  ].join('\n');
  return {
    started: (text) => {
      const result = spawnSync('/bin/bash', ['--noprofile', '--norc', '-c', `${report}\n${text}`], {
        cwd: folder,
        env: { PATH: join(folder, 'nothing'), HOME: '/home/somebody' },
        stdio: [...Array.from({ length: 9 }, () => 'ignore' as const), 'pipe'],
        timeout: 10_000,
        encoding: 'utf8',
      });
      if (result.error) throw result.error;
      return callsIn(String(result.output[9] ?? ''));
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function callsIn(report: string): string[][] {
  const lines = report.split('\n').slice(0, -1);
  return lines.map((line) => line.split('\x1f').map((word) => word.replaceAll('\x07', '\n')));
}
