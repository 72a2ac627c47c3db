import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, GatewayDispatchEvents, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { ChatSurface, Listener, Sent, SurfaceHealth, SurfaceMemory } from '#chat/surface-port.ts';
import { Channels } from './channels.ts';
import { type Findings, healthOf } from './discord-health.ts';
import { type DiscordSettings, defaultWaits, type Waits } from './discord-settings.ts';
import { examinePermissions } from './examine-permissions.ts';
import { Gateway } from './gateway.ts';
import { InteractionEar } from './hear-interaction.ts';
import { hearMessage } from './hear-message.ts';
import { LostPosts } from './lost-posts.ts';
import { Messenger } from './messenger.ts';
import { MissedMessages } from './missed-messages.ts';
import { RawInteraction, RawMessage } from './raw-events.ts';
import { RecentIds } from './recent-ids.ts';
import { registerCommands } from './register-commands.ts';
import { createRest } from './rest.ts';

/** Edits of messages older than an hour are limited (error 30046); the margin is for what is under way. */
const freshForMs = 55 * 60_000;

/** How long stopping waits for what is being handled, in milliseconds. */
const finishMs = 5_000;

/** Discord as a place to chat. Nothing is connected before `start`. */
export function createDiscordSurface(settings: DiscordSettings): ChatSurface {
  return new DiscordSurface(settings);
}

