import { z } from 'zod';
import type { HomeserverClient } from './homeserver-client.ts';
import { HomeserverError, isFinal } from './homeserver-error.ts';
import type { RoomRules } from './room-encryption.ts';

const weekMs = 7 * 24 * 3_600_000;
const Members = z.object({ joined: z.record(z.string(), z.unknown()) });
const JoinedRooms = z.object({ joined_rooms: z.array(z.string()) });
/** `m.room.encryption`: what is left out is as the specification says. */
const Encryption = z.object({
  algorithm: z.string().catch('m.megolm.v1.aes-sha2').default('m.megolm.v1.aes-sha2'),
  rotation_period_ms: z.number().int().positive().catch(weekMs).default(weekMs),
  rotation_period_msgs: z.number().int().positive().catch(100).default(100),
});
const Visibility = z.object({
  history_visibility: z.enum(['invited', 'joined', 'shared', 'world_readable']).catch('shared'),
});
const MemberList = z.object({
  chunk: z.array(
    z.object({
      state_key: z.string(),
      content: z.object({ membership: z.string().catch('leave') }).catch({ membership: 'leave' }),
    }),
  ),
});
const Direct = z.record(z.string(), z.array(z.string()).catch([])).catch({});

/** What has to be known about rooms: which Chiffon is in, which are encrypted, which are talks with one person. */
export class Rooms {
  readonly #client: HomeserverClient;
  readonly #userId: string;
  /** Encryption is never switched off again. */
  readonly #encrypted = new Set<string>();
  #direct: ReadonlySet<string> | null = null;
  readonly #directWithOne = new Map<string, boolean>();

  constructor(client: HomeserverClient, userId: string) {
    this.#client = client;
    this.#userId = userId;
  }

  /**
   * Whether a room is encrypted now. Asked before every message, not remembered while it isn't: it may be switched on
   * between two messages, and nothing may then go out in the clear.
   * @throws when the homeserver does not say
   */
  async isEncrypted(room: string): Promise<boolean> {
    if (this.#encrypted.has(room)) return true;
    try {
      await this.#client.call({ method: 'GET', path: roomPath(room, 'state', 'm.room.encryption', '') });
    } catch (error) {
      if (!(error instanceof HomeserverError && error.statusCode === 404)) throw error;
      // What was written encrypted once is never written in the clear, even where the homeserver has forgotten.
      if (!(await this.#client.wasEncrypted(room))) return false;
    }
    this.#encrypted.add(room);
    return true;
  }

  /**
   * How an encrypted room wants its messages encrypted, and for whom. Asked before every message: somebody who was put
   * out must not be able to read the next one.
   * @throws when the homeserver does not say
   */
  async rules(room: string): Promise<RoomRules> {
    const [encryption, visibility, members] = await Promise.all([
      this.#getOrNull(roomPath(room, 'state', 'm.room.encryption', '')),
      this.#getOrNull(roomPath(room, 'state', 'm.room.history_visibility', '')),
      this.#client.call({
        method: 'GET',
        path: roomPath(room, 'members'),
        query: { not_membership: 'leave' },
      }),
    ]);
    const { algorithm, rotation_period_ms, rotation_period_msgs } = Encryption.parse(encryption ?? {});
    const { history_visibility } = Visibility.parse(visibility ?? { history_visibility: 'shared' });
    const reading = history_visibility === 'joined' ? ['join'] : ['join', 'invite'];
    return {
      algorithm,
      rotationMs: rotation_period_ms,
      rotationMessages: rotation_period_msgs,
      historyVisibility: history_visibility,
      readers: MemberList.parse(members)
        .chunk.filter(({ content }) => reading.includes(content.membership))
        .map(({ state_key }) => state_key),
    };
  }

  noteEncrypted(room: string): void {
    this.#encrypted.add(room);
  }

  /**
   * The rooms Chiffon is in.
   * @throws when the homeserver does not say
   */
  async joined(): Promise<readonly string[]> {
    const answer = await this.#client.call({ method: 'GET', path: '/_matrix/client/v3/joined_rooms' });
    return JoinedRooms.parse(answer).joined_rooms;
  }

  /**
   * Whether a room is a talk with one person: it was opened as one, and nobody else came in.
   * @throws when the homeserver does not say
   */
  async isDirect(room: string): Promise<boolean> {
    const known = this.#directWithOne.get(room);
    if (known !== undefined) return known;
    const direct = (await this.#directRooms()).has(room) && (await this.#memberCount(room)) <= 2;
    this.#directWithOne.set(room, direct);
    return direct;
  }

  /** Somebody came or went: whether the room is still a talk with one person is asked anew. */
  noteMembers(room: string): void {
    this.#directWithOne.delete(room);
  }

  /**
   * Writes down in the account that a room was opened as a talk with one person, where every client keeps it.
   * @throws when the homeserver does not take it
   */
  async noteDirect(room: string): Promise<void> {
    const before = await this.#directRooms();
    if (before.has(room)) return;
    const path = this.#accountDataPath();
    const all = Direct.parse(await this.#getOrNull(path));
    const other = (await this.#members(room)).find((member) => member !== this.#userId) ?? this.#userId;
    await this.#client.call({
      method: 'PUT',
      path,
      body: { ...all, [other]: [...(all[other] ?? []), room] },
    });
    this.#direct = new Set([...before, room]);
    this.#directWithOne.delete(room);
  }

  async #directRooms(): Promise<ReadonlySet<string>> {
    this.#direct ??= new Set(
      Object.values(Direct.parse(await this.#getOrNull(this.#accountDataPath()))).flat(),
    );
    return this.#direct;
  }

  async #memberCount(room: string): Promise<number> {
    return (await this.#members(room)).length;
  }

  async #members(room: string): Promise<string[]> {
    const answer = await this.#client.call({ method: 'GET', path: roomPath(room, 'joined_members') });
    return Object.keys(Members.parse(answer).joined);
  }

  async #getOrNull(path: string): Promise<unknown> {
    try {
      return await this.#client.call({ method: 'GET', path });
    } catch (error) {
      if (isFinal(error)) return null;
      throw error;
    }
  }

  #accountDataPath(): string {
    return `/_matrix/client/v3/user/${encodeURIComponent(this.#userId)}/account_data/m.direct`;
  }
}

/** A path below a room, with every part encoded. */
export function roomPath(room: string, ...parts: readonly string[]): string {
  return `/_matrix/client/v3/rooms/${[room, ...parts].map(encodeURIComponent).join('/')}`;
}
