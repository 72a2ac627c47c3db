import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  Events,
  GatewayCloseCodes,
  GatewayDispatchEvents,
  GatewayIntentBits,
  Options,
} from 'discord.js';
import type { FlowLog } from '#flow/log-port.ts';
import type { DiscordSettings, Waits } from './discord-settings.ts';
import { GuardedStrategy } from './guarded-strategy.ts';
import { IdentifyPace } from './identify-pace.ts';
import { restOptions } from './rest.ts';

/** How the connection to Discord stands. */
export type GatewayState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  /** It was there and is being looked for. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'token refused' }
  | { readonly kind: 'intent refused' }
  | { readonly kind: 'refused'; readonly code: number };

export interface GatewayEvents {
  /** Something happened on Discord; `own` is the bot's own account. */
  readonly onDispatch: (type: string, data: unknown, own: string) => void;
  /** A new session begins: what was said before it was not told. */
  readonly onSession: () => void;
  /** A new session is there, with all servers known, or a server was joined. */
  readonly onReady: (client: Client<true>) => void;
  /** Servers, channels or rights changed. */
  readonly onRights: (client: Client<true>) => void;
  readonly onState: (state: GatewayState) => void;
}

/** What Chiffon reads itself, from Discord's own words; everything else is left to discord.js. */
const heard: readonly string[] = [
  GatewayDispatchEvents.MessageCreate,
  GatewayDispatchEvents.InteractionCreate,
];

const rightsEvents = [
  Events.GuildDelete,
  Events.GuildUpdate,
  Events.GuildRoleCreate,
  Events.GuildRoleUpdate,
  Events.GuildRoleDelete,
  Events.GuildMemberUpdate,
  Events.ChannelCreate,
  Events.ChannelUpdate,
  Events.ChannelDelete,
] as const;

/** How long stopping waits for Discord to say goodbye, in milliseconds. */
const goodbyeMs = 2_000;

/**
 * Keeps a connection to Discord for as long as it is wanted. discord.js takes a broken one up again by itself; what it
 * gives up on (a wrong token, an intent that isn't allowed, an address that doesn't answer) is tried anew in here, ever
 * more slowly.
 */
export class Gateway {
  readonly #settings: DiscordSettings;
  readonly #waits: Waits;
  readonly #events: GatewayEvents;
  readonly #log: FlowLog;
  readonly #stopped = new AbortController();
  readonly #pace: IdentifyPace;
  #running: Promise<void> = Promise.resolve();

  constructor(settings: DiscordSettings, waits: Waits, events: GatewayEvents) {
    this.#settings = settings;
    this.#waits = waits;
    this.#events = events;
    this.#log = settings.log;
    this.#pace = new IdentifyPace(waits.identify);
  }

