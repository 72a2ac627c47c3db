import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2 from 'ssh2';
import type { HostAddress } from '../host-address.ts';
import { ConnectionFailed } from './connection-failed.ts';
import { credentialsFor } from './credentials.ts';
import { fingerprint, judgeHostKey, namesHost, parseKnownHosts } from './known-hosts.ts';

const connectSeconds = 10;
const handshakeSeconds = 20;
/** A peer that answers none of these in a row is dead: found after at most 8 s × 3 = 24 s. */
const keepalive = { keepaliveInterval: 8_000, keepaliveCountMax: 2 };

/** Opens a TCP connection with TCP_NODELAY set before anything is sent: without it an exec takes 40 ms longer. */
export async function openSocket(host: HostAddress): Promise<Socket> {
  const socket = connect({ host: host.address, port: host.port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string, cause?: unknown) => {
      socket.destroy();
      reject(new ConnectionFailed('network_error', unreachable(host, why), cause));
    };
    const timer = setTimeout(() => fail(`no answer within ${connectSeconds} s`), connectSeconds * 1000);
    socket.once('error', (error) => {
      clearTimeout(timer);
      fail(plainNetworkError(error), error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      // Until somebody uses it, an error is only remembered (`errored`): without a listener it would end the process.
      socket.on('error', () => {});
      resolve();
    });
  });
  return socket;
}

/**
 * Logs in over an open stream, after checking the host's key against the known-hosts file.
 *
 * @throws ConnectionFailed: `host_key` for an unknown or changed key, `permission_denied` when no key is accepted,
 *   `network_error` when the stream ends or nothing is heard for 20 s.
 */
export async function openConnection(
  host: HostAddress,
  knownHostsFile: string,
  stream: Duplex,
): Promise<ssh2.Client> {
  const methods = await credentialsFor(host).catch((error: unknown) => {
    stream.destroy();
    throw error;
  });
  const lines = parseKnownHosts(await readIfPresent(knownHostsFile));
  const known = lines.filter(
    (line) => line.marker === null && namesHost(line.patterns, host.address, host.port),
  );
  if (stream.destroyed) {
    const why = stream.errored ?? new Error('the connection was closed before the log-in');
    throw new ConnectionFailed('network_error', unreachable(host, plainNetworkError(why)), why);
  }
  let refused: ConnectionFailed | undefined;
  const client = new ssh2.Client();
  // Whatever its state: an error that nobody listens to would end Chiffon.
  client.on('error', () => {});
  return await new Promise((resolve, reject) => {
    const fail = (error: Error & { level?: string }) => {
      client.off('error', fail);
      client.off('close', closed);
      client.destroy();
      reject(refused ?? explain(host, error));
    };
    const closed = () => fail(new Error('the connection was closed during the log-in'));
    client.once('error', fail);
    client.once('close', closed);
    client.once('ready', () => {
      // What ends it in this very turn is a log-in that failed: whoever gets the connection listens from the next one on.
      setImmediate(() => {
        client.off('error', fail);
        client.off('close', closed);
        resolve(client);
      });
    });
    if (stream.destroyed) return closed();
    client.connect({
      sock: stream as Socket,
      username: host.user,
      authHandler: methods,
      readyTimeout: handshakeSeconds * 1000,
      ...keepalive,
      ...preferKnownKeyTypes(known.map((line) => line.keyType)),
      hostVerifier: (key: Buffer) => {
        refused = refusalOf(host, key, judgeHostKey(lines, host.address, host.port, key));
        return refused === undefined;
      },
    });
  });
}

/** Every host key algorithm Chiffon accepts, strongest first. */
const keyAlgorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const satisfies readonly ssh2.ServerHostKeyAlgorithm[];

/** Asks for the types of key that are on file first, so that a host with several keys shows the one that was trusted. */
function preferKnownKeyTypes(types: readonly string[]): Pick<ssh2.ConnectConfig, 'algorithms'> {
  const isKnown = (algorithm: string) =>
    types.includes(algorithm) || (algorithm.startsWith('rsa-sha2-') && types.includes('ssh-rsa'));
  return {
    algorithms: {
      serverHostKey: [
        ...keyAlgorithms.filter(isKnown),
        ...keyAlgorithms.filter((algorithm) => !isKnown(algorithm)),
      ],
    },
  };
}

function refusalOf(
  host: HostAddress,
  key: Buffer,
  judged: ReturnType<typeof judgeHostKey>,
): ConnectionFailed | undefined {
  const shown = fingerprint(key);
  const trustIt = `npm run -s chiffon -- trust ${host.name} ${shown}`;
  const at = `${host.name} (${host.address}, port ${host.port})`;
  switch (judged.verdict) {
    case 'trusted':
      return undefined;
    case 'unknown':
      return new ConnectionFailed(
        'host_key',
        `The key of ${at} is not known yet, so nothing was sent. It shows ${shown}. ` +
          `If that is the host's own key, trust it with: ${trustIt}`,
      );
    case 'revoked':
      return new ConnectionFailed('host_key', `${at} shows the key ${shown}, which is marked as revoked.`);
    case 'changed':
      return new ConnectionFailed(
        'host_key',
        `THE KEY OF ${host.name.toUpperCase()} HAS CHANGED. Trusted for ${at}: ${judged.trusted.join(', ')}; ` +
          `shown now: ${shown}. Either the host was set up anew or something stands between it and Chiffon; ` +
          `nothing was sent. When you know why it changed: ${trustIt}`,
      );
  }
}

function explain(host: HostAddress, error: Error & { level?: string }): ConnectionFailed {
  if (error.level === 'client-authentication') {
    return new ConnectionFailed(
      'permission_denied',
      `${host.name} (${host.address}) did not accept any of Chiffon's keys for the user ${host.user}. ` +
        `Add Chiffon's public key to that user's authorized_keys.`,
      error,
    );
  }
  return new ConnectionFailed('network_error', unreachable(host, plainNetworkError(error)), error);
}

function unreachable(host: HostAddress, why: string): string {
  return `${host.name} (${host.address}, port ${host.port}) cannot be reached: ${why}.`;
}

const plainWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to its network',
  ETIMEDOUT: 'no answer',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up just now',
  EPIPE: 'the connection was closed',
};

/** A network error in a few words, without codes where there are better ones. */
export function plainNetworkError(error: Error & { code?: string; level?: string }): string {
  const words = error.code === undefined ? undefined : plainWords[error.code];
  if (words !== undefined) return words;
  if (error.level === 'client-timeout') return 'it stopped answering';
  return error.message.replace(/\.$/, '');
}

async function readIfPresent(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
