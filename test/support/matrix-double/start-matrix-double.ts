import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DoubleRoom, type StoredEvent } from './room.ts';
import { checkContent, Refusal } from './strict-content.ts';
import { reactionsOn, transcriptOf } from './transcript.ts';

/** One call that reached the double, for counting. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly user: string;
}

/** Somebody with an account, as a test speaks for them. */
export interface DoublePerson {
  readonly userId: string;
  /** Writes a message; answers its event id. */
  say(room: string, body: string, more?: Record<string, unknown>): string;
  /** Writes into a thread. */
  reply(room: string, root: string, body: string, more?: Record<string, unknown>): string;
  react(room: string, event: string, key: string): string;
  /** Changes what was said. */
  edit(room: string, event: string, body: string): string;
  /** Takes a message or a reaction back. */
  redact(room: string, event: string): string;
  invite(room: string, userId: string, direct?: boolean): void;
  join(room: string): void;
  leave(room: string): void;
  kick(room: string, userId: string): void;
}

/** A homeserver on a real socket that does on command what a real one won't. */
export interface MatrixDouble {
  readonly url: string;
  readonly serverName: string;
  /** Makes an account; for the bot, its token is what it logs in with. */
  account(localpart: string, displayName?: string): { readonly userId: string; readonly token: string };
  person(localpart: string): DoublePerson;
  /** A new room with these people in it. */
  room(members: readonly DoublePerson[]): string;
  roomNamed(id: string): DoubleRoom;
  /** Any event at all, as anybody: also what no client would send. */
  inject(
    room: string,
    event: {
      sender: string;
      type: string;
      content: Record<string, unknown>;
      state_key?: string;
      redacts?: string;
    },
  ): string;
  /** The next sync brings this event once more. */
  deliverAgain(room: string, event: string): void;
  encrypt(room: string): void;
  /** Nobody may write there any more. */
  forbid(room: string): void;
  revoke(token: string): void;
  allow(token: string): void;
  /** From now on everything fails like this: a status, or the connection breaks; null: works again. */
  outage(how: number | 'cut' | null): void;
  /** The next so many messages are refused with 429, with the header, the older field, or neither. */
  limitNext(times: number, waitMs: number, how?: 'header' | 'body' | 'bare'): void;
  /** A limit as Synapse has it, counted in the double's own time; null: none. */
  limit(rate: { readonly perSecond: number; readonly burst: number } | null): void;
  /** The next answer to a message gets lost on its way back, after it was taken in. */
  loseNextAnswer(): void;
  /** Forgets which transactions it has seen, as a homeserver may after a while. */
  forgetTransactions(): void;
  calls(): readonly Call[];
  clearCalls(): void;
  /** What was uploaded, by its mxc address. */
  upload(address: string): Buffer | undefined;
  maxUpload: number;
  transcript(room: string, how?: 'body' | 'html'): string;
  reactions(room: string, event: string): ReadonlyMap<string, readonly string[]>;
  /** The messages somebody wrote, edits left out, oldest first. */
  messagesOf(room: string, userId: string): StoredEvent[];
  typing(room: string): readonly string[];
  /** Waits until something is true. */
  until<T>(what: string, look: () => T | null | undefined | false, withinMs?: number): Promise<T>;
  stop(): Promise<void>;
}

interface Waiting {
  readonly respond: () => void;
}

