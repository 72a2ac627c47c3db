import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { type Channel, everything, type Guild, type World, wireUser } from './world.ts';

/** Bits of intents, as Discord numbers them. */
export const intents = {
  guilds: 1 << 0,
  guildMessages: 1 << 9,
  directMessages: 1 << 12,
  messageContent: 1 << 15,
} as const;

/** Privileged ones: guild members, presences, message content. */
const privileged = (1 << 1) | (1 << 8) | intents.messageContent;

const Payload = z.looseObject({ op: z.number(), d: z.unknown() });
const Identify = z.looseObject({
  token: z.string(),
  intents: z.number().int(),
  properties: z.looseObject({}),
});
const Resume = z.looseObject({ token: z.string(), session_id: z.string(), seq: z.number() });

interface Session {
  readonly id: string;
  readonly intents: number;
  readonly events: { readonly s: number; readonly text: string }[];
  socket: WebSocket | null;
}

/** What the double may be told about its gateway. */
export interface GatewayRules {
  token: string;
  /** Privileged intents the application may use. */
  allowedIntents: number;
  heartbeatMs: number;
  /** Up, or refusing every connection with 503. */
  up: boolean;
}

/** The gateway: sessions, events with numbers, heartbeats, and what was missed when a session is taken up again. */
export class GatewayServer {
  readonly #world: World;
  readonly #rules: GatewayRules;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #sessions = new Map<string, Session>();
  readonly #sockets = new Set<WebSocket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** How often a new session was asked for, was taken up again, and a heartbeat came. */
  identifies = 0;
  resumes = 0;
  heartbeats = 0;

