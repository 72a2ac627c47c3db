import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether this machine has util-linux's `script`, which gives a program a terminal (every Debian does). */
export const hasPseudoTerminal =
  process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

export interface PseudoTerminal {
  readonly child: ChildProcess;
  /** Everything on the screen so far. */
  text(): string;
  /** Waits until something new is on the screen; what was waited for before doesn't count again. */
  says(words: string | RegExp, seconds?: number): Promise<string>;
  /** Presses keys. */
  type(keys: string): void;
  /** The exit code, once it ended. */
  readonly ended: Promise<number | null>;
}

export const keys = { enter: '\r', ctrlC: '\u0003', ctrlD: '\u0004' } as const;

/** Runs a program in a terminal of its own, as a person would. */
export function openTerminal(
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): PseudoTerminal {
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn('script', ['-qefc', quoted, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    text: () => text,
    async says(words, seconds = 60) {
      const until = Date.now() + seconds * 1000;
      for (;;) {
        const found = text.slice(seen).match(words instanceof RegExp ? words : literal(words));
        if (found !== null) {
          seen += (found.index ?? 0) + found[0].length;
          return found[0];
        }
        if (Date.now() > until || child.exitCode !== null)
          throw new Error(
            `never said ${words} after:\n${text.slice(0, seen)}\n--- but:\n${text.slice(seen)}`,
          );
        await sleep(20);
      }
    },
    type: (typed) => void child.stdin.write(typed),
    ended,
  };
}

function literal(words: string): RegExp {
  return new RegExp(words.replace(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`), 'u');
}
