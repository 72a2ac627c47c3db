import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ChatSurface, MessageAt, Outgoing, Place, Sent, SurfaceMemory } from '#chat/surface-port.ts';
import { drawCard } from './draw-card.ts';
import { drawAnswer, drawNote } from './draw-note.ts';
import type { HomeserverClient } from './homeserver-client.ts';
import { HomeserverError, isFinal, sendFailure } from './homeserver-error.ts';
import { isRedacted, MatrixEvent, threadOf } from './matrix-event.ts';
import {
  type CardMark,
  cardMark,
  editContent,
  fileContent,
  messageContent,
  readCardMark,
  type ThreadPosition,
} from './message-content.ts';
import type { Pace } from './pace.ts';
import { RecentMap } from './recent-map.ts';
import { CannotEncrypt } from './room-encryption.ts';
import { type Rooms, roomPath } from './rooms.ts';
import type { Seeds } from './seeds.ts';
import { type SilentRooms, silentRoomSentence } from './silent-rooms.ts';
import { transactionId } from './transaction-id.ts';

type OutgoingCard = Extract<Outgoing, { kind: 'card' }>;
type OutgoingFile = Extract<Outgoing, { kind: 'file' }>;

const SentEvent = z.object({ event_id: z.string() });
const Uploaded = z.object({ content_uri: z.string() });
const MediaLimit = z.object({ 'm.upload.size': z.number().optional() });

/** How many messages an edit leaves free for others: progress can wait, a decision less so. */
const spare = { progress: 3, decided: 0 } as const;
/** How long "is typing" is shown, in milliseconds. */
const typingMs = 15_000;
const uploadMs = 120_000;
/** Where a homeserver doesn't say how large files may be: what is left out is said in the file. In bytes. */
const usualUpload = 10_000_000;

export interface MessengerDeps {
  readonly client: HomeserverClient;
  readonly rooms: Rooms;
  readonly pace: Pace;
  readonly seeds: Seeds;
  readonly silent: SilentRooms;
  readonly memory: SurfaceMemory;
  readonly userId: string;
  readonly allowed: readonly string[];
  readonly zone: string;
  /** Told of every error, for health: a token that is refused shows here first. */
  readonly onTrouble: (error: unknown) => void;
}

/** Everything Chiffon says on Matrix. Each call says how it went instead of throwing. */
export class Messenger {
  readonly #deps: MessengerDeps;
  /** The newest message of a thread, by its root. */
  readonly #latest = new RecentMap<string>(500);
  /** Files that are uploaded and not posted yet, by key. */
  readonly #uploads = new RecentMap<{ readonly url: string } | { readonly file: object }>(20);
  #mostUpload: number | null = null;

  constructor(deps: MessengerDeps) {
    this.#deps = deps;
  }

  /** See `ChatSurface.openThread`. */
  async openThread(where: Parameters<ChatSurface['openThread']>[0]): Promise<Sent<Place>> {
    const { rooms, memory } = this.#deps;
    const { channel, message } = where;
    const refused = this.#refusesRoom(channel);
    if (refused !== null) return refused;
    try {
      if (await rooms.isDirect(channel)) return { ok: true, value: { channel, thread: null } };
    } catch (error) {
      return await this.#failure(channel, error);
    }
    const root = message === null ? await this.#startThread(where) : ({ ok: true, value: message } as const);
    if (!root.ok) return root;
    await memory.remember(threadKey(root.value), channel);
    return { ok: true, value: { channel, thread: root.value } };
  }

