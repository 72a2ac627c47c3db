import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import ssh2 from 'ssh2';
import { done, type Result, refuse } from '#core/refusal.ts';
import type { HostAddress } from '../host-address.ts';
import { ConnectionFailed } from './connection-failed.ts';
import { createConnectionPool } from './connection-pool.ts';
import { fingerprint, keyTypeOf, knownHostsLine, namesHost, parseKnownHosts } from './known-hosts.ts';
import { plainNetworkError } from './open-connection.ts';

/** A key a host showed. */
export interface ShownHostKey {
  readonly key: Buffer;
  readonly keyType: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
}

/**
 * Trusts a host's key if the host shows the one with this fingerprint now; keys trusted for it before are replaced.
 * Refusals: `wrong_fingerprint`, and `unreachable` when the host cannot be asked.
 */
export async function trustHostKey(
  knownHostsFile: string,
  host: HostAddress,
  wanted: string,
  others: readonly HostAddress[] = [],
): Promise<Result<ShownHostKey>> {
  let shown: ShownHostKey;
  try {
    shown = await scanHostKey(host, knownHostsFile, others);
  } catch (error) {
    if (error instanceof ConnectionFailed) return refuse('unreachable', error.message);
    throw error;
  }
  if (normalised(wanted) !== shown.fingerprint) {
    return refuse(
      'wrong_fingerprint',
      `${host.name} shows ${shown.fingerprint}, not ${wanted}. Nothing was trusted; compare with the host's own ` +
        `answer to: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`,
    );
  }
  await writeTrustedKey(knownHostsFile, host.address, host.port, shown.key);
  return done(shown);
}

/**
 * Asks a host for its key without logging in. Goes through its jump host, whose own key must be trusted, when it has
 * one: then `others` must name that.
 *
 * @throws ConnectionFailed when the host cannot be reached.
 */
export async function scanHostKey(
  host: HostAddress,
  knownHostsFile: string,
  others: readonly HostAddress[] = [],
): Promise<ShownHostKey> {
  const pool = createConnectionPool({
    hosts: [host, ...others.filter((other) => other.name !== host.name)],
    knownHostsFile,
  });
  const client = new ssh2.Client();
  try {
    const sock = await pool.reach(host);
    const key = await new Promise<Buffer>((resolve, reject) => {
      let shown: Buffer | undefined;
      client.on('error', (error) => {
        if (shown !== undefined) return;
        const why = plainNetworkError(error);
        reject(
          new ConnectionFailed(
            'network_error',
            `${host.name} (${host.address}, port ${host.port}) showed no key: ${why}.`,
            error,
          ),
        );
      });
      client.on('close', () =>
        reject(
          new ConnectionFailed('network_error', `${host.name} closed the connection before it showed a key.`),
        ),
      );
      client.connect({
        sock: sock as import('node:net').Socket,
        username: host.user,
        readyTimeout: 20_000,
        hostVerifier: (offered: Buffer) => {
          shown = Buffer.from(offered);
          resolve(shown);
          return false;
        },
      });
    });
    return { key, keyType: keyTypeOf(key), fingerprint: fingerprint(key) };
  } finally {
    client.destroy();
    await pool.close();
  }
}

/** Writes a key as the only trusted one of a host; lines about other hosts stay as they are. */
export async function writeTrustedKey(
  file: string,
  address: string,
  port: number,
  key: Buffer,
): Promise<void> {
  const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const line = knownHostsLine(address, port, key);
  const kept = before.split('\n').flatMap((text) => withoutHost(text, address, port));
  while (kept.at(-1) === '') kept.pop();
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.new`;
  await writeFile(temporary, `${[...kept, line].join('\n')}\n`, { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, file);
}

/** A line without this host: gone when it named no other, unchanged when it is about others or revokes a key. */
function withoutHost(text: string, address: string, port: number): string[] {
  const [parsed] = parseKnownHosts(text);
  if (parsed === undefined || parsed.marker !== null || !namesHost(parsed.patterns, address, port))
    return [text];
  const others = parsed.patterns.split(',').filter((pattern) => !namesHost(pattern, address, port));
  if (others.every((pattern) => pattern.startsWith('!'))) return [];
  return [text.trimStart().replace(parsed.patterns, others.join(','))];
}

function normalised(text: string): string {
  const bare = text.trim().replace(/=+$/, '');
  return bare.startsWith('SHA256:') ? bare : `SHA256:${bare}`;
}
