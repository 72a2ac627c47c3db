import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Ledger } from '#flow/ledger-port.ts';
import { eventHorizon, eventsUpTo } from './events.ts';

type Subscriber = Parameters<Ledger['listen']>[0];

/** Events are read in portions of this many. */
const portion = 500;
/** How soon to look again when an event stands behind one that isn't committed yet. */
const unsettledMs = 50;
/** How often the connection is tried: one that the network lost without a word would never say so by itself. */
const heartbeatMs = 15_000;
const reconnectMs = { first: 100, longest: 1_000 } as const;

/**
 * Follows what is committed, on one connection of its own for all subscribers. The connection comes back by itself;
 * what was committed meanwhile is then read from the tables, events by their id, so none is missed and none repeated.
 */
export class LedgerListener {
  readonly #pool: pg.Pool;
  readonly #url: string;
  /** Each with the id from which on it hears events: what was committed before it came is nothing new to it. */
  readonly #subscribers = new Map<Subscriber, number>();
  readonly #stopped = new AbortController();
  #client: pg.Client | null = null;
  #opening: Promise<void> | null = null;
  /** The last event handed out. */
  #cursor = 0;
  /** Reads of events, one after the other. */
  #reading: Promise<void> = Promise.resolve();
  #heartbeat: NodeJS.Timeout | null = null;

  constructor(pool: pg.Pool, url: string) {
    this.#pool = pool;
    this.#url = url;
  }

  /** Resolves once everything committed from now on will be heard. */
  async add(subscriber: Subscriber): Promise<() => Promise<void>> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    await this.#opening;
    // One's own object, so that the same callbacks may be given twice.
    const own = { ...subscriber };
    // While the server is away it hears a little more than it has to, rather than being turned away.
    this.#subscribers.set(own, await this.#settled().catch(() => this.#cursor));
    return async () => {
      this.#subscribers.delete(own);
    };
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    this.#subscribers.clear();
    if (this.#heartbeat) clearInterval(this.#heartbeat);
    await this.#client?.end();
    await this.#reading;
  }

  async #open(): Promise<void> {
    await this.#connect();
    this.#cursor = await this.#settled();
  }

  async #settled(): Promise<number> {
    return (await eventHorizon(this.#pool)).settled;
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
      keepAlive: true,
    });
    let lost = false;
    const lose = () => {
      if (lost) return;
      lost = true;
      if (this.#client === client) void this.#reconnect();
    };
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', (message) => this.#hear(message.channel, message.payload ?? ''));
    await client.connect();
    try {
      await client.query('LISTEN chiffon_event; LISTEN chiffon_log; LISTEN chiffon_outbox');
    } catch (error) {
      await client.end();
      throw error;
    }
    this.#client = client;
    this.#heartbeat = setInterval(() => {
      client.query('SELECT 1').catch(() => client.end().then(lose, lose));
    }, heartbeatMs).unref();
  }

  async #reconnect(): Promise<void> {
    this.#client = null;
    if (this.#heartbeat) clearInterval(this.#heartbeat);
    for (
      let wait: number = reconnectMs.first;
      !this.#stopped.signal.aborted;
      wait = Math.min(wait * 2, reconnectMs.longest)
    ) {
      try {
        await this.#connect();
        if (this.#stopped.signal.aborted) return await this.#closeLate();
        await this.#catchUp();
        return;
      } catch {
        // Still away: whoever calls the ledger hears it as an error; here it only means to try again.
        await pause(wait, undefined, { ref: false });
      }
    }
  }

  async #closeLate(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    if (this.#heartbeat) clearInterval(this.#heartbeat);
    await client?.end();
  }

  /** Tells what may have happened while nobody listened. */
  async #catchUp(): Promise<void> {
    this.#tell((subscriber) => subscriber.outbox?.());
    const { rows } = await this.#pool.query<{ run: string; bytes: string }>(
      `SELECT l.run, l.bytes FROM run_logs l JOIN runs r ON r.id = l.run
       WHERE r.state NOT IN ('completed', 'failed', 'cancelled') OR r.changed_at > now() - interval '1 hour'`,
    );
    for (const row of rows) this.#tell((subscriber) => subscriber.log?.(row.run, Number(row.bytes)));
    this.#readEvents(Number.POSITIVE_INFINITY);
  }

  #hear(channel: string, payload: string): void {
    if (channel === 'chiffon_event') return this.#readEvents(Number(payload));
    if (channel === 'chiffon_outbox') return this.#tell((subscriber) => subscriber.outbox?.());
    const [run = '', end = '0'] = payload.split(' ');
    this.#tell((subscriber) => subscriber.log?.(run, Number(end)));
  }

  /** Hands out what is committed behind the cursor, at least up to the announced id. */
  #readEvents(announced: number): void {
    this.#reading = this.#reading.then(async () => {
      if (announced <= this.#cursor || this.#stopped.signal.aborted) return;
      try {
        let horizon = await eventHorizon(this.#pool);
        const wanted = Math.min(announced, horizon.newest);
        while (this.#cursor < wanted && !this.#stopped.signal.aborted) {
          await this.#readPortion(horizon.settled);
          if (this.#cursor < wanted) horizon = await eventHorizon(this.#pool);
        }
      } catch {
        // The connection was lost; reconnecting reads on from the same cursor. Only this pool's may be gone and the
        // listening one alive, so the read is also tried again by itself.
        await pause(reconnectMs.first, undefined, { ref: false });
        if (!this.#stopped.signal.aborted) this.#readEvents(announced);
      }
    });
  }

  async #readPortion(settled: number): Promise<void> {
    const events = await eventsUpTo(this.#pool, this.#cursor, settled, portion);
    for (const event of events) {
      this.#cursor = event.id;
      this.#tell((subscriber, since) => {
        if (event.id > since) subscriber.event?.(event);
      });
    }
    if (events.length === 0) await pause(unsettledMs, undefined, { ref: false });
  }

  /** A subscriber that throws is its own mistake and must not silence the others. */
  #tell(call: (subscriber: Subscriber, since: number) => void): void {
    for (const [subscriber, since] of this.#subscribers) queueMicrotask(() => call(subscriber, since));
  }
}