class DiscordSurface implements ChatSurface {
  readonly name = 'discord';
  readonly freshForMs = freshForMs;
  readonly #settings: DiscordSettings;
  readonly #waits: Waits;
  readonly #rest: REST;
  readonly #channels: Channels;
  readonly #gateway: Gateway;
  readonly #recent = new RecentIds();
  readonly #watchers: ((health: SurfaceHealth) => void)[] = [];
  readonly #underWay = new Set<Promise<void>>();
  /** Resolved once what was missed before the present session was heard. */
  #caughtUp = Promise.withResolvers<void>();
  #account: string | null = null;
  #ears: {
    readonly listener: Listener;
    readonly messenger: Messenger;
    readonly interactions: InteractionEar;
    readonly missed: MissedMessages;
  } | null = null;
  #findings: Findings = {
    gateway: { kind: 'connecting' },
    callsRefused: false,
    missing: null,
    commandsProblem: null,
    whereabouts: 'a bot',
  };

  constructor(settings: DiscordSettings) {
    this.#settings = settings;
    this.#waits = { ...defaultWaits, ...settings.waits };
    this.#rest = createRest(settings, this.#waits);
    this.#channels = new Channels(this.#rest);
    this.#gateway = new Gateway(settings, this.#waits, {
      onDispatch: (type, data, own) => this.#hear(type, data, own),
      onSession: () => {
        // Whoever still waits for the session before waits for this one too.
        const before = this.#caughtUp;
        this.#caughtUp = Promise.withResolvers();
        before.resolve(this.#caughtUp.promise);
      },
      onReady: (client) => this.#track(this.#settleIn(client)),
      onRights: (client) => this.#examine(client),
      onState: (gateway) => {
        if (gateway.kind !== 'connected') return this.#find({ gateway });
        this.#ears?.messenger.tokenAccepted();
        this.#find({ gateway, callsRefused: false });
      },
    });
  }

  /** Two seconds while somebody watches; a long run is told in fewer edits. */
  editPaceMs(ageMs: number): number {
    if (ageMs < 2 * 60_000) return 2_000;
    return ageMs < 10 * 60_000 ? 5_000 : 15_000;
  }

  async start(listener: Listener, memory: SurfaceMemory): Promise<void> {
    const rest = this.#rest;
    const channels = this.#channels;
    const { log, token } = this.#settings;
    const lost = new LostPosts({
      rest,
      memory,
      startedAt: Date.now(),
      ownAccount: () => this.#ownAccount(),
    });
    const messenger = new Messenger({
      rest,
      token,
      channels,
      lost,
      memory,
      log,
      onToken: (accepted) => this.#find({ callsRefused: !accepted }),
    });
    const interactions = new InteractionEar({ rest, listener, memory, messenger, channels, log });
    const missed = new MissedMessages({ rest, memory, channels, log });
    this.#ears = { listener, messenger, interactions, missed };
    this.#gateway.start();
  }

  async stop(): Promise<void> {
    await this.#gateway.stop();
    this.#caughtUp.resolve();
    // What is being handled may finish; something that hangs doesn't keep Chiffon from stopping.
    const enough = new AbortController();
    await Promise.race([
      Promise.all(this.#underWay),
      sleep(finishMs, undefined, { signal: enough.signal }).catch(() => undefined),
    ]);
    enough.abort();
    this.#rest.clearHashSweeper();
    this.#rest.clearHandlerSweeper();
    this.#watchers.length = 0;
  }

  health(): SurfaceHealth {
    return healthOf(this.#findings);
  }

  onHealth(changed: (health: SurfaceHealth) => void): void {
    this.#watchers.push(changed);
  }

  async openThread(where: Parameters<ChatSurface['openThread']>[0]): ReturnType<ChatSurface['openThread']> {
    const opened = await this.#messenger().openThread(where);
    if (opened.ok && opened.value.thread !== null)
      await this.#ears?.missed.note(opened.value.thread, opened.value.thread);
    return opened;
  }

  post(...given: Parameters<ChatSurface['post']>): ReturnType<ChatSurface['post']> {
    return this.#messenger().post(...given);
  }

  edit(...given: Parameters<ChatSurface['edit']>): Promise<Sent<null>> {
    return this.#messenger().edit(...given);
  }

  /** Whether it shows that Chiffon is at it changes nothing, so how it went is nobody's business. */
  async busy(place: Parameters<ChatSurface['busy']>[0]): Promise<void> {
    await this.#messenger().typing(place);
  }

  #messenger(): Messenger {
    if (this.#ears === null) throw new Error('The Discord surface is used before it is started.');
    return this.#ears.messenger;
  }

  #hear(type: string, data: unknown, own: string): void {
    if (this.#ears === null) return;
    const { interactions } = this.#ears;
    if (type === GatewayDispatchEvents.InteractionCreate) {
      const interaction = RawInteraction.safeParse(data);
      if (!interaction.success) return this.#unread(type, interaction.error);
      if (this.#recent.isNew(interaction.data.id)) this.#track(interactions.hear(interaction.data));
      return;
    }
    const message = RawMessage.safeParse(data);
    if (!message.success) return this.#unread(type, message.error);
    // What was missed is older, so it comes first.
    this.#track(this.#caughtUp.promise.then(() => this.#hearMessage(own, message.data)));
  }

  async #hearMessage(own: string, message: RawMessage): Promise<void> {
    if (this.#ears === null || !this.#recent.isNew(message.id)) return;
    const { listener, messenger, missed } = this.#ears;
    const deps = { listener, messenger, channels: this.#channels, log: this.#settings.log };
    if (await hearMessage(deps, own, message)) await missed.note(message.channel_id, message.id);
  }

  #unread(type: string, error: z.ZodError): void {
    this.#settings.log.warn(
      { type, error: z.prettifyError(error) },
      'an event from Discord could not be read',
    );
  }

  /** After each new session: what is allowed here, and the slash commands. */
  async #settleIn(client: Client<true>): Promise<void> {
    this.#account = client.user.id;
    this.#examine(client);
    const ears = this.#ears;
    if (ears === null) return;
    const { resolve } = this.#caughtUp;
    try {
      await ears.missed.catchUp((message) => this.#hearMessage(client.user.id, message));
    } finally {
      resolve();
    }
    let commandsProblem: string | null = null;
    for (const guild of client.guilds.cache.values()) {
      try {
        const wrote = await registerCommands(
          { rest: this.#rest, listener: ears.listener },
          // Servers that speak only part of the language may leave the application out; it has the bot's id.
          client.application?.id ?? client.user.id,
          guild.id,
        );
        if (wrote) this.#settings.log.info({ guild: guild.id }, 'slash commands were registered on Discord');
      } catch (error) {
        commandsProblem = error instanceof Error ? error.message : String(error);
        this.#settings.log.warn(
          { guild: guild.id, error: commandsProblem },
          'slash commands could not be registered on Discord',
        );
      }
    }
    this.#find({ commandsProblem });
  }

  #examine(client: Client<true>): void {
    const servers = client.guilds.cache.size;
    this.#find({
      missing: examinePermissions(client, this.#settings.homeChannel),
      whereabouts: `${client.user.tag} in ${servers} ${servers === 1 ? 'server' : 'servers'}`,
    });
  }

  #find(news: Partial<Findings>): void {
    const before = JSON.stringify(this.health());
    this.#findings = { ...this.#findings, ...news };
    const health = this.health();
    if (JSON.stringify(health) === before) return;
    for (const watcher of this.#watchers) {
      try {
        watcher(health);
      } catch (error) {
        // This runs within timers and events of the connection, which must live on.
        const reason = error instanceof Error ? error.message : String(error);
        this.#settings.log.error({ error: reason }, 'the health of Discord could not be told');
      }
    }
  }

  /** The bot's own account: told by the gateway, or asked for once where something is sent before it is there. */
  async #ownAccount(): Promise<string> {
    this.#account ??= z.object({ id: z.string() }).parse(await this.#rest.get(Routes.user())).id;
    return this.#account;
  }

  #track(work: Promise<void>): void {
    const guarded = work.catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.#settings.log.error({ error: reason }, 'something from Discord could not be handled');
    });
    this.#underWay.add(guarded);
    void guarded.finally(() => this.#underWay.delete(guarded));
  }
}
