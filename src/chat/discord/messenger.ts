import { DiscordAPIError, MessageFlags, type RawFile, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { ChatSurface, MessageAt, Outgoing, Place, Sent, SurfaceMemory } from '#chat/surface-port.ts';
import type { FlowLog } from '#flow/log-port.ts';
import { inertText } from '#platform/untrusted-text.ts';
import { nameOf } from './card-slots.ts';
import { type Channels, placeOf, targetOf } from './channels.ts';
import { drawCard } from './draw-card.ts';
import { calledAccounts, cardSentence, noteText } from './draw-texts.ts';
import { inertLine, shorten } from './inert-markdown.ts';
import type { LostPosts, OwnMessage } from './lost-posts.ts';
import { nonceOf } from './nonce.ts';
import { discordCodes, isCode, isDoubtful, type SendFailure, sendFailure } from './sending-errors.ts';

type OutgoingCard = Extract<Outgoing, { kind: 'card' }>;

const Posted = z.object({ id: z.string() });
/** A week: Discord's longest. Buttons in an archived thread can't be counted on. */
const archiveAfterMinutes = 10_080;
/** 10 MiB is what every server takes; a little of it is for the form around the file. */
const mostFileBytes = 10 * 1024 * 1024 - 64 * 1024;
/** How long nothing is sent after Discord refused the token, in milliseconds. */
const refusedPause = 60_000;

export interface MessengerDeps {
  readonly rest: REST;
  readonly token: string;
  readonly channels: Channels;
  readonly lost: LostPosts;
  readonly memory: Pick<SurfaceMemory, 'recall' | 'remember'>;
  readonly log: FlowLog;
  /** Told whether Discord takes the token, as calls show it. */
  readonly onToken: (accepted: boolean) => void;
}

/** Everything Chiffon sends to Discord on its own account. Each call says how it went instead of throwing. */
export class Messenger {
  readonly #deps: MessengerDeps;
  #silentUntil = 0;

  constructor(deps: MessengerDeps) {
    this.#deps = deps;
  }

  /** Discord took the token elsewhere: no more waiting because it was refused. */
  tokenAccepted(): void {
    this.#silentUntil = 0;
  }

  /** See `ChatSurface.openThread`. */
  async openThread(where: Parameters<ChatSurface['openThread']>[0]): Promise<Sent<Place>> {
    const { rest, channels } = this.#deps;
    const { channel } = where;
    return this.#send(false, async () => {
      const kind = await channels.kind(channel);
      if (kind.direct || kind.parent !== null) return placeOf(channel, kind);
      const starter = where.message ?? (await this.#starter(where));
      const name = shorten(inertText(where.title).replace(/\s+/g, ' ').trim() || 'Request', 100);
      try {
        const thread = await rest.post(Routes.threads(channel, starter), {
          body: { name, auto_archive_duration: archiveAfterMinutes },
        });
        channels.learn(thread);
        return { channel, thread: Posted.parse(thread).id };
      } catch (error) {
        // A thread has the id of the message it hangs below, so an earlier call's thread is known without asking.
        if (isCode(error, discordCodes.threadExists)) return { channel, thread: starter };
        if (!withoutThreads.some((code) => isCode(error, code))) throw error;
        this.#deps.log.warn(
          { channel, error: messageOf(error) },
          'no thread could be opened on Discord; the channel itself is used',
        );
        return { channel, thread: null };
      }
    });
  }

  /** See `ChatSurface.post`. */
  async post(
    place: Place,
    message: Outgoing,
    key: string,
  ): Promise<Sent<{ readonly message: string; readonly complete: boolean }>> {
    const target = targetOf(place);
    const complete = message.kind !== 'card';
    const { body, files } = bodyOf(message);
    return this.#send(
      place.thread !== null,
      async () => {
        const found = await this.#deps.lost.claim(target, (own) => isSame(message, body.content, own));
        if (found !== null) return { message: found, complete };
        try {
          const posted = await this.#inThread(place, () =>
            this.#deps.rest.post(Routes.channelMessages(target), {
              body: { ...body, nonce: nonceOf(target, key), enforce_nonce: true },
              files,
            }),
          );
          return { message: Posted.parse(posted).id, complete };
        } catch (error) {
          if (isDoubtful(error)) this.#deps.lost.doubt(target);
          throw error;
        }
      },
      place,
    );
  }

  /** See `ChatSurface.edit`. */
  async edit(at: MessageAt, message: OutgoingCard): Promise<Sent<null>> {
    const drawn = drawCard(message);
    const files = drawn.steps === null ? [] : [textFile(drawn.steps)];
    return this.#send(
      at.thread !== null,
      async () => {
        await this.#inThread(at, () =>
          this.#deps.rest.patch(Routes.channelMessage(targetOf(at), at.message), {
            body: {
              content: null,
              flags: MessageFlags.IsComponentsV2,
              components: [drawn.container],
              allowed_mentions: { parse: [] },
              attachments: files.map((file, id) => ({ id, filename: file.name })),
            },
            files,
          }),
        );
        return null;
      },
      at,
    );
  }

  /** A short answer below a message, for everybody to see but ringing nobody. */
  async reply(place: Place, message: string | null, content: string, key: string): Promise<Sent<null>> {
    const target = targetOf(place);
    return this.#send(
      place.thread !== null,
      async () => {
        await this.#inThread(place, () =>
          this.#deps.rest.post(Routes.channelMessages(target), {
            body: {
              content,
              allowed_mentions: { parse: [], replied_user: false },
              flags: MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications,
              nonce: nonceOf(target, key),
              enforce_nonce: true,
              ...(message === null
                ? {}
                : { message_reference: { message_id: message, fail_if_not_exists: false } }),
            },
          }),
        );
        return null;
      },
      place,
    );
  }

  async typing(place: Place): Promise<Sent<null>> {
    return this.#send(place.thread !== null, async () => {
      await this.#deps.rest.post(Routes.channelTyping(targetOf(place)));
      return null;
    });
  }

  /** A message of Chiffon's own for a thread to hang below. */
  async #starter(where: Parameters<ChatSurface['openThread']>[0]): Promise<string> {
    const known = await this.#deps.memory.recall(starterKey(where.key));
    if (known !== null) return known;
    const content = inertLine(shorten(where.title, 200));
    const found = await this.#deps.lost.claim(where.channel, (own) => own.content === content);
    if (found !== null) return found;
    const posted = await this.#deps.rest.post(Routes.channelMessages(where.channel), {
      body: {
        content,
        allowed_mentions: { parse: [] },
        flags: MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications,
        nonce: nonceOf(where.channel, `thread ${where.key}`),
        enforce_nonce: true,
      },
    });
    const { id } = Posted.parse(posted);
    await this.#deps.memory.remember(starterKey(where.key), id);
    return id;
  }

  /** Tries once more after waking an archived thread. */
  async #inThread<T>(place: Place, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (place.thread === null || !isCode(error, discordCodes.archivedThread)) throw error;
      await this.#deps.rest.patch(Routes.channel(place.thread), { body: { archived: false } });
      return call();
    }
  }

  async #send<T>(inThread: boolean, call: () => Promise<T>, place?: Place): Promise<Sent<T>> {
    const pause = this.#silentUntil - Date.now();
    if (pause > 0) return { ok: false, why: 'later', afterMs: pause, detail: 'Discord refuses the token' };
    this.#deps.rest.setToken(this.#deps.token);
    try {
      const value = await call();
      this.#deps.onToken(true);
      return { ok: true, value };
    } catch (error) {
      if (error instanceof DiscordAPIError && error.status === 401) {
        this.#silentUntil = Date.now() + refusedPause;
        this.#deps.onToken(false);
      }
      const failure = sendFailure(error, inThread);
      return place === undefined ? failure : this.#whatIsGone(failure, place);
    }
  }

  /** A thread is gone also when its channel is; then nothing can be posted around it either. */
  async #whatIsGone(failure: SendFailure, place: Place): Promise<SendFailure> {
    if (failure.why !== 'gone' || failure.what !== 'thread') return failure;
    try {
      await this.#deps.rest.get(Routes.channel(place.channel));
      return failure;
    } catch (error) {
      return isCode(error, discordCodes.unknownChannel) ? { ...failure, what: 'channel' } : failure;
    }
  }
}

