import { EventEmitter } from 'node:events';

/** Somebody with an account. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly bot: boolean;
}

export interface StoredFile {
  readonly id: string;
  readonly filename: string;
  readonly content: Buffer;
}

/** Components as they go over the wire; their rules stand in `message-rules.ts`. */
export interface Component {
  readonly type: number;
  readonly id?: number;
  readonly components?: readonly Component[];
  readonly accessory?: Component;
  readonly content?: string;
  readonly label?: string;
  readonly style?: number;
  readonly custom_id?: string;
  readonly url?: string;
  readonly disabled?: boolean;
  readonly accent_color?: number;
  readonly placeholder?: string;
  readonly options?: readonly { readonly label: string; readonly value: string }[];
  readonly file?: { readonly url: string };
  readonly [more: string]: unknown;
}

/** A message as the double keeps it. */
export interface StoredMessage {
  readonly id: string;
  readonly channel: string;
  readonly author: User;
  readonly type: number;
  /** Milliseconds since 1970, by the double's clock. */
  createdAt: number;
  editedAt: number | null;
  edits: number;
  content: string;
  flags: number;
  components: readonly Component[];
  files: readonly StoredFile[];
  /** Accounts that were called when it was created. */
  readonly called: readonly string[];
  readonly allowedMentions: unknown;
  readonly nonce: string | null;
  readonly repliesTo: string | null;
  /** Who alone sees it; null when everybody does. */
  readonly onlyFor: User | null;
  readonly webhook: boolean;
  /** "Chiffon is thinking…" that was never filled. */
  thinking: boolean;
}

export interface Channel {
  readonly id: string;
  /** 0 text, 1 direct message, 11 public thread. */
  readonly type: 0 | 1 | 11;
  name: string;
  readonly guild: string | null;
  readonly parent: string | null;
  readonly owner: string | null;
  /** The person on the other side of a direct message. */
  readonly recipient: User | null;
  archived: boolean;
  locked: boolean;
  /** What the bot is denied in this channel, by permission bit. */
  denied: bigint;
  deleted: boolean;
}

export interface Guild {
  readonly id: string;
  readonly name: string;
  /** What the bot's role may do. */
  permissions: bigint;
  present: boolean;
}

/** Bits of permissions, as Discord numbers them. */
export const permissionBits = {
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  attachFiles: 1n << 15n,
  readMessageHistory: 1n << 16n,
  manageThreads: 1n << 34n,
  createPublicThreads: 1n << 35n,
  sendMessagesInThreads: 1n << 38n,
} as const;

/** What a bot is usually allowed: all of it but to rule over other people's threads. */
export const everything = Object.values(permissionBits).reduce((sum, bit) => sum | bit, 0n);
export const usual = everything & ~permissionBits.manageThreads;

/** What a person's phone showed. */
export interface Push {
  readonly to: User;
  readonly message: string;
  readonly text: string;
}

/** Everything that exists on the pretended Discord. Tells `change` after each change. */
export class World extends EventEmitter<{ change: [] }> {
  readonly bot: User;
  readonly application: string;
  readonly users = new Map<string, User>();
  readonly guilds = new Map<string, Guild>();
  readonly channels = new Map<string, Channel>();
  readonly messages = new Map<string, StoredMessage>();
  readonly pushes: Push[] = [];
  /** What `advance` added to the clock, in milliseconds. */
  skew = 0;
  #counter = 0;

  constructor(botName: string) {
    super();
    this.setMaxListeners(0);
    this.application = this.freshId();
    this.bot = { id: this.application, name: botName, bot: true };
    this.users.set(this.bot.id, this.bot);
  }

  now(): number {
    return Date.now() + this.skew;
  }

  /** A snowflake: milliseconds since 2015 and a counter. */
  freshId(at = this.now()): string {
    this.#counter += 1;
    return ((BigInt(at - 1_420_070_400_000) << 22n) | BigInt(this.#counter % 4096)).toString();
  }

  changed(): void {
    this.emit('change');
  }

  messagesIn(channel: string): StoredMessage[] {
    return [...this.messages.values()].filter((message) => message.channel === channel);
  }

  /** Whether the bot may do all of it in a channel. */
  allows(channel: Channel, bits: bigint): boolean {
    if (channel.guild === null) return true;
    const guild = this.guilds.get(channel.guild);
    const parent = channel.parent === null ? undefined : this.channels.get(channel.parent);
    const allowed = (guild?.permissions ?? 0n) & ~channel.denied & ~(parent?.denied ?? 0n);
    return (allowed & bits) === bits;
  }

  /** A channel's description on the wire. */
  wireChannel(channel: Channel): Record<string, unknown> {
    const base = { id: channel.id, type: channel.type, name: channel.name, flags: 0, last_message_id: null };
    if (channel.type === 1)
      return {
        id: channel.id,
        type: 1,
        flags: 0,
        last_message_id: null,
        recipients: [wireUser(channel.recipient ?? this.bot)],
      };
    const guild = { ...base, guild_id: channel.guild, parent_id: channel.parent };
    if (channel.type === 0) {
      const overwrites =
        channel.denied === 0n
          ? []
          : [{ id: this.bot.id, type: 1, allow: '0', deny: channel.denied.toString() }];
      return { ...guild, position: 0, permission_overwrites: overwrites, nsfw: false, topic: null };
    }
    return {
      ...guild,
      owner_id: channel.owner,
      member_count: 1,
      message_count: 0,
      total_message_sent: 0,
      rate_limit_per_user: 0,
      thread_metadata: {
        archived: channel.archived,
        locked: channel.locked,
        auto_archive_duration: 10_080,
        archive_timestamp: new Date(this.now()).toISOString(),
      },
    };
  }

  wireMessage(message: StoredMessage): Record<string, unknown> {
    const channel = this.channels.get(message.channel);
    return {
      id: message.id,
      channel_id: message.channel,
      ...(channel?.guild == null ? {} : { guild_id: channel.guild }),
      author: wireUser(message.author),
      type: message.type,
      content: message.content,
      timestamp: new Date(message.createdAt).toISOString(),
      edited_timestamp: message.editedAt === null ? null : new Date(message.editedAt).toISOString(),
      tts: false,
      pinned: false,
      mention_everyone: false,
      mentions: message.called.flatMap((id) => {
        const user = this.users.get(id);
        return user === undefined ? [] : [wireUser(user)];
      }),
      mention_roles: [],
      attachments: message.files.map((file) => ({
        id: file.id,
        filename: file.filename,
        size: file.content.length,
        url: `https://cdn.example.invalid/${file.id}/${file.filename}`,
        proxy_url: `https://cdn.example.invalid/${file.id}/${file.filename}`,
      })),
      embeds: [],
      components: message.components,
      flags: message.flags,
      ...(message.webhook ? { webhook_id: message.author.id } : {}),
      ...(message.repliesTo === null
        ? {}
        : { message_reference: { message_id: message.repliesTo, channel_id: message.channel } }),
    };
  }
}

export function wireUser(user: User): Record<string, unknown> {
  return {
    id: user.id,
    username: user.name.toLowerCase(),
    global_name: user.name,
    discriminator: '0',
    avatar: null,
    bot: user.bot,
    flags: 0,
    public_flags: 0,
  };
}