  async #startThread({
    channel,
    title,
    key,
  }: Parameters<ChatSurface['openThread']>[0]): Promise<Sent<string>> {
    const drawn = drawNote({ kind: 'note', words: title, output: null, mentions: [], loud: false });
    const content = messageContent(drawn, { loud: false, mentions: [], position: null });
    return await this.#send(channel, 'm.room.message', content, key);
  }

  /** Whether Chiffon takes part in a thread. */
  async knowsThread(root: string): Promise<boolean> {
    return (await this.#deps.memory.recall(threadKey(root))) !== null;
  }

  /** See `ChatSurface.post`. */
  async post(place: Place, message: Outgoing, key: string): ReturnType<ChatSurface['post']> {
    const sent = await this.#postOne(place, message, key);
    if (!sent.ok) return sent;
    if (place.thread !== null) this.#latest.set(place.thread, sent.value);
    return { ok: true, value: { message: sent.value, complete: true } };
  }

  async #postOne(place: Place, message: Outgoing, key: string): Promise<Sent<string>> {
    const position = this.#positionIn(place);
    switch (message.kind) {
      case 'note':
        return await this.#send(
          place.channel,
          'm.room.message',
          messageContent(drawNote(message), { ...message, position }),
          key,
        );
      case 'file':
        return await this.#postFile(place, message, key);
      case 'card':
        return await this.#postCard(place, message, key);
    }
  }

  async #postCard(place: Place, message: OutgoingCard, key: string): Promise<Sent<string>> {
    const { file, ...drawn } = drawCard(message, this.#deps.zone);
    if (file !== null) {
      const attached = await this.#postFile(
        place,
        {
          kind: 'file',
          ...file,
          // Clients show these words instead of the name the card calls it by.
          words: `${file.name}: every step of P-${message.card.plan ?? message.card.request}, to the letter`,
        },
        `${key}:steps`,
      );
      if (!attached.ok) return attached;
    }
    const position = this.#positionIn(place);
    const content = {
      ...messageContent(drawn, { loud: message.loud, mentions: message.mentions, position }),
      ...cardMark(message.card),
    };
    const sent = await this.#send(place.channel, 'm.room.message', content, key);
    if (sent.ok) await this.#deps.seeds.sow({ room: place.channel, event: sent.value }, message.card);
    return sent;
  }

  async #postFile(place: Place, message: OutgoingFile, key: string): Promise<Sent<string>> {
    const { client } = this.#deps;
    const { channel } = place;
    const refused = await this.#refusal(channel);
    if (refused !== null) return refused;
    try {
      const most = await this.#uploadLimit();
      const bytes = withinBytes(Buffer.from(message.content, 'utf8'), most);
      const encrypted = await this.#isEncrypted(channel);
      // What was uploaded in the clear is not what an encrypted room gets, should it have become one meanwhile.
      const uploadKey = `${encrypted ? 'sealed' : 'clear'} ${key}`;
      let where = this.#uploads.get(uploadKey);
      if (where === undefined) {
        const sealed = encrypted ? client.sealFile(bytes) : null;
        const answer = await client.call({
          method: 'POST',
          path: '/_matrix/media/v3/upload',
          query: sealed === null ? { filename: message.name } : {},
          body: sealed?.bytes ?? bytes,
          contentType: sealed === null ? 'text/plain; charset=utf-8' : 'application/octet-stream',
          timeoutMs: uploadMs,
        });
        const url = Uploaded.parse(answer).content_uri;
        where = sealed === null ? { url } : { file: { ...sealed.key, url } };
        this.#uploads.set(uploadKey, where);
      }
      const about = { name: message.name, words: message.words, bytes: bytes.length };
      return await this.#send(
        channel,
        'm.room.message',
        fileContent(about, where, this.#positionIn(place)),
        key,
      );
    } catch (error) {
      return await this.#failure(channel, error);
    }
  }

  async #uploadLimit(): Promise<number> {
    if (this.#mostUpload !== null) return this.#mostUpload;
    try {
      const answer = await this.#deps.client.call({ method: 'GET', path: '/_matrix/client/v1/media/config' });
      this.#mostUpload = MediaLimit.parse(answer)['m.upload.size'] ?? usualUpload;
    } catch (error) {
      if (!isFinal(error)) throw error;
      this.#mostUpload = usualUpload;
    }
    return this.#mostUpload;
  }

  /** See `ChatSurface.edit`. */
  async edit(at: MessageAt, message: OutgoingCard): Promise<Sent<null>> {
    const { pace, seeds, zone } = this.#deps;
    const { card } = message;
    const wait = pace.waitFor(card.state === 'running' ? spare.progress : spare.decided);
    if (wait > 0)
      return {
        ok: false,
        why: 'later',
        afterMs: wait,
        detail: 'The homeserver takes only so many messages.',
      };
    const refused = await this.#refusal(at.channel);
    if (refused !== null) return refused;
    try {
      if (await this.#isGone(at)) return { ok: false, why: 'gone', what: 'message' };
    } catch (error) {
      return await this.#failure(at.channel, error);
    }
    const { file: _posted, ...drawn } = drawCard(message, zone);
    const content = editContent(drawn, at.message, card.plan !== null && card.risk !== 'read');
    // A card may come back to a look it had before, so an edit's transaction is its own.
    const sent = await this.#send(at.channel, 'm.room.message', content, randomUUID());
    if (!sent.ok) return sent;
    await seeds.follow({ room: at.channel, event: at.message }, card);
    return { ok: true, value: null };
  }

  /** Homeservers take edits of deleted events without a word, so it is looked at first. */
  async #isGone({ channel, message }: MessageAt): Promise<boolean> {
    const event = await this.#eventOf(channel, message);
    return event === null || isRedacted(event);
  }

  async #eventOf(room: string, event: string): Promise<MatrixEvent | null> {
    try {
      const answer = await this.#deps.client.call({ method: 'GET', path: roomPath(room, 'event', event) });
      return MatrixEvent.safeParse(answer).data ?? null;
    } catch (error) {
      if (error instanceof HomeserverError && error.statusCode === 404) return null;
      throw error;
    }
  }

  /**
   * One of Chiffon's own messages: where it stands and which card it is. Null when this room has no such message, or it
   * was deleted.
   * @throws when the homeserver does not say
   */
  async ownMessage(
    room: string,
    message: string,
  ): Promise<{ readonly place: Place; readonly card: CardMark | null } | null> {
    const event = await this.#eventOf(room, message);
    if (event === null || isRedacted(event) || event.sender !== this.#deps.userId) return null;
    // What it says is inside where it is encrypted; where it stands is written outside.
    const opened = event.type === 'm.room.encrypted' ? await this.#deps.client.open(room, event) : null;
    const content = opened?.kind === 'clear' ? { ...opened.content } : event.content;
    return { place: { channel: room, thread: threadOf(event) }, card: readCardMark(content) };
  }

  /** Somebody wrote in a thread: what clients without threads show as replied to follows along. */
  noteLatest(root: string, message: string): void {
    this.#latest.set(root, message);
  }

  /** An answer for one person, quietly, where they acted. */
  async tell(place: Place, account: string, words: string, key: string): Promise<Sent<string>> {
    const content = messageContent(drawAnswer(account, words), {
      loud: false,
      mentions: [],
      position: this.#positionIn(place),
    });
    return await this.#send(place.channel, 'm.room.message', content, key);
  }

  /** See `ChatSurface.busy`. */
  async busy({ channel }: Place): Promise<void> {
    const { client, userId } = this.#deps;
    if (this.#refusesRoom(channel) !== null) return;
    try {
      await client.call({
        method: 'PUT',
        path: roomPath(channel, 'typing', userId),
        body: { typing: true, timeout: typingMs },
      });
    } catch {
      // It only shows that something is going on; what comes of it is said anyway.
    }
  }

  #positionIn({ thread }: Place): ThreadPosition | null {
    return thread === null ? null : { root: thread, latest: this.#latest.get(thread) ?? thread };
  }

  async #send(
    room: string,
    type: string,
    content: Record<string, unknown>,
    key: string,
  ): Promise<Sent<string>> {
    const { client, rooms, pace } = this.#deps;
    const refused = await this.#refusal(room);
    if (refused !== null) return refused;
    try {
      const sealed = (await this.#isEncrypted(room))
        ? await client.seal(room, await rooms.rules(room), type, content)
        : null;
      pace.sent();
      const answer = await client.call({
        method: 'PUT',
        path: roomPath(room, 'send', sealed === null ? type : 'm.room.encrypted', transactionId(key)),
        body: sealed ?? content,
      });
      return { ok: true, value: SentEvent.parse(answer).event_id };
    } catch (error) {
      return await this.#failure(room, error);
    }
  }

  /** Why nothing is sent to a room now; null when it may be tried. */
  async #refusal(room: string): Promise<Exclude<Sent<never>, { ok: true }> | null> {
    const { client, pace, silent } = this.#deps;
    const refused = this.#refusesRoom(room);
    if (refused !== null) return refused;
    const closed = pace.closedFor();
    if (closed > 0)
      return {
        ok: false,
        why: 'later',
        afterMs: closed,
        detail: 'The homeserver asked to be left alone for a while.',
      };
    const encryption = client.encryption();
    if (encryption.kind !== 'off') return null;
    try {
      if (!(await this.#isEncrypted(room))) return null;
    } catch (error) {
      return await this.#failure(room, error);
    }
    silent.add(room);
    return { ok: false, why: 'refused', detail: silentRoomSentence(room, encryption) };
  }

  #refusesRoom(room: string): Exclude<Sent<never>, { ok: true }> | null {
    if (this.#deps.allowed.includes(room)) return null;
    return {
      ok: false,
      why: 'refused',
      detail: `${room} is not one of the rooms Chiffon may be in (matrix.rooms), so nothing was said there.`,
    };
  }

  async #isEncrypted(room: string): Promise<boolean> {
    return await this.#deps.rooms.isEncrypted(room);
  }

  /** What an error means, with a look at whether Chiffon is still in the room. */
  async #failure(room: string, error: unknown): Promise<Exclude<Sent<never>, { ok: true }>> {
    const { pace, rooms, onTrouble } = this.#deps;
    if (error instanceof CannotEncrypt) return { ok: false, why: 'refused', detail: error.message };
    const failure = sendFailure(error);
    if (failure.why === 'later' && error instanceof HomeserverError && error.statusCode === 429) {
      pace.refusedFor(failure.afterMs);
    } else {
      onTrouble(error);
    }
    if (failure.why !== 'refused' || !(error instanceof HomeserverError)) return failure;
    if (error.statusCode !== 403 && error.statusCode !== 404) return failure;
    try {
      return (await rooms.joined()).includes(room) ? failure : { ok: false, why: 'gone', what: 'channel' };
    } catch (asking) {
      return sendFailure(asking);
    }
  }
}

function threadKey(root: string): string {
  return `thread:${root}`;
}

/** The end of a file that is too large, after a line that says what is left out. */
function withinBytes(bytes: Buffer, most: number): Buffer {
  if (bytes.length <= most) return bytes;
  const kept = bytes.subarray(bytes.length - Math.max(0, most - 200));
  const firstLine = kept.indexOf(10) + 1;
  const end = kept.subarray(firstLine);
  const left = bytes.length - end.length;
  return Buffer.concat([
    Buffer.from(`… the first ${left} bytes are left out: the homeserver takes at most ${most}.\n`),
    end,
  ]);
}
