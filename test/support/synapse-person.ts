import { randomUUID } from 'node:crypto';

/** An event as a client sees it. */
export interface SeenEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly content: Record<string, any>;
}

/** Somebody with an account on a real homeserver, with a client of their own that owes nothing to Chiffon's. */
export interface SynapsePerson {
  readonly userId: string;
  /** Asks the homeserver, as often as it wants to be asked. */
  call(method: string, path: string, body?: object): Promise<any>;
  createRoom(options?: Record<string, unknown>): Promise<string>;
  invite(room: string, userId: string): Promise<void>;
  kick(room: string, userId: string): Promise<void>;
  send(room: string, type: string, content: Record<string, unknown>): Promise<string>;
  setState(room: string, type: string, content: Record<string, unknown>): Promise<void>;
  say(room: string, body: string, more?: Record<string, unknown>): Promise<string>;
  react(room: string, event: string, key: string): Promise<string>;
  redact(room: string, event: string): Promise<string>;
  /** Every event of a room, oldest first. */
  events(room: string): Promise<SeenEvent[]>;
  members(room: string): Promise<string[]>;
  /** What rang on this person's phone, by the homeserver's own push rules. */
  notified(): Promise<string[]>;
  leave(room: string): Promise<void>;
  join(room: string): Promise<void>;
  download(address: string): Promise<string>;
  downloadBytes(address: string): Promise<ArrayBuffer>;
}

export function synapsePerson(
  url: string,
  account: { readonly userId: string; readonly token: string },
): SynapsePerson {
  /** Waits as long as the homeserver asks to: people's clients do, too. */
  const call = async (method: string, path: string, body?: object): Promise<any> => {
    for (;;) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${account.token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (response.status === 429) {
        await new Promise((resolve) =>
          setTimeout(resolve, Number(response.headers.get('retry-after') ?? '1') * 1_000),
        );
        continue;
      }
      const answer = await response.json();
      if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
      return answer;
    }
  };
  const inRoom = (room: string, rest: string): string =>
    `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/${rest}`;
  const send = async (room: string, type: string, content: Record<string, unknown>): Promise<string> =>
    (await call('PUT', inRoom(room, `send/${type}/${randomUUID()}`), content)).event_id;
  const downloadBytes = async (address: string): Promise<ArrayBuffer> => {
    const response = await fetch(`${url}/_matrix/client/v1/media/download/${address.replace('mxc://', '')}`, {
      headers: { authorization: `Bearer ${account.token}` },
    });
    if (!response.ok) throw new Error(`download: ${response.status}`);
    return await response.arrayBuffer();
  };
  return {
    userId: account.userId,
    call,
    createRoom: async (options = {}) =>
      (await call('POST', '/_matrix/client/v3/createRoom', { preset: 'private_chat', ...options })).room_id,
    invite: async (room, userId) => void (await call('POST', inRoom(room, 'invite'), { user_id: userId })),
    kick: async (room, userId) => void (await call('POST', inRoom(room, 'kick'), { user_id: userId })),
    send,
    setState: async (room, type, content) =>
      void (await call('PUT', inRoom(room, `state/${type}/`), content)),
    say: (room, body, more = {}) => send(room, 'm.room.message', { msgtype: 'm.text', body, ...more }),
    react: (room, event, key) =>
      send(room, 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: event, key } }),
    redact: async (room, event) =>
      (await call('PUT', inRoom(room, `redact/${encodeURIComponent(event)}/${randomUUID()}`), {})).event_id,
    events: async (room) => {
      const all: SeenEvent[] = [];
      for (let from = ''; ; ) {
        const page = await call(
          'GET',
          inRoom(room, `messages?dir=b&limit=100${from === '' ? '' : `&from=${from}`}`),
        );
        all.push(...page.chunk);
        if (page.end === undefined || page.chunk.length === 0) return all.reverse();
        from = page.end;
      }
    },
    members: async (room) => Object.keys((await call('GET', inRoom(room, 'joined_members'))).joined),
    notified: async () =>
      (await call('GET', '/_matrix/client/v3/notifications?limit=100&only=highlight')).notifications.map(
        (one: any) => one.event.event_id,
      ),
    leave: async (room) => void (await call('POST', inRoom(room, 'leave'), {})),
    join: async (room) => void (await call('POST', inRoom(room, 'join'), {})),
    download: async (address) => Buffer.from(await downloadBytes(address)).toString('utf8'),
    downloadBytes,
  };
}
