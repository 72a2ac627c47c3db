import type { IncomingMessage } from 'node:http';
import { keyRoutes } from './keys.ts';
import { type ServerState, visible, type Waiting } from './server-state.ts';
import { Refusal } from './strict-content.ts';

/** One request, read. */
export interface Handling {
  readonly user: string;
  readonly token: string;
  readonly path: string;
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Record<string, any>;
  readonly bytes: Buffer;
  readonly request: IncomingMessage;
}

/** A method, a path, and what is answered. */
export type Route = readonly [string, RegExp, (call: Handling) => unknown];

/** The part of the client-server interface that Chiffon uses. Everything else is refused as unknown. */
export function routesOf(state: ServerState): readonly Route[] {
  const { rooms, revoked, displayNames, accountData, transactions, uploads, typing, waiting } = state;
  return [
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
          const found = state.syncFor(user, since);
          return found === null ? null : { next_batch: `s${state.clock}`, rooms: found };
        };
        const now = answer();
        if (now !== null || since === null || timeout === 0) return now ?? { next_batch: `s${state.clock}` };
        return await new Promise((resolve) => {
          const entry: Waiting = {
            respond: () => {
              const something = state.outage !== null || revoked.has(token) ? {} : answer();
              if (something !== null) done(something);
            },
          };
          const done = (value: object): void => {
            clearTimeout(timer);
            waiting.delete(entry);
            resolve(value);
          };
          const timer = setTimeout(() => done({ next_batch: `s${state.clock}` }), timeout);
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
        const room = state.roomOf(id);
        if (room.members.get(user) !== 'join') throw new Refusal(403, 'M_FORBIDDEN', 'not in the room');
        const from = readToken(query.get('from')) ?? state.clock;
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
        const room = state.roomOf(id);
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
        const room = state.roomOf(id);
        if (room.members.get(user) !== 'join')
          throw new Refusal(403, 'M_FORBIDDEN', `User ${user} not in room ${id}`);
        const found = room.state(type, key);
        if (found === undefined) throw new Refusal(404, 'M_NOT_FOUND', 'Event not found.');
        return found.content;
      },
    ],
    [
      'GET',
      /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/joined_members$/,
      ({ parts: [id = ''] }) => ({
        joined: Object.fromEntries(
          state
            .roomOf(id)
            .joined()
            .map((member) => [member, {}]),
        ),
      }),
    ],
    [
      'GET',
      /^\/_matrix\/client\/v1\/rooms\/([^/]+)\/relations\/([^/]+)\/m\.annotation\/m\.reaction$/,
      ({ parts: [id = '', event = ''] }) => ({
        chunk: state
          .roomOf(id)
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
        const room = state.roomOf(id);
        state.takeToken();
        const event = state.send(room, user, type, body);
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
        state.takeToken();
        const redaction = state.send(
          state.roomOf(id),
          user,
          'm.room.redaction',
          { redacts: event },
          { redacts: event },
        );
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
        state.wake();
        return {};
      },
    ],
    [
      'POST',
      /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/join$/,
      ({ user, parts: [id = ''] }) => {
        const room = state.roomOf(id);
        if (room.members.get(user) !== 'invite' && room.members.get(user) !== 'join')
          throw new Refusal(403, 'M_FORBIDDEN', 'You are not invited to this room.');
        state.append(room, {
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
        state.append(state.roomOf(id), {
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
    ...keyRoutes(),
    ['GET', /^\/_matrix\/client\/v1\/media\/config$/, () => ({ 'm.upload.size': state.maxUpload })],
    [
      'POST',
      /^\/_matrix\/media\/v3\/upload$/,
      ({ bytes }) => {
        if (bytes.length > state.maxUpload)
          throw new Refusal(413, 'M_TOO_LARGE', 'Upload request body is too large');
        const address = `mxc://${state.serverName}/upload${state.number()}`;
        uploads.set(address, bytes);
        return { content_uri: address };
      },
    ],
  ];
}

function readToken(text: string | null): number | null {
  if (text === null) return null;
  const match = /^[st](\d+)$/.exec(text);
  if (match === null) throw new Refusal(400, 'M_UNKNOWN', 'Invalid stream token');
  return Number(match[1]);
}
