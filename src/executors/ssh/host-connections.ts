import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type ssh2 from 'ssh2';
import { Detached } from '#flow/executor-port.ts';
import { ConnectionFailed } from './connection-failed.ts';

interface Limits {
  readonly maxConnections: number;
  readonly maxChannels: number;
  readonly idleSeconds: number;
}

interface Connection {
  readonly client: ssh2.Client;
  channels: number;
  idle: NodeJS.Timeout | undefined;
}

type Opened = (error: Error | undefined, channel: ssh2.ClientChannel) => void;

/** Log-ins at the same time; sshd starts to drop them at random beyond ten (MaxStartups 10:30:100). */
const maxLogins = 4;
/** Places beyond the limit that only urgent commands may take. */
const urgentExtra = 2;
/** A refusal to open the only channel of a connection is tried again: sshd may still be closing the one before. */
const channelTries = 40;

/** The connections to one host. Opened when needed, closed when idle; channels queue when all are in use. */
export class HostConnections {
  readonly #host: string;
  readonly #open: () => Promise<ssh2.Client>;
  readonly #limits: Limits;
  readonly #connections = new Set<Connection>();
  #waiting: { wake: () => void; fail: (error: unknown) => void }[] = [];
  #loggingIn = 0;
  #channelLimit: number;
  #closed = false;

  constructor(host: string, open: () => Promise<ssh2.Client>, limits: Limits) {
    this.#host = host;
    this.#open = open;
    this.#limits = limits;
    this.#channelLimit = limits.maxChannels;
  }

  async exec(command: string, urgent: boolean): Promise<ssh2.ClientChannel> {
    return await this.#channel(
      urgent,
      (client, callback) => client.exec(command, callback),
      (why) => new ConnectionFailed('permission_denied', `${this.#host} did not start a command: ${why}.`),
    );
  }

  /** A stream from this host to another address. */
  async forward(address: string, port: number): Promise<Duplex> {
    const there = (why: string) => `${this.#host} cannot reach ${address}, port ${port}: ${why}.`;
    return await this.#channel(
      true,
      (client, callback) =>
        client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
          callback(error && new ConnectionFailed('network_error', there(error.message), error), channel);
        }),
      (why) => new ConnectionFailed('network_error', there(why)),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiting.splice(0)) waiter.fail(this.#closing());
    await Promise.all(
      [...this.#connections].map(async ({ client, idle }) => {
        clearTimeout(idle);
        const gone = new Promise<void>((resolve) => client.once('close', () => resolve()));
        client.end();
        const late = setTimeout(() => client.destroy(), 1_000);
        await gone;
        clearTimeout(late);
      }),
    );
  }

  async #channel(
    urgent: boolean,
    open: (client: ssh2.Client, opened: Opened) => void,
    failure: (why: string) => ConnectionFailed,
  ): Promise<ssh2.ClientChannel> {
    for (let tries = 1; ; tries++) {
      const connection = await this.#acquire(urgent);
      try {
        const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
          open(connection.client, (error, opened) => (error ? reject(error) : resolve(opened)));
        });
        channel.once('close', () => this.#release(connection));
        return channel;
      } catch (error) {
        const others = connection.channels - 1;
        // It may have ended without having said so yet.
        if ((error as Error).message === 'Not connected') this.#connections.delete(connection);
        const lost = !this.#connections.has(connection);
        this.#release(connection);
        if (error instanceof ConnectionFailed) throw error;
        if (tries >= channelTries || !(lost || isSessionRefusal(error)))
          throw failure((error as Error).message);
        if (lost) continue;
        this.#channelLimit = Math.max(1, Math.min(this.#channelLimit, others));
        if (others === 0) await sleep(25);
      }
    }
  }

  /** A connection with a free channel, already counted as taken. */
  async #acquire(urgent: boolean): Promise<Connection> {
    for (;;) {
      if (this.#closed) throw this.#closing();
      const free = this.#leastBusy();
      if (free !== undefined) {
        free.channels += 1;
        clearTimeout(free.idle);
        return free;
      }
      const most = this.#limits.maxConnections + (urgent ? urgentExtra : 0);
      if (this.#connections.size + this.#loggingIn < most && this.#loggingIn < maxLogins) await this.#logIn();
      else await new Promise<void>((wake, fail) => this.#waiting.push({ wake, fail }));
    }
  }

  #leastBusy(): Connection | undefined {
    let best: Connection | undefined;
    for (const connection of this.#connections) {
      if (connection.channels >= this.#channelLimit) continue;
      if (best === undefined || connection.channels < best.channels) best = connection;
    }
    return best;
  }

  async #logIn(): Promise<void> {
    this.#loggingIn += 1;
    try {
      this.#admit(await this.#open());
    } catch (error) {
      // Others wait for the same host: without a single connection left they would all meet the same end, one by one.
      if (this.#connections.size === 0) {
        for (const waiter of this.#waiting.splice(0)) waiter.fail(error);
        throw error;
      }
      await sleep(100);
    } finally {
      this.#loggingIn -= 1;
      this.#wakeAll();
    }
  }

  #admit(client: ssh2.Client): void {
    if (this.#closed) {
      client.end();
      return;
    }
    const connection: Connection = { client, channels: 0, idle: undefined };
    this.#connections.add(connection);
    const forget = () => {
      clearTimeout(connection.idle);
      this.#connections.delete(connection);
      this.#wakeAll();
    };
    // An error is always followed by a close; who uses a channel learns of it there.
    client.on('error', () => client.destroy());
    client.once('close', forget);
    this.#startIdleTimer(connection);
  }

  #release(connection: Connection): void {
    connection.channels -= 1;
    if (connection.channels === 0 && this.#connections.has(connection)) this.#startIdleTimer(connection);
    this.#wakeAll();
  }

  #startIdleTimer(connection: Connection): void {
    clearTimeout(connection.idle);
    connection.idle = setTimeout(() => {
      this.#connections.delete(connection);
      connection.client.end();
    }, this.#limits.idleSeconds * 1000).unref();
  }

  #wakeAll(): void {
    for (const waiter of this.#waiting.splice(0)) waiter.wake();
  }

  #closing(): Detached {
    return new Detached(`Chiffon is closing its connections to ${this.#host}.`);
  }
}

/** sshd's answer when MaxSessions are open on a connection: it comes with a reason number, unlike a lost connection. */
function isSessionRefusal(error: unknown): boolean {
  const { message, reason } = error as Error & { reason?: unknown };
  return message.includes('Channel open failure') && typeof reason === 'number';
}
