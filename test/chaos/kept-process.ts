import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A Chiffon that is started again whenever it ends, as a supervisor would. */
export interface KeptProcess {
  readonly name: string;
  /** Null between two lives. */
  readonly pid: number | null;
  /** Whether its present life got so far that it says it is ready. */
  readonly ready: boolean;
  /** Ends it without warning; answers the process that was killed, or null when it was between two lives. */
  kill(): Promise<number | null>;
  /** Asks it to stop, and answers how that went; null when it was not up. */
  terminate(): Promise<Stopped | null>;
  /** Asks it to stop and starts it no more. */
  close(): Promise<Stopped | null>;
}

export interface Stopped {
  readonly process: string;
  readonly tookMs: number;
  readonly exitCode: number | null;
  /** What it said about something that did not come to rest. */
  readonly late: string | null;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What a supervisor waits before it starts again, in milliseconds. */
const pauseMs = 200;

/**
 * @param options.onSurprise is told when a life ends that was up and that nobody ended.
 */
export function keepProcess(options: {
  readonly name: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Its log is appended to a file here. */
  readonly logs: string;
  readonly onSurprise: (sentence: string) => void;
}): KeptProcess {
  const { name } = options;
  const log = createWriteStream(join(options.logs, `${name}.log`), { flags: 'a' });
  let child: ChildProcess | null = null;
  let ready = false;
  let closed = false;
  let ending = false;
  let tail = '';

  function start(): void {
    ready = false;
    ending = false;
    tail = '';
    const life = spawn(process.execPath, [join(root, 'src/cli/chiffon.ts'), 'start', ...options.args], {
      cwd: root,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = life;
    life.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (/^chiffon ready/mu.test(text)) ready = true;
    });
    life.stderr.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-20_000);
      log.write(text);
    });
    life.once('exit', (code, signal) => {
      log.write(`${JSON.stringify({ life: life.pid, code, signal, ready })}\n`);
      // A start that is refused because a server is away just then is an answer, not a surprise.
      if (!ending && ready)
        options.onSurprise(`${name} ended by itself (${code ?? signal}): ${tail.slice(-1_500)}`);
      child = null;
      if (!closed) void sleep(pauseMs).then(() => (closed ? undefined : start()));
    });
  }

  async function end(signal: NodeJS.Signals): Promise<Stopped | null> {
    const life = child;
    if (life === null || ending) return null;
    ending = true;
    const since = performance.now();
    const ended = once(life, 'exit');
    life.kill(signal);
    const [exitCode] = (await ended) as [number | null];
    const late = /[^\n]*(did not stop in time|not everything came to rest)[^\n]*/.exec(tail)?.[0] ?? null;
    return { process: name, tookMs: Math.round(performance.now() - since), exitCode, late };
  }

  start();
  return {
    name,
    get pid() {
      return child?.pid ?? null;
    },
    get ready() {
      return ready && child !== null && !ending;
    },
    async kill() {
      const pid = child?.pid ?? null;
      return (await end('SIGKILL')) === null ? null : pid;
    },
    terminate: async () => (ready ? end('SIGTERM') : null),
    async close() {
      closed = true;
      const stopped = await end('SIGTERM');
      log.end();
      return stopped;
    },
  };
}