export async function startMatrixDouble(): Promise<MatrixDouble> {
  const serverName = 'double.test';
  const rooms = new Map<string, DoubleRoom>();
  const tokens = new Map<string, string>();
  const revoked = new Set<string>();
  const displayNames = new Map<string, string>();
  const accountData = new Map<string, unknown>();
  const forbidden = new Set<string>();
  const transactions = new Map<string, string>();
  const uploads = new Map<string, Buffer>();
  const again = new Map<string, StoredEvent[]>();
  const typing = new Map<string, Set<string>>();
  const waiting = new Set<Waiting>();
  let calls: Call[] = [];
  let clock = 0;
  let outage: number | 'cut' | null = null;
  let limited: { times: number; waitMs: number; how: 'header' | 'body' | 'bare' } | null = null;
  let rate: { perSecond: number; burst: number } | null = null;
  let bucket = { left: 0, at: performance.now() };
  let loseAnswer = false;
  let names = 0;

  const wake = (): void => {
    for (const one of waiting) one.respond();
  };

  const roomOf = (id: string): DoubleRoom => {
    const room = rooms.get(id);
    if (room === undefined) throw new Refusal(404, 'M_NOT_FOUND', 'Unknown room');
    return room;
  };

  const append = (
    room: DoubleRoom,
    event: {
      sender: string;
      type: string;
      content: Record<string, any>;
      state_key?: string;
      redacts?: string;
    },
  ): StoredEvent => {
    clock += 1;
    const before = event.state_key === undefined ? undefined : room.state(event.type, event.state_key);
    const stored: StoredEvent = {
      ...event,
      event_id: `$${randomBytes(16).toString('base64url')}`,
      origin_server_ts: Date.now(),
      unsigned: before === undefined ? {} : { prev_content: before.content },
      at: clock,
    };
    room.events.push(stored);
    if (event.type === 'm.room.member' && event.state_key !== undefined)
      room.members.set(event.state_key, event.content['membership']);
    if (event.type === 'm.room.redaction' && event.redacts !== undefined) {
      const target = room.find(event.redacts);
      if (target !== undefined) {
        target.content = {};
        target.unsigned = { redacted_because: { event_id: stored.event_id } };
      }
    }
    wake();
    return stored;
  };

  /** Takes a message in as a client sent it, with everything that may speak against it. */
  const send = (
    room: DoubleRoom,
    sender: string,
    type: string,
    content: Record<string, any>,
    more: { state_key?: string; redacts?: string } = {},
  ): string => {
    if (room.members.get(sender) !== 'join')
      throw new Refusal(403, 'M_FORBIDDEN', `User ${sender} not in room ${room.id}`);
    if (forbidden.has(room.id))
      throw new Refusal(403, 'M_FORBIDDEN', "You don't have permission to post that to the room.");
    if (
      type !== 'm.room.encrypted' &&
      type !== 'm.reaction' &&
      type !== 'm.room.redaction' &&
      room.state('m.room.encryption')
    )
      throw new Refusal(400, 'M_BAD_STATE', 'plaintext in an encrypted room');
    checkContent(room, sender, type, content);
    return append(room, { sender, type, content, ...more }).event_id;
  };

  const takeToken = (): void => {
    if (limited !== null && limited.times > 0) {
      limited.times -= 1;
      const { waitMs, how } = limited;
      throw new Refusal(
        429,
        'M_LIMIT_EXCEEDED',
        'Too Many Requests',
        how === 'body' ? { retry_after_ms: waitMs } : {},
        how === 'header' ? { 'retry-after': String(Math.ceil(waitMs / 1_000)) } : {},
      );
    }
    if (rate === null) return;
    const now = performance.now();
    bucket = {
      left: Math.min(rate.burst, bucket.left + ((now - bucket.at) / 1_000) * rate.perSecond),
      at: now,
    };
    if (bucket.left < 1) {
      const seconds = Math.ceil((1 - bucket.left) / rate.perSecond);
      throw new Refusal(429, 'M_LIMIT_EXCEEDED', 'Too Many Requests', {}, { 'retry-after': String(seconds) });
    }
    bucket.left -= 1;
  };

  const visible = (event: StoredEvent): Record<string, unknown> => {
    const { at: _at, ...rest } = event;
    return { ...rest, room_id: undefined };
  };

  /** Everything after `since` for one account; null when there is nothing. */
  const syncFor = (user: string, since: number | null): Record<string, unknown> | null => {
    const join: Record<string, unknown> = {};
    const invite: Record<string, unknown> = {};
    const leave: Record<string, unknown> = {};
    for (const room of rooms.values()) {
      const membership = room.members.get(user);
      const fresh = room.events.filter((event) => since === null || event.at > since);
      const repeated = again.get(`${user} ${room.id}`) ?? [];
      if (membership === 'join') {
        const ownJoin = fresh.findIndex(
          (event) => event.type === 'm.room.member' && event.state_key === user,
        );
        // Like Synapse: a room newly come into brings history from before.
        const all = ownJoin >= 0 && since !== null ? room.events : fresh;
        const events = all.slice(-room.syncLimit);
        if (events.length === 0 && repeated.length === 0) continue;
        again.delete(`${user} ${room.id}`);
        const first = events[0];
        join[room.id] = {
          timeline: {
            events: [...events, ...repeated].map(visible),
            limited: events.length < all.length,
            prev_batch: `t${(first?.at ?? clock + 1) - 1}`,
          },
          state: { events: [] },
        };
      } else if (membership === 'invite' && fresh.some((event) => event.state_key === user)) {
        const event = room.state('m.room.member', user);
        invite[room.id] = {
          invite_state: {
            events: [
              { type: 'm.room.member', state_key: user, sender: event?.sender, content: event?.content },
            ],
          },
        };
      } else if (
        (membership === 'leave' || membership === 'ban') &&
        fresh.some((event) => event.state_key === user)
      ) {
        leave[room.id] = { timeline: { events: fresh.map(visible), limited: false, prev_batch: 't0' } };
      }
    }
    if (Object.keys({ ...join, ...invite, ...leave }).length === 0) return null;
    return { join, invite, leave };
  };

  const readToken = (text: string | null): number | null => {
    if (text === null) return null;
    const match = /^[st](\d+)$/.exec(text);
    if (match === null) throw new Refusal(400, 'M_UNKNOWN', 'Invalid stream token');
    return Number(match[1]);
  };

  const routes: [string, RegExp, (call: Handling) => unknown][] = [
    [
      'GET',
      /^\/_matrix\/client\/v3\/account\/whoami$/,
      ({ user }) => ({ user_id: user, device_id: 'DOUBLE' }),
    ],
    [
      'GET',
      /^\/_matrix\/client\/v3\/joined_rooms$/,
      ({ user }) => ({
        joined_rooms: [...rooms.values()]
          .filter((room) => room.members.get(user) === 'join')
          .map((room) => room.id),
      }),
    ],
    [
      'GET',
      /^\/_matrix\/client\/v3\/profile\/([^/]+)\/displayname$/,
      ({ parts: [id = ''] }) => {
        const displayname = displayNames.get(id);
        if (displayname === undefined) throw new Refusal(404, 'M_NOT_FOUND', 'Profile was not found');
        return { displayname };
      },
    ],
    [
      'GET',
      /^\/_matrix\/client\/v3\/sync$/,
      async ({ user, token, query, request }) => {
        const since = readToken(query.get('since'));
        const timeout = Number(query.get('timeout') ?? '0');
        const answer = (): Record<string, unknown> | null => {
          const found = syncFor(user, since);
          return found === null ? null : { next_batch: `s${clock}`, rooms: found };
        };
        const now = answer();
        if (now !== null || since === null || timeout === 0) return now ?? { next_batch: `s${clock}` };
        return await new Promise((resolve) => {
          const entry: Waiting = {
            respond: () => {
              const something = outage !== null || revoked.has(token) ? {} : answer();
              if (something !== null) done(something);
            },
          };
          const done = (value: object): void => {
            clearTimeout(timer);
            waiting.delete(entry);
            resolve(value);
          };
          const timer = setTimeout(() => done({ next_batch: `s${clock}` }), timeout);
          request.on('close', () => {
            clearTimeout(timer);
            waiting.delete(entry);
          });
          waiting.add(entry);
        });
      },
    ],
    [
      'GET',
      /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/messages$/,
      ({ user, parts: [id = ''], query }) => {
        const room = roomOf(id);
        if (room.members.get(user) !== 'join') throw new Refusal(403, 'M_FORBIDDEN', 'not in the room');
        const from = readToken(query.get('from')) ?? clock;
        const to = readToken(query.get('to')) ?? 0;
        const limit = Math.min(Number(query.get('limit') ?? '10'), 100);
        const chunk = room.events
          .filter((event) => event.at <= from && event.at > to)
          .reverse()
          .slice(0, limit);
        const last = chunk.at(-1);
        return {
          chunk: chunk.map(visible),
          start: `t${from}`,
          ...(last === undefined ? {} : { end: `t${last.at - 1}` }),
        };
      },
    ],
    [
      'GET',
      /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/event\/([^/]+)$/,
      ({ user, parts: [id = '', event = ''] }) => {
        const room = roomOf(id);
        if (room.members.get(user) !== 'join') throw new Refusal(403, 'M_FORBIDDEN', 'not in the room');
        const found = room.find(event);
        if (found === undefined) throw new Refusal(404, 'M_NOT_FOUND', 'Event not found.');
        return visible(found);
      },
    ],
    [
      'GET',
      /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/state\/([^/]+)\/([^/]*)$/,
      ({ user, parts: [id = '', type = '', key = ''] }) => {
        const room = roomOf(id);
        if (room.members.get(user) !== 'join')
          throw new Refusal(403, 'M_FORBIDDEN', `User ${user} not in room ${id}`);
        const state = room.state(type, key);
        if (state === undefined) throw new Refusal(404, 'M_NOT_FOUND', 'Event not found.');
        return state.content;
      },
    ],
    [
      'GET',
      /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/joined_members$/,
      ({ parts: [id = ''] }) => ({
        joined: Object.fromEntries(
          roomOf(id)
            .joined()
            .map((member) => [member, {}]),
        ),
      }),
    ],
    [
      'GET',
      /^\/_matrix\/client\/v1\/rooms\/([^/]+)\/relations\/([^/]+)\/m\.annotation\/m\.reaction$/,
      ({ parts: [id = '', event = ''] }) => ({
        chunk: roomOf(id)
          .events.filter(
            (other) => other.type === 'm.reaction' && other.content['m.relates_to']?.event_id === event,
          )
          .map(visible),
      }),
    ],
    [
      'PUT',
      /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/send\/([^/]+)\/([^/]+)$/,
      ({ user, token, path, parts: [id = '', type = ''], body }) => {
        const key = `${token} ${path}`;
        const seen = transactions.get(key);
        if (seen !== undefined) return { event_id: seen };
        const room = roomOf(id);
        takeToken();
        const event = send(room, user, type, body);
        transactions.set(key, event);
        return { event_id: event };
      },
    ],
    [
      'PUT',
      /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/redact\/([^/]+)\/([^/]+)$/,
      ({ user, token, path, parts: [id = '', event = ''] }) => {
        const key = `${token} ${path}`;
        const seen = transactions.get(key);
        if (seen !== undefined) return { event_id: seen };
        takeToken();
        const redaction = send(roomOf(id), user, 'm.room.redaction', { redacts: event }, { redacts: event });
        transactions.set(key, redaction);
        return { event_id: redaction };
      },
    ],
    [
      'PUT',
      /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/typing\/([^/]+)$/,
      ({ parts: [id = '', who = ''], body }) => {
        const there = typing.get(id) ?? new Set();
        if (body['typing'] === true) there.add(who);
        else there.delete(who);
        typing.set(id, there);
        wake();
        return {};
      },
    ],
    [
      'POST',
      /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/join$/,
      ({ user, parts: [id = ''] }) => {
        const room = roomOf(id);
        if (room.members.get(user) !== 'invite' && room.members.get(user) !== 'join')
          throw new Refusal(403, 'M_FORBIDDEN', 'You are not invited to this room.');
        append(room, {
          sender: user,
          type: 'm.room.member',
          state_key: user,
          content: { membership: 'join' },
        });
        return { room_id: id };
      },
    ],
    [
      'POST',
      /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/leave$/,
      ({ user, parts: [id = ''] }) => {
        append(roomOf(id), {
          sender: user,
          type: 'm.room.member',
          state_key: user,
          content: { membership: 'leave' },
        });
        return {};
      },
    ],
    [
      'GET',
      /^\/_matrix\/client\/v3\/user\/([^/]+)\/account_data\/([^/]+)$/,
      ({ parts: [who = '', type = ''] }) => {
        const data = accountData.get(`${who} ${type}`);
        if (data === undefined) throw new Refusal(404, 'M_NOT_FOUND', 'Account data not found');
        return data;
      },
    ],
    [
      'PUT',
      /^\/_matrix\/client\/v3\/user\/([^/]+)\/account_data\/([^/]+)$/,
      ({ parts: [who = '', type = ''], body }) => {
        accountData.set(`${who} ${type}`, body);
        return {};
      },
    ],
    ['GET', /^\/_matrix\/client\/v1\/media\/config$/, () => ({ 'm.upload.size': double.maxUpload })],
    [
      'POST',
      /^\/_matrix\/media\/v3\/upload$/,
      ({ bytes }) => {
        if (bytes.length > double.maxUpload)
          throw new Refusal(413, 'M_TOO_LARGE', 'Upload request body is too large');
        names += 1;
        const address = `mxc://${serverName}/upload${names}`;
        uploads.set(address, bytes);
        return { content_uri: address };
      },
    ],
  ];

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://double');
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const user = tokens.get(token) ?? '';
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const answer = (status: number, body: object, headers: Record<string, string> = {}): void => {
      calls.push({ method: request.method ?? '', path: decodeURIComponent(url.pathname), status, user });
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    };
    if (outage === 'cut') return void request.socket.destroy();
    if (outage !== null) {
      calls.push({
        method: request.method ?? '',
        path: decodeURIComponent(url.pathname),
        status: outage,
        user,
      });
      return void response.writeHead(outage, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>');
    }
    try {
      if (user === '' || revoked.has(token))
        throw new Refusal(401, 'M_UNKNOWN_TOKEN', 'Invalid access token passed.', { soft_logout: false });
      for (const [method, path, respond] of routes) {
        const match = path.exec(url.pathname);
        if (method !== request.method || match === null) continue;
        const parts = match.slice(1).map((part) => decodeURIComponent(part ?? ''));
        const isJson = (request.headers['content-type'] ?? '').startsWith('application/json');
        const body =
          isJson && bytes.length > 0 ? (JSON.parse(bytes.toString('utf8')) as Record<string, any>) : {};
        const result = await respond({
          user,
          token,
          path: url.pathname,
          parts,
          query: url.searchParams,
          body,
          bytes,
          request,
        });
        if (loseAnswer && request.method === 'PUT') {
          loseAnswer = false;
          return void request.socket.destroy();
        }
        if (outage !== null) return void request.socket.destroy();
        if (revoked.has(token)) throw new Refusal(401, 'M_UNKNOWN_TOKEN', 'Invalid access token passed.');
        answer(200, result as object);
        wake();
        return;
      }
      throw new Refusal(404, 'M_UNRECOGNIZED', `the double does not know ${request.method} ${url.pathname}`);
    } catch (error) {
      if (error instanceof Refusal)
        answer(error.status, { errcode: error.errcode, error: error.message, ...error.more }, error.headers);
      else answer(500, { errcode: 'M_UNKNOWN', error: String(error) });
      wake();
    }
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const account = (localpart: string, displayName?: string): { userId: string; token: string } => {
    const userId = `@${localpart}:${serverName}`;
    const token = `token-of-${localpart}`;
    tokens.set(token, userId);
    if (displayName !== undefined) displayNames.set(userId, displayName);
    return { userId, token };
  };

  const double: MatrixDouble = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serverName,
    maxUpload: 50_000_000,
    account,
    person: (localpart) => {
      const { userId } = account(localpart);
      const post = (room: string, content: Record<string, unknown>): string =>
        send(roomOf(room), userId, 'm.room.message', content);
      return {
        userId,
        say: (room, body, more = {}) => post(room, { msgtype: 'm.text', body, ...more }),
        reply: (room, root, body, more = {}) =>
          post(room, {
            msgtype: 'm.text',
            body,
            'm.relates_to': {
              rel_type: 'm.thread',
              event_id: root,
              is_falling_back: true,
              'm.in_reply_to': { event_id: root },
            },
            ...more,
          }),
        react: (room, event, key) =>
          send(roomOf(room), userId, 'm.reaction', {
            'm.relates_to': { rel_type: 'm.annotation', event_id: event, key },
          }),
        edit: (room, event, body) =>
          post(room, {
            msgtype: 'm.text',
            body: `* ${body}`,
            'm.new_content': { msgtype: 'm.text', body },
            'm.relates_to': { rel_type: 'm.replace', event_id: event },
          }),
        redact: (room, event) =>
          send(roomOf(room), userId, 'm.room.redaction', { redacts: event }, { redacts: event }),
        invite: (room, invited, direct = false) =>
          void append(roomOf(room), {
            sender: userId,
            type: 'm.room.member',
            state_key: invited,
            content: { membership: 'invite', ...(direct ? { is_direct: true } : {}) },
          }),
        join: (room) =>
          void append(roomOf(room), {
            sender: userId,
            type: 'm.room.member',
            state_key: userId,
            content: { membership: 'join' },
          }),
        leave: (room) =>
          void append(roomOf(room), {
            sender: userId,
            type: 'm.room.member',
            state_key: userId,
            content: { membership: 'leave' },
          }),
        kick: (room, kicked) =>
          void append(roomOf(room), {
            sender: userId,
            type: 'm.room.member',
            state_key: kicked,
            content: { membership: 'leave' },
          }),
      };
    },
    room: (members) => {
      names += 1;
      const room = new DoubleRoom(`!room${names}:${serverName}`);
      rooms.set(room.id, room);
      for (const member of members) member.join(room.id);
      return room.id;
    },
    roomNamed: roomOf,
    inject: (room, event) => append(roomOf(room), event).event_id,
    deliverAgain: (room, event) => {
      const found = roomOf(room).find(event);
      if (found === undefined) throw new Error(`no event ${event}`);
      for (const user of roomOf(room).joined()) {
        const key = `${user} ${room}`;
        again.set(key, [...(again.get(key) ?? []), found]);
      }
      clock += 1;
      wake();
    },
    encrypt: (room) =>
      void append(roomOf(room), {
        sender: roomOf(room).joined()[0] ?? '@nobody:nowhere',
        type: 'm.room.encryption',
        state_key: '',
        content: { algorithm: 'm.megolm.v1.aes-sha2' },
      }),
    forbid: (room) => void forbidden.add(room),
    revoke: (token) => {
      revoked.add(token);
      wakeAll();
    },
    allow: (token) => void revoked.delete(token),
    outage: (how) => {
      outage = how;
      wakeAll();
    },
    limitNext: (times, waitMs, how = 'header') => {
      limited = { times, waitMs, how };
    },
    limit: (to) => {
      rate = to;
      bucket = { left: to?.burst ?? 0, at: performance.now() };
    },
    loseNextAnswer: () => {
      loseAnswer = true;
    },
    forgetTransactions: () => transactions.clear(),
    calls: () => calls,
    clearCalls: () => {
      calls = [];
    },
    upload: (address) => uploads.get(address),
    transcript: (room, how) => transcriptOf(roomOf(room), how),
    reactions: (room, event) => reactionsOn(roomOf(room), event),
    messagesOf: (room, userId) =>
      roomOf(room).events.filter(
        (event) =>
          event.sender === userId &&
          event.type === 'm.room.message' &&
          event.content['m.relates_to']?.rel_type !== 'm.replace',
      ),
    typing: (room) => [...(typing.get(room) ?? [])],
    until: async (what, look, withinMs = 8_000) => {
      const end = performance.now() + withinMs;
      for (;;) {
        const found = look();
        if (found !== null && found !== undefined && found !== false) return found;
        if (performance.now() > end) throw new Error(`it did not happen within ${withinMs} ms: ${what}`);
        await sleep(10);
      }
    },
    stop: async () => {
      for (const one of waiting) one.respond();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };

  /** Lets every open sync see that something is wrong now. */
  function wakeAll(): void {
    for (const one of waiting) one.respond();
    if (outage !== null || revoked.size > 0) server.closeIdleConnections();
  }

  return double;
}

interface Handling {
  readonly user: string;
  readonly token: string;
  readonly path: string;
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Record<string, any>;
  readonly bytes: Buffer;
  readonly request: IncomingMessage;
}
