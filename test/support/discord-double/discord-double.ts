import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { WireCommand } from './command-rules.ts';
import { type GatewayRules, GatewayServer, intents } from './gateway-server.ts';
import { type Interaction, Interactions } from './interactions.ts';
import { MessageDesk } from './message-desk.ts';
import { flags, kinds } from './message-rules.ts';
import { type Limits, RateLimits, wideLimits } from './rate-limits.ts';
import { type Call, type RestRules, RestServer } from './rest-server.ts';
import { messageSeen, named, transcript } from './transcript.ts';
import {
  type Channel,
  type Component,
  everything,
  type Guild,
  type Push,
  type StoredMessage,
  type User,
  usual,
  World,
  wireUser,
} from './world.ts';

export type { Interaction } from './interactions.ts';
export { readMarkdown } from './markdown.ts';
export { realLimits } from './rate-limits.ts';
export { type Channel, permissionBits, type StoredMessage, type User } from './world.ts';

export interface DiscordDoubleOptions {
  readonly token?: string;
  readonly botName?: string;
  /** Whether the application may use the Message Content intent; false by default, as on a new application. */
  readonly messageContentAllowed?: boolean;
  readonly limits?: Limits;
  readonly heartbeatMs?: number;
  /**
   * Leaves out of interactions what servers that speak only part of the language leave out: `channel`, `entitlements`
   * and whose installation it is.
   */
  readonly partial?: boolean;
}

/** Starts a Discord on the loopback: the REST interface and the gateway, with one server and one channel `#homelab`. */
export async function startDiscordDouble(options: DiscordDoubleOptions = {}): Promise<DiscordDouble> {
  const double = new DiscordDouble(options);
  await double.listen();
  return double;
}

/**
 * A Discord that real client libraries can talk to, with the rules of the documentation and the power to misbehave on
 * command. Nothing in it knows of Chiffon.
 */
export class DiscordDouble {
  readonly token: string;
  readonly guild: Guild;
  readonly channel: Channel;
  readonly #world: World;
  readonly #rules: RestRules & GatewayRules;
  readonly #gateway: GatewayServer;
  readonly #rest: RestServer;
  readonly #interactions: Interactions;
  readonly #desk: MessageDesk;
  readonly #limits: RateLimits;
  readonly #partial: boolean;
  readonly #sockets = new Set<Socket>();
  readonly #events: { readonly type: string; readonly data: unknown; readonly needs: number }[] = [];
  #server: Server | null = null;
  #port = 0;