/** Answers that mean: here no thread can be opened, but the channel may do. */
const withoutThreads = [
  discordCodes.missingPermissions,
  discordCodes.wrongChannelType,
  discordCodes.tooManyThreads,
];

interface Body {
  readonly content: string;
  readonly allowed_mentions: { readonly parse: []; readonly users?: string[] };
  readonly flags: number;
  readonly attachments?: readonly { readonly id: number; readonly filename: string }[];
}

function bodyOf(message: Outgoing): { readonly body: Body; readonly files: RawFile[] } {
  const quiet = MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications;
  if (message.kind === 'file') {
    const file = textFile(message);
    return {
      body: {
        content: inertLine(shorten(message.words, 900)),
        allowed_mentions: { parse: [] },
        flags: quiet,
        attachments: [{ id: 0, filename: file.name }],
      },
      files: [file],
    };
  }
  const users = calledAccounts(message.mentions);
  return {
    body: {
      content: message.kind === 'card' ? cardSentence(message) : noteText(message),
      allowed_mentions: users.length === 0 ? { parse: [] } : { parse: [], users },
      flags: message.loud ? MessageFlags.SuppressEmbeds : quiet,
    },
    files: [],
  };
}

/** Whether a message of ours says what is to be posted. A card's words may have changed since; its name has not. */
function isSame(message: Outgoing, content: string, own: OwnMessage): boolean {
  switch (message.kind) {
    case 'file':
      return own.attachments.some((attachment) => attachment.filename === message.name);
    case 'note':
      return own.content === content;
    case 'card': {
      const name = nameOf(message.card);
      return (
        own.content.includes(` ${name} `) && (name.includes('rev') || !own.content.includes(`${name} rev `))
      );
    }
  }
}

/** A text as a file; of one that is too large the end is kept, which is where things went wrong. */
function textFile(file: { readonly name: string; readonly content: string }): RawFile {
  const bytes = Buffer.from(file.content, 'utf8');
  if (bytes.length <= mostFileBytes) return { name: file.name, data: bytes, contentType: 'text/plain' };
  const left = bytes.length - mostFileBytes;
  const start = bytes.indexOf('\n', left) + 1 || left;
  const note = Buffer.from(`… ${start} bytes before this are left out; the console has all of it.\n`);
  return { name: file.name, data: Buffer.concat([note, bytes.subarray(start)]), contentType: 'text/plain' };
}

function starterKey(key: string): string {
  return `thread starter ${key}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
