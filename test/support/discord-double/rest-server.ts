import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, badForm, refused, unknown } from './api-error.ts';
import { checkCommands, type WireCommand } from './command-rules.ts';
import type { GatewayServer } from './gateway-server.ts';
import type { Interactions } from './interactions.ts';
import type { MessageDesk, Upload } from './message-desk.ts';
import { flags } from './message-rules.ts';
import type { RateLimits } from './rate-limits.ts';
import { type Channel, permissionBits, type StoredMessage, type World, wireUser } from './world.ts';

/** One call as it came in, for tests to count and to look at. */
export interface Call {
  readonly at: number;
  readonly method: string;
  /** With ids as `:id`. */
  readonly route: string;
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

export interface RestRules {
  token: string;
  /** Without the Message Content intent words are shown by the REST interface as little as by the gateway. */
  allowedIntents: number;
  /** Up; or every call answers 503. */
  up: boolean;
  /** False: `/webhooks/…` is not there, as on servers that speak only part of the language. */
  followUps: boolean;
  /** The next so many posts are carried out but their answer gets lost. */
  loseAnswers: number;
}

interface Asked {
  readonly ids: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly files: readonly Upload[];
}

interface Route {
  readonly method: string;
  readonly route: string;
  readonly pattern: RegExp;
  /** Without a token in the header: the address itself is the key. */
  readonly open?: boolean;
  readonly answer: (asked: Asked) => unknown;
}

/** The REST interface under /api/v10, as strict as the documentation. */
export class RestServer {
  readonly calls: Call[] = [];
  readonly commands = new Map<string, WireCommand[]>();
  /** How often slash commands were written. */
  commandWrites = 0;
  typing = 0;
  readonly #world: World;
  readonly #rules: RestRules;
  readonly #desk: MessageDesk;
  readonly #interactions: Interactions;
  readonly #gateway: GatewayServer;
  readonly #limits: RateLimits;
  readonly #routes: readonly Route[];
  gatewayUrl = '';

  constructor(parts: {
    readonly world: World;
    readonly rules: RestRules;
    readonly desk: MessageDesk;
    readonly interactions: Interactions;
    readonly gateway: GatewayServer;
    readonly limits: RateLimits;
  }) {
    this.#world = parts.world;
    this.#rules = parts.rules;
    this.#desk = parts.desk;
    this.#interactions = parts.interactions;
    this.#gateway = parts.gateway;
    this.#limits = parts.limits;
    this.#routes = [
      ...this.#plainRoutes(),
      ...this.#channelRoutes(),
      ...this.#interactionRoutes(),
      ...this.#commandRoutes(),
    ];
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://double');
    const method = request.method ?? 'GET';
    const path = url.pathname.replace(/^\/api\/v10/, '');
    const { body, files } = await readBody(request);
    const found = url.pathname.startsWith('/api/v10/') ? this.#find(method, path) : null;
    let status = 200;
    let answer: unknown;
    let headers: Record<string, string> = {};
    try {
      if (!this.#rules.up) throw new ApiError(503, 0, 'Service Unavailable');
      if (found === null) throw unknown.route();
      const { route, ids } = found;
      const authorized = request.headers.authorization === `Bot ${this.#rules.token}`;
      if (route.open !== true && !authorized) throw refused.token();
      if (route.open !== true || !route.route.includes('/callback'))
        headers = this.#limits.take(route.route, ids[0] ?? '');
      answer = route.answer({ ids, query: url.searchParams, body, files });
      if (answer === undefined) status = 204;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      status = error.status;
      answer = error.body();
      headers = { ...headers, ...error.headers };
    }
    this.calls.push({
      at: this.#world.now(),
      method,
      route: found?.route.route ?? `${method} ?`,
      path,
      status,
      body,
    });
    this.#world.changed();
    if (this.#rules.loseAnswers > 0 && method === 'POST' && status === 200) {
      this.#rules.loseAnswers -= 1;
      request.socket.destroy();
      return;
    }
    const text = answer === undefined ? '' : JSON.stringify(answer);
    response.writeHead(status, {
      ...headers,
      ...(text === '' ? {} : { 'content-type': 'application/json' }),
    });
    response.end(text);
  }

  #find(method: string, path: string): { readonly route: Route; readonly ids: readonly string[] } | null {
    for (const route of this.#routes) {
      const match = route.method === method ? route.pattern.exec(path) : null;
      if (match !== null) return { route, ids: match.slice(1).map((part) => decodeURIComponent(part)) };
    }
    return null;
  }

