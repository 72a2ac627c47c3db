import { randomBytes } from 'node:crypto';
import { DoubleRoom, type StoredEvent } from './room.ts';
import { checkContent, Refusal } from './strict-content.ts';

/** A sync that waits for something to happen. */
export interface Waiting {
  readonly respond: () => void;
}

/** Everything the double knows, and what it does to take a message in or bring it out. */
export class ServerState {
  readonly serverName = 'double.test';
  readonly rooms = new Map<string, DoubleRoom>();
  /** Accounts by their token. */
  readonly tokens = new Map<string, string>();
  readonly revoked = new Set<string>();
  readonly displayNames = new Map<string, string>();
  readonly accountData = new Map<string, unknown>();
  /** Rooms in which nobody may write. */
  readonly forbidden = new Set<string>();
  /** Events by the token and path they were sent with. */
  readonly transactions = new Map<string, string>();
  readonly uploads = new Map<string, Buffer>();
  /** What the next sync of an account brings once more, by account and room. */
  readonly again = new Map<string, StoredEvent[]>();
  readonly typing = new Map<string, Set<string>>();
  readonly waiting = new Set<Waiting>();
  /** Counts everything that happens; a sync token is a place in it. */
  clock = 0;
  outage: number | 'cut' | null = null;
  limited: { times: number; waitMs: number; how: 'header' | 'body' | 'bare' } | null = null;
  rate: { perSecond: number; burst: number } | null = null;
  bucket = { left: 0, at: performance.now() };
  maxUpload = 50_000_000;
  #names = 0;

  /** A number nothing else has. */
  number(): number {
    this.#names += 1;
    return this.#names;
  }

  wake(): void {
    for (const one of this.waiting) one.respond();
  }

  newRoom(): DoubleRoom {
    const room = new DoubleRoom(`!room${this.number()}:${this.serverName}`);
    this.rooms.set(room.id, room);
    return room;
  }

  roomOf(id: string): DoubleRoom {
    const room = this.rooms.get(id);
    if (room === undefined) throw new Refusal(404, 'M_NOT_FOUND', 'Unknown room');
    return room;
  }

  /** Makes an account; for the bot, its token is what it logs in with. */
  account(localpart: string, displayName?: string): { userId: string; token: string } {
    const userId = `@${localpart}:${this.serverName}`;
    const token = `token-of-${localpart}`;
    this.tokens.set(token, userId);
    if (displayName !== undefined) this.displayNames.set(userId, displayName);
    return { userId, token };
  }

  append(
    room: DoubleRoom,
    event: {
      sender: string;
      type: string;
      content: Record<string, any>;
      state_key?: string;
      redacts?: string;
    },
  ): StoredEvent {
    this.clock += 1;
    const before = event.state_key === undefined ? undefined : room.state(event.type, event.state_key);
    const stored: StoredEvent = {
      ...event,
      event_id: `$${randomBytes(16).toString('base64url')}`,
      origin_server_ts: Date.now(),
      unsigned: before === undefined ? {} : { prev_content: before.content },
      at: this.clock,
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
    this.wake();
    return stored;
  }

  /** Takes a message in as a client sent it, with everything that may speak against it. */
  send(
    room: DoubleRoom,
    sender: string,
    type: string,
    content: Record<string, any>,
    more: { state_key?: string; redacts?: string } = {},
  ): string {
    if (room.members.get(sender) !== 'join')
      throw new Refusal(403, 'M_FORBIDDEN', `User ${sender} not in room ${room.id}`);
    if (this.forbidden.has(room.id))
      throw new Refusal(403, 'M_FORBIDDEN', "You don't have permission to post that to the room.");
    if (
      type !== 'm.room.encrypted' &&
      type !== 'm.reaction' &&
      type !== 'm.room.redaction' &&
      room.state('m.room.encryption')
    )
      throw new Refusal(400, 'M_BAD_STATE', 'plaintext in an encrypted room');
    checkContent(room, sender, type, content);
    return this.append(room, { sender, type, content, ...more }).event_id;
  }

  takeToken(): void {
    if (this.limited !== null && this.limited.times > 0) {
      this.limited.times -= 1;
      const { waitMs, how } = this.limited;
      throw new Refusal(
        429,
        'M_LIMIT_EXCEEDED',
        'Too Many Requests',
        how === 'body' ? { retry_after_ms: waitMs } : {},
        how === 'header' ? { 'retry-after': String(Math.ceil(waitMs / 1_000)) } : {},
      );
    }
    if (this.rate === null) return;
    const now = performance.now();
    this.bucket = {
      left: Math.min(
        this.rate.burst,
        this.bucket.left + ((now - this.bucket.at) / 1_000) * this.rate.perSecond,
      ),
      at: now,
    };
    if (this.bucket.left < 1) {
      const seconds = Math.ceil((1 - this.bucket.left) / this.rate.perSecond);
      throw new Refusal(429, 'M_LIMIT_EXCEEDED', 'Too Many Requests', {}, { 'retry-after': String(seconds) });
    }
    this.bucket.left -= 1;
  }

  /** Everything after `since` for one account; null when there is nothing. */
  syncFor(user: string, since: number | null): Record<string, unknown> | null {
    const join: Record<string, unknown> = {};
    const invite: Record<string, unknown> = {};
    const leave: Record<string, unknown> = {};
    for (const room of this.rooms.values()) {
      const membership = room.members.get(user);
      const fresh = room.events.filter((event) => since === null || event.at > since);
      const repeated = this.again.get(`${user} ${room.id}`) ?? [];
      if (membership === 'join') {
        const ownJoin = fresh.findIndex(
          (event) => event.type === 'm.room.member' && event.state_key === user,
        );
        // Like Synapse: a room newly come into brings history from before.
        const all = ownJoin >= 0 && since !== null ? room.events : fresh;
        const events = all.slice(-room.syncLimit);
        if (events.length === 0 && repeated.length === 0) continue;
        this.again.delete(`${user} ${room.id}`);
        const first = events[0];
        join[room.id] = {
          timeline: {
            events: [...events, ...repeated].map(visible),
            limited: events.length < all.length,
            prev_batch: `t${(first?.at ?? this.clock + 1) - 1}`,
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
  }
}

/** An event as clients get it. */
export function visible(event: StoredEvent): Record<string, unknown> {
  const { at: _at, ...rest } = event;
  return { ...rest, room_id: undefined };
}
