import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { ConnectionLost } from './connection-failed.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { loginShell, nothingRan } from './login-shell.ts';

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
 * @throws ConnectionFailed when the host cannot be reached, ConnectionLost when the connection breaks before the end.
 */
export async function runScript(
  pool: ConnectionPool,
  host: string,
  script: string,
  options: { readonly urgent?: boolean; readonly signal?: AbortSignal } = {},
): Promise<ScriptResult> {
  options.signal?.throwIfAborted();
  const channel = await pool.exec(host, loginShell, { urgent: options.urgent === true });
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
    const abort = () => channel.close();
    options.signal?.addEventListener('abort', abort, { once: true });
    channel.on('data', collect(out));
    channel.stderr.on('data', collect(err));
    channel.on('error', () => channel.close());
    channel.on('exit', (status: number | null) => {
      code = status ?? undefined;
    });
    // Each stream closes by itself, once all of it was taken.
    const finish = () => {
      options.signal?.removeEventListener('abort', abort);
      if (options.signal?.aborted) reject(options.signal.reason);
      else if (code === undefined) reject(new ConnectionLost(`The connection to ${host} was lost.`));
      else {
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