  start(): void {
    this.#running = this.#keepConnected().catch((error: unknown) => {
      this.#log.error(
        { error: messageOf(error) },
        'the connection to Discord is given up until Chiffon is started again',
      );
      this.#events.onState({ kind: 'unreachable', detail: messageOf(error) });
    });
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #keepConnected(): Promise<void> {
    let pause = this.#waits.retryFirst;
    while (!this.#stopped.signal.aborted) {
      this.#events.onState({ kind: 'connecting' });
      const end = await this.#connectOnce();
      if (end === null) return;
      this.#events.onState(end.state);
      this.#log.warn({ state: end.state }, 'no connection to Discord; it will be tried again');
      if (end.wasConnected) pause = this.#waits.retryFirst;
      const wait = end.state.kind === 'unreachable' ? pause : this.#waits.refused;
      pause = Math.min(pause * 2, this.#waits.retryMost);
      await this.#sleep(wait);
    }
  }

  /** One life of a client; answers why it ended, or null when it was stopped. */
  async #connectOnce(): Promise<{ readonly state: GatewayState; readonly wasConnected: boolean } | null> {
    let over = false;
    let wasConnected = false;
    const ended = Promise.withResolvers<GatewayState>();
    const client = this.#createClient(() => over);
    let grace: NodeJS.Timeout | undefined;
    const connected = (): void => {
      clearTimeout(grace);
      grace = undefined;
      wasConnected = true;
      this.#events.onState({ kind: 'connected' });
    };
    client.on(Events.ShardReady, () => {
      connected();
      if (client.isReady()) this.#events.onReady(client);
    });
    client.on(Events.ClientReady, (ready) => this.#events.onReady(ready));
    client.on(Events.ShardResume, connected);
    client.on(Events.ShardReconnecting, () => {
      // Discord asks to reconnect several times a day: only what lasts is worth telling.
      grace ??= setTimeout(() => this.#events.onState({ kind: 'lost' }), this.#waits.grace);
    });
    client.on(Events.ShardError, (error) =>
      this.#log.warn({ error: error.message }, 'the connection to Discord had an error'),
    );
    client.on(Events.ShardDisconnect, ({ code }) => ended.resolve(refusalOf(code)));
    client.on(Events.Error, (error) =>
      this.#log.warn({ error: error.message }, 'discord.js reports an error'),
    );
    client.on(Events.GuildCreate, () => {
      if (client.isReady()) this.#events.onReady(client);
    });
    for (const event of rightsEvents) {
      client.on(event, () => {
        if (client.isReady()) this.#events.onRights(client);
      });
    }
    const stopped = Promise.withResolvers<null>();
    const stop = (): void => stopped.resolve(null);
    this.#stopped.signal.addEventListener('abort', stop);
    // A rejection ends this client; a connection that is being made is not waited for here.
    client.login(this.#settings.token).catch((error: unknown) => ended.resolve(troubleOf(error)));
    const state = await Promise.race([ended.promise, stopped.promise]);
    over = true;
    clearTimeout(grace);
    this.#stopped.signal.removeEventListener('abort', stop);
    await this.#destroy(client);
    return state === null ? null : { state, wasConnected };
  }

  #createClient(isOver: () => boolean): Client {
    const own = { account: '' };
    return new Client({
      intents: [
        GatewayIntentBits.Guilds,
        GatewayIntentBits.GuildMessages,
        GatewayIntentBits.DirectMessages,
        ...(this.#settings.messageContent ? [GatewayIntentBits.MessageContent] : []),
      ],
      makeCache: Options.cacheWithLimits({ MessageManager: 0, PresenceManager: 0, ThreadMemberManager: 0 }),
      rest: restOptions(this.#settings, this.#waits),
      ws: {
        buildStrategy: (manager) =>
          new GuardedStrategy(manager, {
            isOver,
            log: this.#log,
            takes: (type, data) => {
              if (type === GatewayDispatchEvents.Ready) {
                own.account = accountOf(data);
                if (!isOver()) this.#events.onSession();
              }
              if (!heard.includes(type)) return false;
              if (!isOver()) this.#events.onDispatch(type, data, own.account);
              return true;
            },
          }),
        buildIdentifyThrottler: () => this.#pace,
      },
    });
  }

  async #destroy(client: Client): Promise<void> {
    const goodbye = new AbortController();
    try {
      await Promise.race([
        client.destroy(),
        sleep(goodbyeMs, undefined, { signal: goodbye.signal, ref: false }).catch(() => undefined),
      ]);
    } catch (error) {
      this.#log.warn({ error: messageOf(error) }, 'the connection to Discord did not end cleanly');
    } finally {
      goodbye.abort();
    }
  }

  async #sleep(ms: number): Promise<void> {
    try {
      await sleep(ms, undefined, { signal: this.#stopped.signal });
    } catch {
      // Stopped: the loop looks itself.
    }
  }
}

function refusalOf(code: number): GatewayState {
  switch (code) {
    case GatewayCloseCodes.AuthenticationFailed:
      return { kind: 'token refused' };
    case GatewayCloseCodes.DisallowedIntents:
    case GatewayCloseCodes.InvalidIntents:
      return { kind: 'intent refused' };
    default:
      return { kind: 'refused', code };
  }
}

function troubleOf(error: unknown): GatewayState {
  const refused =
    error instanceof Error && 'code' in error && (error.code === 'TokenInvalid' || error.code === 401);
  return refused ? { kind: 'token refused' } : { kind: 'unreachable', detail: messageOf(error) };
}

function accountOf(ready: unknown): string {
  const user = typeof ready === 'object' && ready !== null && 'user' in ready ? ready.user : null;
  return typeof user === 'object' && user !== null && 'id' in user ? String(user.id) : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
