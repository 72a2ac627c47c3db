import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { ConnectionLost } from './connection-failed.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { loginShell, nothingRan } from './login-shell.ts';
import { openUnless } from './open-channel.ts';

export interface ScriptResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** More than this from a short script is not kept: 16 MiB. */
const mostBytes = 16 * 1024 * 1024;

/**
 * Runs a short script under the host's /bin/sh and answers what it wrote. For looking and for small idempotent
 * changes; commands of a plan go through the durable wrapper instead.
 *
 * @throws ConnectionFailed when the host cannot be reached; ConnectionLost when the connection breaks, or the signal
 *   aborts, before the script ended: it may have run; the reason of the signal when it aborts before anything was sent.
 */
export async function runScript(
  pool: ConnectionPool,
  host: string,
  script: string,
  options: { readonly urgent?: boolean; readonly signal?: AbortSignal } = {},
): Promise<ScriptResult> {
  const { signal } = options;
  signal?.throwIfAborted();
  const opening = pool.exec(host, loginShell, { urgent: options.urgent === true });
  const channel = await (signal === undefined ? opening : openUnless(signal, opening));
  const mark = `chiffon-begin-${randomBytes(12).toString('hex')}\n`;
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let bytes = 0;
  const collect = (into: Buffer[]) => (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= mostBytes) into.push(piece);
  };
  return await new Promise((resolve, reject) => {
    let code: number | undefined;
    const abort = () => {
      channel.close();
      // A host that is gone does not answer the closing either.
      finish();
    };
    signal?.addEventListener('abort', abort, { once: true });
    channel.on('data', collect(out));
    channel.stderr.on('data', collect(err));
    channel.on('error', () => channel.close());
    channel.on('exit', (status: number | null) => {
      code = status ?? undefined;
    });
    // Each stream closes by itself, once all of it was taken.
    const finish = () => {
      signal?.removeEventListener('abort', abort);
      if (code === undefined) {
        const what = signal?.aborted
          ? `${host} did not answer in time.`
          : `The connection to ${host} was lost.`;
        reject(new ConnectionLost(what));
      } else {
        const stdout = Buffer.concat(out);
        const at = stdout.indexOf(mark);
        const stderr = Buffer.concat(err).toString('utf8');
        if (at < 0) reject(nothingRan(host, code, `${stdout.toString('utf8')}${stderr}`));
        else resolve({ code, stdout: stdout.subarray(at + mark.length), stderr });
      }
    };
    void Promise.all([once(channel, 'close'), once(channel.stderr, 'close')]).then(finish, finish);
    // A function called in its last line: a script that arrives only in part does nothing.
    channel.end(`main() {\nprintf '%s' '${mark}'\n${script}\n}\nmain\nexit $?\n`);
  });
}