  #plainRoutes(): Route[] {
    return [
      route('GET /gateway/bot', () => ({
        url: this.gatewayUrl,
        shards: 1,
        session_start_limit: {
          total: 1_000,
          remaining: Math.max(0, 1_000 - this.#gateway.identifies),
          reset_after: 86_400_000,
          max_concurrency: 1,
        },
      })),
      route('GET /users/@me', () => wireUser(this.#world.bot)),
      route('GET /applications/@me', () => ({
        id: this.#world.application,
        name: this.#world.bot.name,
        flags: 0,
      })),
    ];
  }

  #channelRoutes(): Route[] {
    const world = this.#world;
    return [
      route('GET /channels/:id', ({ ids }) => world.wireChannel(this.#channel(ids[0]))),
      route('PATCH /channels/:id', ({ ids, body }) => {
        const channel = this.#channel(ids[0]);
        const change = (body ?? {}) as { archived?: boolean; locked?: boolean; name?: string };
        if (channel.type === 11) {
          const may = channel.locked ? permissionBits.manageThreads : permissionBits.sendMessagesInThreads;
          if (!world.allows(channel, may)) throw refused.permissions();
        }
        if (change.name !== undefined) channel.name = threadName(change.name);
        if (change.archived !== undefined) channel.archived = change.archived;
        if (change.locked !== undefined) channel.locked = change.locked;
        const wire = world.wireChannel(channel);
        this.#gateway.dispatch(channel.type === 11 ? 'THREAD_UPDATE' : 'CHANNEL_UPDATE', wire, 1);
        return wire;
      }),
      route('POST /channels/:id/typing', ({ ids }) => {
        this.#channel(ids[0]);
        this.typing += 1;
        return undefined;
      }),
      route('GET /channels/:id/messages', ({ ids, query }) => {
        const channel = this.#channel(ids[0]);
        if (!world.allows(channel, permissionBits.readMessageHistory)) throw refused.permissions();
        const limit = Number(query.get('limit') ?? 50);
        if (!(limit >= 1 && limit <= 100))
          throw badForm('limit', 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.');
        const after = BigInt(query.get('after') ?? 0);
        return world
          .messagesIn(channel.id)
          .filter((message) => message.onlyFor === null && BigInt(message.id) > after)
          .slice(-limit)
          .reverse()
          .map((message) => this.#shown(channel, message));
      }),
      route('POST /channels/:id/messages', ({ ids, body, files }) => {
        const channel = this.#channel(ids[0]);
        this.#desk.mayPost(channel);
        if (files.length > 0 && !world.allows(channel, permissionBits.attachFiles))
          throw refused.permissions();
        const { message, fresh } = this.#desk.post(channel, world.bot, body, files, {
          mostFlags: flags.suppressEmbeds | flags.quiet | flags.componentsV2,
        });
        if (fresh) this.announce(message);
        return { ...world.wireMessage(message), nonce: message.nonce };
      }),
      route('GET /channels/:id/messages/:id', ({ ids }) =>
        this.#shown(this.#channel(ids[0]), this.#desk.find(this.#channel(ids[0]), ids[1] ?? '')),
      ),
      route('PATCH /channels/:id/messages/:id', ({ ids, body, files }) => {
        const channel = this.#channel(ids[0]);
        const message = this.#desk.find(channel, ids[1] ?? '');
        if (message.author.id !== world.bot.id)
          throw new ApiError(403, 50_005, 'Cannot edit a message authored by another user');
        if (channel.archived) throw new ApiError(400, 50_083, 'Thread is archived');
        this.#desk.edit(message, body, files);
        const wire = world.wireMessage(message);
        this.#gateway.dispatch('MESSAGE_UPDATE', wire, messageIntent(channel));
        return wire;
      }),
      route('DELETE /channels/:id/messages/:id', ({ ids }) => {
        const channel = this.#channel(ids[0]);
        const message = this.#desk.find(channel, ids[1] ?? '');
        world.messages.delete(message.id);
        this.#gateway.dispatch(
          'MESSAGE_DELETE',
          { id: message.id, channel_id: channel.id, guild_id: channel.guild },
          messageIntent(channel),
        );
        return undefined;
      }),
      route('POST /channels/:id/messages/:id/threads', ({ ids, body }) => {
        const channel = this.#channel(ids[0]);
        const message = this.#desk.find(channel, ids[1] ?? '');
        return this.#openThread(channel, message.id, body);
      }),
      route('POST /channels/:id/threads', ({ ids, body }) =>
        this.#openThread(this.#channel(ids[0]), world.freshId(), body),
      ),
    ];
  }

  #openThread(parent: Channel, id: string, body: unknown): unknown {
    const world = this.#world;
    if (parent.type !== 0) throw new ApiError(400, 50_024, 'Cannot execute action on this channel type');
    if (!world.allows(parent, permissionBits.createPublicThreads)) throw refused.permissions();
    const there = world.channels.get(id);
    if (there !== undefined && !there.deleted)
      throw new ApiError(400, 160_004, 'A thread has already been created for this message');
    const { name, auto_archive_duration: archive } = (body ?? {}) as {
      name?: string;
      auto_archive_duration?: number;
    };
    if (archive !== undefined && ![60, 1_440, 4_320, 10_080].includes(archive))
      throw badForm(
        'auto_archive_duration',
        'BASE_TYPE_CHOICES',
        'Value must be one of {60, 1440, 4320, 10080}.',
      );
    const thread: Channel = {
      id,
      type: 11,
      name: threadName(name),
      guild: parent.guild,
      parent: parent.id,
      owner: world.bot.id,
      recipient: null,
      archived: false,
      locked: false,
      denied: 0n,
      deleted: false,
    };
    world.channels.set(id, thread);
    const wire = world.wireChannel(thread);
    this.#gateway.dispatch('THREAD_CREATE', { ...wire, newly_created: true }, 1);
    return wire;
  }

  #interactionRoutes(): Route[] {
    const world = this.#world;
    const most = flags.ephemeral | flags.suppressEmbeds | flags.quiet | flags.componentsV2;
    const webhooks = (): void => {
      if (!this.#rules.followUps) throw unknown.route();
    };
    return [
      route(
        'POST /interactions/:id/:id/callback',
        ({ ids, body, files }) => {
          const [id = '', token = ''] = ids;
          this.#interactions.answer(id, token, body, {
            post: (data, mostFlags) => this.#answerMessage(token, data, files, mostFlags),
            update: (message, data) => this.#desk.edit(message, data, files),
          });
          return undefined;
        },
        true,
      ),
      route(
        'POST /webhooks/:id/:id',
        ({ ids, body, files }) => {
          webhooks();
          const [application = '', token = ''] = ids;
          const interaction = this.#interactions.ofToken(application, token);
          const message = this.#answerMessage(token, body, files, most);
          if (message.onlyFor !== null) interaction.told.push(message);
          world.changed();
          return world.wireMessage(message);
        },
        true,
      ),
      route(
        'GET /webhooks/:id/:id/messages/@original',
        ({ ids }) => {
          webhooks();
          return world.wireMessage(this.#original(ids));
        },
        true,
      ),
      route(
        'PATCH /webhooks/:id/:id/messages/@original',
        ({ ids, body, files }) => {
          webhooks();
          const message = this.#original(ids);
          this.#desk.edit(message, body, files);
          return world.wireMessage(message);
        },
        true,
      ),
      route(
        'DELETE /webhooks/:id/:id/messages/@original',
        ({ ids }) => {
          webhooks();
          world.messages.delete(this.#original(ids).id);
          return undefined;
        },
        true,
      ),
    ];
  }

  #original(ids: readonly string[]): StoredMessage {
    const { original } = this.#interactions.ofToken(ids[0] ?? '', ids[1] ?? '');
    if (original === null || !this.#world.messages.has(original.id)) throw unknown.message();
    return original;
  }

  /** A message that answers an interaction, for the person alone when the flag says so. */
  #answerMessage(token: string, body: unknown, files: readonly Upload[], mostFlags: number): StoredMessage {
    const world = this.#world;
    const interaction = this.#interactions.peek(token);
    const given = ((body ?? {}) as { flags?: number }).flags ?? 0;
    const channel = world.channels.get(interaction?.channel ?? '');
    if (interaction === undefined || channel === undefined) throw unknown.webhook();
    return this.#desk.post(channel, world.bot, body, files, {
      mostFlags,
      ...((given & flags.ephemeral) === 0 ? {} : { onlyFor: interaction.user }),
      webhook: true,
    }).message;
  }

  #commandRoutes(): Route[] {
    const list = (guild: string | undefined): WireCommand[] => {
      if (guild === undefined || this.#world.guilds.get(guild)?.present !== true) throw refused.access();
      return this.commands.get(guild) ?? [];
    };
    const write = (guild: string | undefined, commands: WireCommand[]): WireCommand[] => {
      list(guild);
      checkCommands(commands);
      this.commandWrites += 1;
      this.commands.set(guild ?? '', commands);
      return commands;
    };
    const kept = (command: WireCommand): WireCommand => ({
      version: '1',
      application_id: this.#world.application,
      default_member_permissions: null,
      nsfw: false,
      ...JSON.parse(
        JSON.stringify(command, (key, value) =>
          (key === 'required' || key === 'autocomplete') && value === false ? undefined : value,
        ),
      ),
      id: command.id ?? this.#world.freshId(),
    });
    const base = '/applications/:id/guilds/:id/commands';
    return [
      route(`GET ${base}`, ({ ids }) => list(ids[1])),
      route(`PUT ${base}`, ({ ids, body }) => write(ids[1], (body as WireCommand[]).map(kept))),
      route(`POST ${base}`, ({ ids, body }) => {
        const command = kept(body as WireCommand);
        write(ids[1], [...list(ids[1]).filter((other) => other.name !== command.name), command]);
        return command;
      }),
      route(`PATCH ${base}/:id`, ({ ids, body }) => {
        const all = list(ids[1]).map((command) =>
          command.id === ids[2] ? kept({ ...command, ...(body as WireCommand) }) : command,
        );
        return write(ids[1], all).find((command) => command.id === ids[2]);
      }),
      route(`DELETE ${base}/:id`, ({ ids }) => {
        write(
          ids[1],
          list(ids[1]).filter((command) => command.id !== ids[2]),
        );
        return undefined;
      }),
    ];
  }

  /** A message read on demand; without the name of the server, and without words the application may not read. */
  #shown(channel: Channel, message: StoredMessage): Record<string, unknown> {
    const { guild_id: _, ...wire } = this.#world.wireMessage(message);
    const readable =
      channel.guild === null ||
      message.author.id === this.#world.bot.id ||
      message.called.includes(this.#world.bot.id) ||
      (this.#rules.allowedIntents & (1 << 15)) !== 0;
    return readable ? wire : { ...wire, content: '', attachments: [], components: [] };
  }

  /** Tells the gateway of a message; its words only to whom they are shown. */
  announce(message: StoredMessage): void {
    const world = this.#world;
    const channel = world.channels.get(message.channel);
    if (channel === undefined || message.onlyFor !== null) return;
    const wire = {
      ...world.wireMessage(message),
      ...(message.nonce === null ? {} : { nonce: message.nonce }),
    };
    const shown =
      channel.guild === null || message.author.id === world.bot.id || message.called.includes(world.bot.id);
    this.#gateway.dispatch('MESSAGE_CREATE', wire, messageIntent(channel), (session) =>
      shown || (session.intents & (1 << 15)) !== 0
        ? wire
        : { ...wire, content: '', embeds: [], attachments: [], components: [] },
    );
  }

  #channel(id: string | undefined): Channel {
    const channel = this.#world.channels.get(id ?? '');
    if (channel === undefined || channel.deleted) throw unknown.channel();
    if (channel.guild !== null && this.#world.guilds.get(channel.guild)?.present !== true)
      throw refused.access();
    if (!this.#world.allows(channel, permissionBits.viewChannel)) throw refused.access();
    return channel;
  }
}

function messageIntent(channel: Channel): number {
  return channel.guild === null ? 1 << 12 : 1 << 9;
}

function threadName(name: unknown): string {
  if (typeof name !== 'string' || name.length < 1 || name.length > 100)
    throw badForm('name', 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.');
  return name;
}

function route(what: string, answer: Route['answer'], open = false): Route {
  const [method = '', path = ''] = what.split(' ');
  const pattern = new RegExp(`^${path.replace(/:id/g, '([^/]+)')}$`);
  return { method, route: what, pattern, answer, open };
}

async function readBody(
  request: IncomingMessage,
): Promise<{ readonly body: unknown; readonly files: readonly Upload[] }> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  const type = request.headers['content-type'] ?? '';
  if (bytes.length === 0) return { body: undefined, files: [] };
  if (!type.startsWith('multipart/form-data')) return { body: JSON.parse(bytes.toString('utf8')), files: [] };
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  const payload = form.get('payload_json');
  const files: Upload[] = [];
  for (const [key, value] of form.entries())
    if (key.startsWith('files[') && typeof value !== 'string')
      files.push({ filename: value.name, content: Buffer.from(await value.arrayBuffer()) });
  return { body: typeof payload === 'string' ? JSON.parse(payload) : undefined, files };
}
