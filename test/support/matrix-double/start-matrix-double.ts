import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DoublePerson, doublePerson } from './double-person.ts';
import type { DoubleRoom, StoredEvent } from './room.ts';
import { routesOf } from './routes.ts';
import { ServerState } from './server-state.ts';
import { Refusal } from './strict-content.ts';
import { reactionsOn, transcriptOf } from './transcript.ts';

export type { DoublePerson } from './double-person.ts';

/** One call that reached the double, for counting. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly user: string;
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

export async function startMatrixDouble(): Promise<MatrixDouble> {
  const state = new ServerState();
  const routes = routesOf(state);
  let calls: Call[] = [];
  let loseAnswer = false;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://double');
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const user = state.tokens.get(token) ?? '';
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const answer = (status: number, body: object, headers: Record<string, string> = {}): void => {
      calls.push({ method: request.method ?? '', path: decodeURIComponent(url.pathname), status, user });
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    };
    if (state.outage === 'cut') return void request.socket.destroy();
    if (state.outage !== null) {
      calls.push({
        method: request.method ?? '',
        path: decodeURIComponent(url.pathname),
        status: state.outage,
        user,
      });
      return void response
        .writeHead(state.outage, { 'content-type': 'text/html' })
        .end('<h1>Bad Gateway</h1>');
    }
    try {
      if (user === '' || state.revoked.has(token))
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
        if (state.outage !== null) return void request.socket.destroy();
        if (state.revoked.has(token))
          throw new Refusal(401, 'M_UNKNOWN_TOKEN', 'Invalid access token passed.');
        answer(200, result as object);
        state.wake();
        return;
      }
      throw new Refusal(404, 'M_UNRECOGNIZED', `the double does not know ${request.method} ${url.pathname}`);
    } catch (error) {
      if (error instanceof Refusal)
        answer(error.status, { errcode: error.errcode, error: error.message, ...error.more }, error.headers);
      else answer(500, { errcode: 'M_UNKNOWN', error: String(error) });
      state.wake();
    }
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const double: MatrixDouble = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serverName: state.serverName,
    get maxUpload() {
      return state.maxUpload;
    },
    set maxUpload(bytes) {
      state.maxUpload = bytes;
    },
    account: (localpart, displayName) => state.account(localpart, displayName),
    person: (localpart) => doublePerson(state, state.account(localpart).userId),
    room: (members) => {
      const room = state.newRoom();
      for (const member of members) member.join(room.id);
      return room.id;
    },
    roomNamed: (id) => state.roomOf(id),
    inject: (room, event) => state.append(state.roomOf(room), event).event_id,
    deliverAgain: (room, event) => {
      const found = state.roomOf(room).find(event);
      if (found === undefined) throw new Error(`no event ${event}`);
      for (const user of state.roomOf(room).joined()) {
        const key = `${user} ${room}`;
        state.again.set(key, [...(state.again.get(key) ?? []), found]);
      }
      state.clock += 1;
      state.wake();
    },
    encrypt: (room) =>
      void state.append(state.roomOf(room), {
        sender: state.roomOf(room).joined()[0] ?? '@nobody:nowhere',
        type: 'm.room.encryption',
        state_key: '',
        content: { algorithm: 'm.megolm.v1.aes-sha2' },
      }),
    forbid: (room) => void state.forbidden.add(room),
    revoke: (token) => {
      state.revoked.add(token);
      wakeAll();
    },
    allow: (token) => void state.revoked.delete(token),
    outage: (how) => {
      state.outage = how;
      wakeAll();
    },
    limitNext: (times, waitMs, how = 'header') => {
      state.limited = { times, waitMs, how };
    },
    limit: (to) => {
      state.rate = to;
      state.bucket = { left: to?.burst ?? 0, at: performance.now() };
    },
    loseNextAnswer: () => {
      loseAnswer = true;
    },
    forgetTransactions: () => state.transactions.clear(),
    calls: () => calls,
    clearCalls: () => {
      calls = [];
    },
    upload: (address) => state.uploads.get(address),
    transcript: (room, how) => transcriptOf(state.roomOf(room), how),
    reactions: (room, event) => reactionsOn(state.roomOf(room), event),
    messagesOf: (room, userId) =>
      state
        .roomOf(room)
        .events.filter(
          (event) =>
            event.sender === userId &&
            event.type === 'm.room.message' &&
            event.content['m.relates_to']?.rel_type !== 'm.replace',
        ),
    typing: (room) => [...(state.typing.get(room) ?? [])],
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
      for (const one of state.waiting) one.respond();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };

  /** Lets every open sync see that something is wrong now. */
  function wakeAll(): void {
    for (const one of state.waiting) one.respond();
    if (state.outage !== null || state.revoked.size > 0) server.closeIdleConnections();
  }

  return double;
}
