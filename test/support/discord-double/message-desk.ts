import { ApiError, badForm, refused, unknown } from './api-error.ts';
import { readMarkdown } from './markdown.ts';
import {
  type Around,
  checkComponents,
  checkFiles,
  flags,
  type MessageBody,
  readMessageBody,
} from './message-rules.ts';
import { messageSeen, named } from './transcript.ts';
import {
  type Channel,
  permissionBits,
  type StoredFile,
  type StoredMessage,
  type User,
  type World,
} from './world.ts';

export interface Upload {
  readonly filename: string;
  readonly content: Buffer;
}

/** Edits of a message older than an hour Discord takes before it says 30046. Nobody says how many; few are assumed. */
const oldEdits = 3;
const hourMs = 60 * 60_000;
/** "Some minutes" in the documentation. */
const nonceMs = 5 * 60_000;

/** Takes in messages: checks them, stores them, rings phones. */
export class MessageDesk {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Posts; answers the message that is already there when the nonce says that it is the same. */
  post(
    channel: Channel,
    author: User,
    raw: unknown,
    uploads: readonly Upload[],
    of: { readonly mostFlags: number; readonly onlyFor?: User; readonly webhook?: boolean },
  ): { readonly message: StoredMessage; readonly fresh: boolean } {
    const body = readMessageBody(raw);
    const given = body.flags ?? 0;
    if ((given & ~of.mostFlags) !== 0)
      throw badForm('flags', 'MESSAGE_INVALID_FLAGS', `These flags can't be set here: ${given}`);
    const nonce = body.nonce == null ? null : String(body.nonce);
    if (body.enforce_nonce === true) {
      if (nonce === null) throw badForm('nonce', 'BASE_TYPE_REQUIRED', 'enforce_nonce needs a nonce');
      const same = this.#world
        .messagesIn(channel.id)
        .find(
          (message) =>
            message.nonce === nonce &&
            message.author.id === author.id &&
            this.#world.now() - message.createdAt < nonceMs,
        );
      if (same !== undefined) return { message: same, fresh: false };
    }
    const v2 = (given & flags.componentsV2) !== 0;
    if (v2 && (body.content || body.embeds?.length)) throw legacyField();
    const files = this.#files(body, uploads, []);
    const around: Around = { v2, files: files.map((file) => file.filename) };
    const components = checkComponents(body.components ?? [], around);
    if (!body.content && components.length === 0 && files.length === 0 && !body.embeds?.length)
      throw new ApiError(400, 50_006, 'Cannot send an empty message');
    const repliesTo = body.message_reference?.message_id ?? null;
    if (
      repliesTo !== null &&
      !this.#world.messages.has(repliesTo) &&
      body.message_reference?.fail_if_not_exists !== false
    )
      throw badForm('message_reference', 'MESSAGE_REFERENCE_UNKNOWN_MESSAGE', 'Unknown message');
    const replied = repliesTo === null ? undefined : this.#world.messages.get(repliesTo);
    const message: StoredMessage = {
      id: this.#world.freshId(),
      channel: channel.id,
      author,
      type: replied === undefined ? 0 : 19,
      createdAt: this.#world.now(),
      editedAt: null,
      edits: 0,
      content: body.content ?? '',
      flags: given,
      components,
      files,
      called: called(this.#world, body, replied),
      allowedMentions: body.allowed_mentions ?? null,
      nonce,
      repliesTo: replied === undefined ? null : repliesTo,
      onlyFor: of.onlyFor ?? null,
      webhook: of.webhook ?? false,
      thinking: false,
    };
    this.#world.messages.set(message.id, message);
    this.#ring(channel, message);
    this.#world.changed();
    return { message, fresh: true };
  }

  edit(message: StoredMessage, raw: unknown, uploads: readonly Upload[]): void {
    const body = readMessageBody(raw);
    const wasV2 = (message.flags & flags.componentsV2) !== 0;
    const given = body.flags ?? message.flags;
    if (body.flags != null && (body.flags & ~(flags.componentsV2 | flags.suppressEmbeds)) !== 0)
      throw badForm('flags', 'MESSAGE_INVALID_FLAGS', `These flags can't be set by an edit: ${given}`);
    if (wasV2 && (given & flags.componentsV2) === 0)
      throw badForm(
        'flags',
        'MESSAGE_FLAGS_COMPONENTS_V2_IRREVERSIBLE',
        'IS_COMPONENTS_V2 cannot be removed',
      );
    const v2 = (given & flags.componentsV2) !== 0;
    const content = body.content === undefined ? message.content : (body.content ?? '');
    if (v2 && (content !== '' || (body.embeds?.length ?? 0) > 0)) throw legacyField();
    if (this.#world.now() - message.createdAt > hourMs && message.edits >= oldEdits) {
      const retry = new ApiError(
        429,
        30_046,
        'Maximum number of edits to messages older than 1 hour reached. Try again later.',
        {
          headers: { 'retry-after': '300' },
        },
      );
      retry.body = () => ({ message: retry.message, code: 30_046, retry_after: 300, global: false });
      throw retry;
    }
    const files = this.#files(body, uploads, message.files);
    const components =
      body.components === undefined
        ? message.components
        : checkComponents(body.components ?? [], { v2, files: files.map((file) => file.filename) });
    message.content = content;
    message.components = components;
    (message as { files: readonly StoredFile[] }).files = files;
    message.flags = (message.flags & flags.quiet) | (message.flags & flags.ephemeral) | given;
    if (message.thinking) message.thinking = false;
    else {
      message.edits += 1;
      message.editedAt = this.#world.now();
    }
    this.#world.changed();
  }

  /** Throws like Discord when the bot may not post in a channel, and wakes a thread that sleeps. */
  mayPost(channel: Channel): void {
    if (!this.#world.allows(channel, permissionBits.viewChannel)) throw refused.access();
    const thread = channel.type === 11;
    if (
      !this.#world.allows(
        channel,
        thread ? permissionBits.sendMessagesInThreads : permissionBits.sendMessages,
      )
    )
      throw refused.permissions();
    if (thread && channel.locked) throw new ApiError(400, 160_005, 'Thread is locked');
    channel.archived = false;
  }

  find(channel: Channel, id: string): StoredMessage {
    const message = this.#world.messages.get(id);
    if (message === undefined || message.channel !== channel.id || message.onlyFor !== null)
      throw unknown.message();
    return message;
  }

  #files(body: MessageBody, uploads: readonly Upload[], had: readonly StoredFile[]): StoredFile[] {
    checkFiles(uploads);
    const listed = body.attachments ?? null;
    const kept =
      listed === null ? had : had.filter((file) => listed.some((entry) => String(entry.id) === file.id));
    if (listed !== null)
      for (const entry of listed) {
        const index = Number(entry.id);
        if (!had.some((file) => file.id === String(entry.id)) && uploads[index] === undefined)
          throw badForm('attachments', 'ATTACHMENT_NOT_FOUND', `Attachment ${entry.id} is not there`);
      }
    return [
      ...kept,
      ...uploads.map((upload) => ({
        id: this.#world.freshId(),
        filename: upload.filename,
        content: upload.content,
      })),
    ];
  }

