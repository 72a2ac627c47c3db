import type { Duplex } from 'node:stream';
import type ssh2 from 'ssh2';
import { Detached } from '#flow/executor-port.ts';
import type { HostAddress } from '../host-address.ts';
import { ConnectionFailed } from './connection-failed.ts';
import { HostConnections } from './host-connections.ts';
import { openConnection, openSocket } from './open-connection.ts';

/** Warm SSH connections to every configured host, shared by everything that runs there. */
export interface ConnectionPool {
  /**
   * Starts a command on a host and answers its channel. `urgent` (a cancel) does not queue behind other commands.
   *
   * @throws ConnectionFailed when the host cannot be reached, shows a key that is not trusted or lets nobody in;
   *   Detached once the pool is closed, which says nothing about the host.
   */
  exec(host: string, command: string, options?: { readonly urgent?: boolean }): Promise<ssh2.ClientChannel>;
  /** A raw stream to a host's SSH port, through its jump host when it has one. */
  reach(host: HostAddress): Promise<Duplex>;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly hosts: readonly HostAddress[];
  readonly knownHostsFile: string;
  /** Connections to one host at most; 10 unless told. */
  readonly maxConnections?: number;
  /** Channels on one connection at most; 8 unless told, because sshd refuses an 11th by default. */
  readonly maxChannels?: number;
  /** A connection nobody used for so long is closed; 60 unless told. */
  readonly idleSeconds?: number;
}

export function createConnectionPool(options: PoolOptions): ConnectionPool {
  const { hosts, knownHostsFile, maxConnections = 10, maxChannels = 8, idleSeconds = 60 } = options;
  const addresses = new Map(hosts.map((host) => [host.name, host]));
  const pools = new Map<string, HostConnections>();
  let closed = false;

  function poolOf(name: string): HostConnections {
    if (closed) throw new Detached('Chiffon is closing its connections.');
    const host = addresses.get(name);
    if (host === undefined) throw new ConnectionFailed('unknown', `No host named ${name} is configured.`);
    let pool = pools.get(name);
    if (pool === undefined) {
      const open = async () => openConnection(host, knownHostsFile, await reach(host));
      pool = new HostConnections(host.name, open, { maxConnections, maxChannels, idleSeconds });
      pools.set(name, pool);
    }
    return pool;
  }

  async function reach(host: HostAddress): Promise<Duplex> {
    if (host.jump === undefined) return await openSocket(host);
    refuseLoops(host);
    return await poolOf(host.jump).forward(host.address, host.port);
  }

  function refuseLoops(host: HostAddress): void {
    const path = [host.name];
    for (let next = host.jump; next !== undefined; next = addresses.get(next)?.jump) {
      if (path.includes(next)) {
        throw new ConnectionFailed(
          'unknown',
          `The jump hosts go in a circle: ${[...path, next].join(' → ')}.`,
        );
      }
      path.push(next);
    }
  }

  return {
    exec: async (host, command, { urgent = false } = {}) => await poolOf(host).exec(command, urgent),
    reach,
    async close() {
      closed = true;
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}