  constructor(options: DiscordDoubleOptions) {
    this.#world = new World(options.botName ?? 'Chiffon');
    this.token = options.token ?? `${Buffer.from(this.#world.bot.id).toString('base64url')}.double.token`;
    this.#rules = {
      token: this.token,
      allowedIntents: options.messageContentAllowed === true ? intents.messageContent : 0,
      heartbeatMs: options.heartbeatMs ?? 41_250,
      up: true,
      followUps: true,
      loseAnswers: 0,
    };
    this.#partial = options.partial ?? false;
    this.#limits = new RateLimits(options.limits ?? wideLimits);
    this.#desk = new MessageDesk(this.#world);
    this.#interactions = new Interactions(this.#world);
    this.#gateway = new GatewayServer(this.#world, this.#rules);
    this.#rest = new RestServer({
      world: this.#world,
      rules: this.#rules,
      desk: this.#desk,
      interactions: this.#interactions,
      gateway: this.#gateway,
      limits: this.#limits,
    });
    this.guild = { id: this.#world.freshId(), name: 'Home', permissions: usual, present: true };
    // The next number is the bot's role.
    this.#world.freshId();
    this.#world.guilds.set(this.guild.id, this.guild);
    this.channel = this.addChannel('homelab');
  }

  /** Where the client's REST interface is to point: `http://127.0.0.1:…/api`. */
  get apiUrl(): string {
    return `http://127.0.0.1:${this.#port}/api`;
  }

  get bot(): User {
    return this.#world.bot;
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      this.#rest.handle(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#gateway.attach(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    this.#rest.gatewayUrl = `ws://127.0.0.1:${this.#port}/gateway`;
    this.#gateway.resumeUrl = this.#rest.gatewayUrl;
  }

  async stop(): Promise<void> {
    this.#gateway.stop();
    await this.#stopListening();
  }

  // ── People and places ──────────────────────────────────────────────────────────────────────────────────────────

  /** Somebody with an account; the same name is the same person. */
  user(name: string): User {
    for (const user of this.#world.users.values()) if (user.name === name && !user.bot) return user;
    const user: User = { id: this.#world.freshId(), name, bot: false };
    this.#world.users.set(user.id, user);
    return user;
  }

  /** Another bot, whatever it calls itself. */
  otherBot(name: string): User {
    const user: User = { id: this.#world.freshId(), name, bot: true };
    this.#world.users.set(user.id, user);
    return user;
  }

  addChannel(name: string): Channel {
    const channel = this.#newChannel({ type: 0, name, guild: this.guild.id });
    this.#gateway.dispatch('CHANNEL_CREATE', this.#world.wireChannel(channel), intents.guilds);
    return channel;
  }

  /** The direct messages between somebody and the bot. */
  direct(user: User): Channel {
    for (const channel of this.#world.channels.values())
      if (channel.recipient?.id === user.id) return channel;
    return this.#newChannel({ type: 1, name: '', guild: null, recipient: user });
  }

  /** A channel or thread by its id. */
  place(id: string): Channel {
    const channel = this.#world.channels.get(id);
    if (channel === undefined) throw new Error(`there is no channel ${id}`);
    return channel;
  }

  threads(parent: Channel = this.channel): Channel[] {
    return [...this.#world.channels.values()].filter(
      (channel) => channel.parent === parent.id && !channel.deleted,
    );
  }

  /** What the bot may not do in a channel any more; `permissionBits` has the names. */
  deny(channel: Channel, bits: bigint): void {
    channel.denied |= bits;
    this.#tell('CHANNEL_UPDATE', this.#world.wireChannel(channel), intents.guilds);
  }

  /** What the bot's role may do in the server from now on. */
  permit(bits: bigint): void {
    this.guild.permissions = bits;
    const role = (this.#gateway.wireGuild(this.guild)['roles'] as unknown[])[1];
    this.#tell('GUILD_ROLE_UPDATE', { guild_id: this.guild.id, role }, intents.guilds);
  }

  // ── What people do ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Somebody writes. `mention` puts the bot's name in front; `to` is a channel, thread or direct message. */
  say(
    user: User,
    to: Channel,
    text: string,
    more: {
      readonly mention?: boolean;
      readonly replyTo?: StoredMessage;
      readonly webhook?: boolean;
      readonly type?: number;
    } = {},
  ): StoredMessage {
    const content = more.mention === true ? `<@${this.bot.id}> ${text}` : text;
    const message: StoredMessage = {
      id: this.#world.freshId(),
      channel: to.id,
      author: user,
      type: more.type ?? (more.replyTo === undefined ? 0 : 19),
      createdAt: this.#world.now(),
      editedAt: null,
      edits: 0,
      content,
      flags: 0,
      components: [],
      files: [],
      called: [
        ...new Set([
          ...[...content.matchAll(/<@!?(\d+)>/g)].map((match) => match[1] ?? ''),
          ...(more.replyTo === undefined ? [] : [more.replyTo.author.id]),
        ]),
      ],
      allowedMentions: null,
      nonce: null,
      repliesTo: more.replyTo?.id ?? null,
      onlyFor: null,
      webhook: more.webhook ?? false,
      thinking: false,
    };
    this.#world.messages.set(message.id, message);
    if (to.type === 11) to.archived = false;
    this.#rest.announce(message);
    const wire = this.#world.wireMessage(message);
    this.#events.push({ type: 'MESSAGE_CREATE', data: wire, needs: 0 });
    this.#world.changed();
    return message;
  }

  /** Somebody changes what they wrote. */
  editSaid(message: StoredMessage, text: string): void {
    message.content = text;
    message.editedAt = this.#world.now();
    this.#tell('MESSAGE_UPDATE', this.#world.wireMessage(message), 0);
  }

  /** Presses the button with this label or custom id; throws when the message has none or it is off. */
  press(user: User, message: StoredMessage, button: string): Interaction {
    const found = componentsOf(message).find(
      (component) =>
        component.type === kinds.button && (component.label === button || component.custom_id === button),
    );
    if (found?.custom_id === undefined || found.disabled === true)
      throw new Error(`there is no button “${button}” on:\n${this.seen(message)}`);
    return this.pressId(user, message, found.custom_id);
  }

  /** Presses a button with any custom id, also one that isn't there: what a forger would send. */
  pressId(user: User, message: StoredMessage, customId: string): Interaction {
    return this.#interact(
      { type: 3, user, channel: message.channel, message },
      { component_type: 2, custom_id: customId },
    );
  }

  /** Picks an option of the menu by its label. */
  pick(user: User, message: StoredMessage, label: string): Interaction {
    const menu = componentsOf(message).find((component) => component.type === kinds.select);
    const option = menu?.options?.find((candidate) => candidate.label === label);
    if (menu === undefined || option === undefined)
      throw new Error(`there is no choice “${label}” on:\n${this.seen(message)}`);
    return this.#interact(
      { type: 3, user, channel: message.channel, message },
      { component_type: 3, custom_id: menu.custom_id, values: [option.value] },
    );
  }

  /** Fills in the form an interaction opened and sends it. */
  submit(opened: Interaction, values: Readonly<Record<string, string>>): Interaction {
    const { modal } = opened;
    if (modal === null) throw new Error('no form was opened');
    const components = modal.components.map((row) => ({
      type: 1,
      components: (row.components ?? []).map((field) => ({
        type: 4,
        custom_id: field.custom_id,
        value: values[field.custom_id ?? ''] ?? '',
      })),
    }));
    return this.#interact(
      { type: 5, user: opened.user, channel: opened.channel, message: opened.message },
      { custom_id: modal.custom_id, components },
    );
  }

  /** Runs a slash command; throws when it isn't registered or an option isn't. */
  slash(
    user: User,
    to: Channel,
    name: string,
    options: Readonly<Record<string, string | number>> = {},
  ): Interaction {
    const command = this.#command(name);
    return this.#interact(
      { type: 2, user, channel: to.id, message: null },
      { ...command, options: wireOptions(command.wire, options) },
    );
  }

  /** What is offered while somebody types into an option. */
  complete(user: User, to: Channel, name: string, focused: string, typed: string): Interaction {
    const command = this.#command(name);
    const [option] = wireOptions(command.wire, { [focused]: typed });
    return this.#interact(
      { type: 4, user, channel: to.id, message: null },
      { ...command, options: [{ ...option, value: typed, focused: true }] },
    );
  }

  // ── What Discord does ──────────────────────────────────────────────────────────────────────────────────────────

  /** Delivers the last event once more, as the gateway may. */
  deliverTwice(): void {
    const last = this.#events.at(-1);
    if (last !== undefined) this.#gateway.dispatch(last.type, last.data, last.needs);
  }

  /** Sends any event as it is. */
  dispatch(type: string, data: unknown): void {
    this.#gateway.dispatch(type, data);
  }

  /** Breaks the line to the gateway; what happens meanwhile is told when the session is taken up again. */
  dropGateway(): void {
    this.#gateway.drop();
  }

  askToReconnect(): void {
    this.#gateway.askToReconnect();
  }

  /** Sessions can't be taken up any more: clients have to start new ones. */
  forgetSessions(): void {
    this.#gateway.forgetSessions();
  }

  closeGateway(code: number): void {
    this.#gateway.closeAll(code);
  }

  /** Is away: refuses connections, or answers 503 to everything. */
  async goDown(how: 'refusing' | '503' = 'refusing'): Promise<void> {
    this.#rules.up = false;
    this.#gateway.drop();
    if (how === 'refusing') await this.#stopListening();
  }

  async comeBack(): Promise<void> {
    this.#rules.up = true;
    if (this.#server === null) await this.listen();
  }

  deleteMessage(message: StoredMessage): void {
    this.#world.messages.delete(message.id);
    this.#tell('MESSAGE_DELETE', { id: message.id, channel_id: message.channel, guild_id: this.guild.id }, 0);
  }

  /** Deletes a thread, or a channel with its threads. */
  deleteChannel(channel: Channel): void {
    channel.deleted = true;
    for (const thread of this.threads(channel)) thread.deleted = true;
    this.#tell(
      channel.type === 11 ? 'THREAD_DELETE' : 'CHANNEL_DELETE',
      this.#world.wireChannel(channel),
      intents.guilds,
    );
  }

  archive(thread: Channel, locked = false): void {
    thread.archived = true;
    thread.locked = locked;
    this.#tell('THREAD_UPDATE', this.#world.wireChannel(thread), intents.guilds);
  }

  kick(): void {
    this.guild.present = false;
    this.#tell('GUILD_DELETE', { id: this.guild.id }, intents.guilds);
  }

  inviteAgain(): void {
    this.guild.present = true;
    this.#tell('GUILD_CREATE', this.#gateway.wireGuild(this.guild), intents.guilds);
  }

  /** The token is worth nothing any more: calls answer 401, the gateway closes with 4004. */
  revokeToken(): void {
    this.#rules.token = 'revoked';
    this.#gateway.closeAll(4004);
  }

  restoreToken(): void {
    this.#rules.token = this.token;
  }

  allowMessageContent(): void {
    this.#rules.allowedIntents |= intents.messageContent;
  }

  /** Follow-ups and @original aren't there, as on servers that speak only part of the language. */
  withoutFollowUps(): void {
    this.#rules.followUps = false;
  }

  /** The next posts are carried out but nobody hears so. */
  loseAnswers(posts: number): void {
    this.#rules.loseAnswers = posts;
  }

  setLimits(limits: Limits): void {
    this.#limits.set(limits);
  }

  /** A bucket is used up for so long: `POST /channels/:id/messages` of a channel, say. */
  exhaust(route: string, channel: Channel, forMs: number): void {
    this.#limits.exhaust(route, channel.id, forMs);
  }

  /** Lets time pass: for the three seconds, the fifteen minutes, nonces and old messages. */
  advance(ms: number): void {
    this.#world.skew += ms;
  }

  // ── What can be seen ───────────────────────────────────────────────────────────────────────────────────────────

  messages(channel: Channel = this.channel): StoredMessage[] {
    return this.#world.messagesIn(channel.id);
  }

  message(id: string): StoredMessage {
    const message = this.#world.messages.get(id);
    if (message === undefined) throw new Error(`there is no message ${id}`);
    return message;
  }

  /** The last message of the bot in a place that everybody sees. */
  lastOfBot(channel: Channel = this.channel): StoredMessage | null {
    return (
      this.messages(channel).findLast(
        (message) => message.author.id === this.bot.id && message.onlyFor === null,
      ) ?? null
    );
  }

  /** The labels of the buttons on a message, in order. */
  buttons(message: StoredMessage): string[] {
    return componentsOf(message).flatMap((component) =>
      component.type === kinds.button && component.label !== undefined ? [component.label] : [],
    );
  }

  /** A message as a person reads it. */
  seen(message: StoredMessage): string {
    return messageSeen(this.#world, message);
  }

  /** A channel or thread as a person reads it. */
  transcript(channel: Channel = this.channel): string {
    return transcript(this.#world, channel.id);
  }

  /** What somebody's phone showed, oldest first. */
  phone(user: User): Push[] {
    return this.#world.pushes.filter((push) => push.to.id === user.id);
  }

  /** What was said to the person alone in answer to an interaction, as they read it. */
  told(interaction: Interaction): string[] {
    return interaction.told
      .filter((message) => this.#world.messages.has(message.id) && !message.thinking)
      .map((message) => named(this.#world, message.content.replace(/\\([^0-9A-Za-z\s])/g, '$1')));
  }

  isV2(message: StoredMessage): boolean {
    return (message.flags & flags.componentsV2) !== 0;
  }

  /** Every REST call so far. */
  get calls(): readonly Call[] {
    return this.#rest.calls;
  }

  /** How many calls there were to a route (`PATCH /channels/:id/messages/:id`), or to all. */
  callCount(route?: string): number {
    return route === undefined ? this.calls.length : this.calls.filter((call) => call.route === route).length;
  }

  /** How many calls were answered with a status. */
  answered(status: number): number {
    return this.calls.filter((call) => call.status === status).length;
  }

  get slashCommands(): readonly WireCommand[] {
    return this.#rest.commands.get(this.guild.id) ?? [];
  }

  get commandWrites(): number {
    return this.#rest.commandWrites;
  }

  /** Someone changes the registered commands elsewhere. */
  setSlashCommands(commands: WireCommand[]): void {
    this.#rest.commands.set(this.guild.id, commands);
  }

  get typing(): number {
    return this.#rest.typing;
  }

  get gateway(): {
    readonly connected: number;
    readonly identifies: number;
    readonly resumes: number;
    readonly heartbeats: number;
  } {
    const { identifies, resumes, heartbeats } = this.#gateway;
    return { connected: this.#gateway.connected(), identifies, resumes, heartbeats };
  }

  /** Waits until something is so; looks whenever anything changed. Fails with `what` after some seconds. */
  async until<T>(look: () => T | null | undefined | false, what: string, withinMs = 8_000): Promise<T> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const found = look();
      if (found !== null && found !== undefined && found !== false) return found;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`waited ${withinMs} ms in vain until ${what}\n${this.transcript()}`);
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          this.#world.off('change', done);
          resolve();
        };
        const timer = setTimeout(done, Math.min(left, 50));
        this.#world.once('change', done);
      });
    }
  }

  // ── Within ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #newChannel(of: Pick<Channel, 'type' | 'name' | 'guild'> & { readonly recipient?: User }): Channel {
    const channel: Channel = {
      id: this.#world.freshId(),
      parent: null,
      owner: null,
      archived: false,
      locked: false,
      denied: 0n,
      deleted: false,
      ...of,
      recipient: of.recipient ?? null,
    };
    this.#world.channels.set(channel.id, channel);
    return channel;
  }

  #command(name: string): {
    readonly id: string;
    readonly name: string;
    readonly type: 1;
    readonly wire: WireCommand;
  } {
    const wire = this.slashCommands.find((command) => command.name === name);
    if (wire === undefined)
      throw new Error(
        `there is no /${name}; there are ${this.slashCommands.map((command) => command.name).join(', ')}`,
      );
    return { id: wire.id ?? '', name, type: 1, wire };
  }

  #interact(
    of: Pick<Interaction, 'type' | 'user' | 'channel' | 'message'>,
    data: Record<string, unknown>,
  ): Interaction {
    const interaction = this.#interactions.create(of);
    const channel = this.place(of.channel);
    if (of.type === 2 && channel.archived) throw new Error('Discord offers no commands in archived threads');
    const { wire: _, ...plain } = data;
    const user = wireUser(of.user);
    const who =
      channel.guild === null
        ? { user }
        : {
            guild_id: channel.guild,
            member: {
              user,
              roles: [],
              joined_at: new Date(0).toISOString(),
              permissions: '0',
              deaf: false,
              mute: false,
              flags: 0,
            },
          };
    const event = {
      id: interaction.id,
      application_id: this.#world.application,
      type: interaction.type,
      token: interaction.token,
      version: 1,
      channel_id: channel.id,
      locale: 'en-GB',
      ...who,
      data: plain,
      ...(of.message === null ? {} : { message: this.#world.wireMessage(of.message) }),
      ...(this.#partial
        ? { channel_id: of.message === null ? channel.id : undefined }
        : {
            channel: this.#world.wireChannel(channel),
            app_permissions: everything.toString(),
            entitlements: [],
            authorizing_integration_owners: { '0': this.guild.id },
            attachment_size_limit: 10 * 1024 * 1024,
            context: channel.guild === null ? 1 : 0,
          }),
    };
    this.#tell('INTERACTION_CREATE', event, 0);
    return interaction;
  }

  #tell(type: string, data: unknown, needs: number): void {
    this.#events.push({ type, data, needs });
    this.#gateway.dispatch(type, data, needs);
    this.#world.changed();
  }

  async #stopListening(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }
}

/** All components of a message, also those within others. */
function componentsOf(message: StoredMessage): Component[] {
  const flat = (component: Component): Component[] => [
    component,
    ...(component.components ?? []).flatMap(flat),
  ];
  return message.components.flatMap(flat);
}

function wireOptions(
  command: WireCommand,
  given: Readonly<Record<string, string | number>>,
): { readonly name: string; readonly type: number; readonly value: string | number }[] {
  return Object.entries(given).map(([name, value]) => {
    const option = command.options?.find((candidate) => candidate.name === name);
    if (option === undefined) throw new Error(`/${command.name} has no option ${name}`);
    return { name, type: option.type, value };
  });
}