  /** Phones ring for whoever is called and for everybody in a direct message, unless the message is quiet. */
  #ring(channel: Channel, message: StoredMessage): void {
    if ((message.flags & flags.quiet) !== 0 || message.onlyFor !== null) return;
    const listeners = new Set(message.called);
    if (channel.recipient !== null) listeners.add(channel.recipient.id);
    listeners.delete(message.author.id);
    for (const id of listeners) {
      const to = this.#world.users.get(id);
      if (to === undefined || to.bot) continue;
      const seen = named(this.#world, readMarkdown(message.content).seen);
      const text = seen === '' ? (message.files[0]?.filename ?? messageSeen(this.#world, message)) : seen;
      this.#world.pushes.push({ to, message: message.id, text });
    }
  }
}

/** Who is really called: what the words name, as far as `allowed_mentions` allows. */
function called(world: World, body: MessageBody, replied: StoredMessage | undefined): string[] {
  const content = body.content ?? '';
  const allowed = body.allowed_mentions;
  const inWords = [...content.matchAll(/<@!?(\d+)>/g)].flatMap((match) =>
    match[1] === undefined ? [] : [match[1]],
  );
  const users =
    allowed == null || allowed.parse?.includes('users') === true
      ? inWords
      : inWords.filter((id) => allowed.users?.includes(id) === true);
  const everyone =
    (allowed == null || allowed.parse?.includes('everyone') === true) && /@(?:everyone|here)/.test(content)
      ? [...world.users.keys()]
      : [];
  const author = replied !== undefined && allowed?.replied_user === true ? [replied.author.id] : [];
  return [...new Set([...users, ...everyone, ...author])].filter((id) => world.users.has(id));
}

function legacyField(): ApiError {
  return badForm(
    'flags',
    'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    'The content and embeds fields cannot be used when using MessageFlags.IS_COMPONENTS_V2',
  );
}