  constructor(world: World, rules: GatewayRules) {
    this.#world = world;
    this.#rules = rules;
  }

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (!this.#rules.up) {
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
        return;
      }
      this.#server.handleUpgrade(request, socket, head, (client) => this.#greet(client));
    });
  }

  /** How many clients listen. */
  connected(): number {
    return [...this.#sessions.values()].filter((session) => session.socket !== null).length;
  }

  /** Tells every session whose intents cover it; `needs` 0 is told to all. */
  dispatch(
    type: string,
    data: unknown,
    needs = 0,
    forSession?: (session: { intents: number }) => unknown,
  ): void {
    for (const session of this.#sessions.values()) {
      if ((session.intents & needs) !== needs) continue;
      this.#send(session, type, forSession === undefined ? data : forSession(session));
    }
  }

  /** Drops the line without a word, as a broken network does; sessions can be taken up again. */
  drop(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  /** Asks clients to reconnect (opcode 7). */
  askToReconnect(): void {
    for (const socket of this.#sockets) socket.send(JSON.stringify({ op: 7, d: null, s: null, t: null }));
  }

  /** Forgets every session: who comes back gets opcode 9 and starts anew. */
  forgetSessions(): void {
    for (const session of this.#sessions.values()) session.socket?.close(4009);
    this.#sessions.clear();
  }

  closeAll(code: number): void {
    for (const socket of this.#sockets) socket.close(code);
    this.#sessions.clear();
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of this.#sockets) socket.terminate();
    this.#server.close();
  }

  #greet(socket: WebSocket): void {
    this.#sockets.add(socket);
    let session: Session | null = null;
    let lastBeat = Date.now();
    const watch = setInterval(() => {
      if (Date.now() - lastBeat > this.#rules.heartbeatMs * 2.5) socket.close(4009, 'Session timed out.');
    }, this.#rules.heartbeatMs);
    this.#timers.add(watch);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(watch);
      this.#timers.delete(watch);
      this.#sockets.delete(socket);
      if (session?.socket === socket) session.socket = null;
      this.#world.changed();
    });
    socket.on('message', (raw: Buffer) => {
      const payload = Payload.safeParse(parse(raw.toString('utf8')));
      if (!payload.success) return socket.close(4002, 'Error while decoding payload.');
      const { op, d } = payload.data;
      if (op === 1) {
        lastBeat = Date.now();
        this.heartbeats += 1;
        socket.send(JSON.stringify({ op: 11, d: null, s: null, t: null }));
        return this.#world.changed();
      }
      if (op === 2) {
        if (session !== null) return socket.close(4005, 'Already authenticated.');
        session = this.#identify(socket, d);
        return;
      }
      if (op === 6) {
        session = this.#resume(socket, d);
        return;
      }
      if (session === null) return socket.close(4003, 'Not authenticated.');
      if (op !== 3 && op !== 4 && op !== 8) socket.close(4001, 'Unknown opcode.');
    });
    socket.send(
      JSON.stringify({ op: 10, d: { heartbeat_interval: this.#rules.heartbeatMs }, s: null, t: null }),
    );
  }

  #identify(socket: WebSocket, raw: unknown): Session | null {
    this.identifies += 1;
    const identify = Identify.safeParse(raw);
    if (!identify.success) {
      socket.close(4002, 'Error while decoding payload.');
      return null;
    }
    if (identify.data.token !== this.#rules.token) {
      socket.close(4004, 'Authentication failed.');
      return null;
    }
    if ((identify.data.intents & privileged & ~this.#rules.allowedIntents) !== 0) {
      socket.close(4014, 'Disallowed intent(s).');
      return null;
    }
    const session: Session = { id: randomUUID(), intents: identify.data.intents, events: [], socket };
    this.#sessions.set(session.id, session);
    const guilds = [...this.#world.guilds.values()].filter((guild) => guild.present);
    this.#send(session, 'READY', {
      v: 10,
      user: wireUser(this.#world.bot),
      guilds: guilds.map((guild) => ({ id: guild.id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: this.resumeUrl,
      application: { id: this.#world.application, flags: 0 },
    });
    if ((session.intents & intents.guilds) !== 0)
      for (const guild of guilds) this.#send(session, 'GUILD_CREATE', this.wireGuild(guild));
    this.#world.changed();
    return session;
  }
  resumeUrl = '';

  #resume(socket: WebSocket, raw: unknown): Session | null {
    this.resumes += 1;
    const resume = Resume.safeParse(raw);
    const session = resume.success ? this.#sessions.get(resume.data.session_id) : undefined;
    if (!resume.success || resume.data.token !== this.#rules.token) {
      socket.close(4004, 'Authentication failed.');
      return null;
    }
    if (session === undefined) {
      socket.send(JSON.stringify({ op: 9, d: false, s: null, t: null }));
      return null;
    }
    session.socket = socket;
    for (const event of session.events) if (event.s > resume.data.seq) socket.send(event.text);
    this.#send(session, 'RESUMED', {});
    this.#world.changed();
    return session;
  }

  #send(session: Session, type: string, data: unknown): void {
    const s = session.events.length + 1;
    const text = JSON.stringify({ op: 0, t: type, s, d: data });
    session.events.push({ s, text });
    session.socket?.send(text);
  }

  /** A server's description on the wire: its roles, channels, threads and the bot's own membership. */
  wireGuild(guild: Guild): Record<string, unknown> {
    const world = this.#world;
    const role = `${BigInt(guild.id) + 1n}`;
    const channels = [...world.channels.values()].filter(
      (channel) => channel.guild === guild.id && !channel.deleted,
    );
    const wire = (list: readonly Channel[]): unknown[] => list.map((channel) => world.wireChannel(channel));
    return {
      id: guild.id,
      name: guild.name,
      owner_id: guild.id,
      unavailable: false,
      large: false,
      member_count: world.users.size,
      joined_at: new Date(world.now()).toISOString(),
      roles: [
        {
          id: guild.id,
          name: '@everyone',
          permissions: '0',
          position: 0,
          color: 0,
          hoist: false,
          managed: false,
          mentionable: false,
          flags: 0,
        },
        {
          id: role,
          name: world.bot.name,
          permissions: (guild.permissions & everything).toString(),
          position: 1,
          color: 0,
          hoist: false,
          managed: true,
          mentionable: false,
          flags: 0,
        },
      ],
      members: [
        {
          user: wireUser(world.bot),
          roles: [role],
          joined_at: new Date(world.now()).toISOString(),
          deaf: false,
          mute: false,
          flags: 0,
        },
      ],
      channels: wire(channels.filter((channel) => channel.type === 0)),
      threads: wire(channels.filter((channel) => channel.type === 11 && !channel.archived)),
      emojis: [],
      stickers: [],
      features: [],
      presences: [],
      voice_states: [],
      stage_instances: [],
      guild_scheduled_events: [],
      soundboard_sounds: [],
      preferred_locale: 'en-US',
      premium_tier: 0,
      nsfw_level: 0,
      verification_level: 0,
      default_message_notifications: 0,
      explicit_content_filter: 0,
      mfa_level: 0,
      system_channel_flags: 0,
      premium_progress_bar_enabled: false,
    };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
