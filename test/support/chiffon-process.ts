import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface ChiffonProcess {
  readonly url: string;
  readonly token: string;
  readonly directory: string;
  readonly child: ChildProcess;
  /** Everything it wrote to stderr so far. */
  stderr(): string;
  /** Asks it to stop, as Ctrl+C does, and waits; answers the exit code. */
  stop(): Promise<number | null>;
  /** Ends it without warning; what it started elsewhere goes on. */
  kill(): Promise<void>;
}

/** Seconds a start may take on a slow machine. */
const startSeconds = 60;

/** Starts the real `chiffon start` in a process of its own and waits until it is ready. */
export async function startChiffonProcess(options: {
  readonly directory: string;
  readonly token?: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<ChiffonProcess> {
  const token = options.token ?? 'owner-token-of-the-tests';
  const child = spawn(
    process.execPath,
    [
      join(root, 'src/cli/chiffon.ts'),
      'start',
      '--data',
      options.directory,
      '--port',
      '0',
      ...(options.args ?? []),
    ],
    {
      cwd: root,
      env: { ...process.env, CHIFFON_TOKEN: token, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`not ready within ${startSeconds} s\n${out}\n${err}`)),
      startSeconds * 1000,
    );
    child.stdout.on('data', () => {
      const ready = /^chiffon ready (.+)$/mu.exec(out)?.[1];
      if (ready === undefined) return;
      clearTimeout(timer);
      resolve(ready);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code} before it was ready\n${out}\n${err}`));
    });
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  return {
    url,
    token,
    directory: options.directory,
    child,
    stderr: () => err,
    stop: () => end('SIGINT'),
    kill: async () => void (await end('SIGKILL')),
  };
}

/** An empty directory for one Chiffon; `remove` deletes it. */
export async function temporaryDirectory(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'chiffon-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) };
}
