import type { Surface } from '#core/person.ts';

/** Where a request is talked about on a chat platform. */
export interface ConversationRow {
  readonly surface: Surface;
  readonly request: number;
  readonly channel: string;
  /** The thread; null until it is opened, or where there are no threads. */
  readonly thread: string | null;
  /** The message that asked; null when Chiffon opens the conversation itself. */
  readonly asked: string | null;
  /** Why nothing can be posted there; null while it can. It is tried again as long as something waits to be said. */
  readonly lost: string | null;
}

export type PostKind = 'card' | 'note' | 'file';

/** Something that is to be posted, or was. The key makes it one of its kind in its conversation. */
export interface PostRow {
  readonly id: number;
  readonly surface: Surface;
  readonly request: number;
  /** `card:2`, `decision:1`, `result:142-1`, `log:142-1`. */
  readonly key: string;
  readonly kind: PostKind;
  /** What a note says; empty for cards and files, which are drawn from the ledger when they are sent. */
  readonly words: string;
  /** People to notify, by id. */
  readonly mentions: readonly string[];
  readonly loud: boolean;
  /** The plan's hash a card shows, for the decisions made on it. */
  readonly hash: string | null;
  /** The platform's id, once posted. */
  readonly message: string | null;
  /** Fingerprint of what is drawn now. */
  readonly drawn: string | null;
  /** `waiting` to be posted · `posted` · `settled`: nothing about it will change · `dropped`: it is gone, or there was nothing to say. */
  readonly state: 'waiting' | 'posted' | 'settled' | 'dropped';
  /** ISO 8601. */
  readonly postedAt: string | null;
}

export type NewPost = Pick<PostRow, 'key' | 'kind' | 'words' | 'mentions' | 'loud' | 'hash'>;

/** Whether something outside works: a chat platform, a phone channel. */
export interface ChannelState {
  /** `discord`, `matrix`, `phone ntfy`. */
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy: string | null;
  /** ISO 8601. */
  readonly at: string;
}

/** What the ledger keeps about conversations on chat platforms. Rows, not events: it can be rebuilt from what is there. */
export interface ConversationRecord {
  conversation(surface: Surface, request: number): Promise<ConversationRow | null>;
  /** The newest conversation in a thread. */
  conversationIn(surface: Surface, thread: string): Promise<ConversationRow | null>;
  /** Writes or rewrites where a request is talked about. */
  saveConversation(row: ConversationRow): Promise<void>;
  /** Oldest first. */
  posts(surface: Surface, request: number): Promise<readonly PostRow[]>;
  /** Adds what is missing, in the given order; keys that exist are left alone. */
  addPosts(surface: Surface, request: number, posts: readonly NewPost[]): Promise<void>;
  updatePost(
    id: number,
    change: Partial<Pick<PostRow, 'message' | 'drawn' | 'state' | 'postedAt'>>,
  ): Promise<void>;
  /** The post that has this id on the platform. */
  postOf(surface: Surface, message: string): Promise<PostRow | null>;
  /** Requests with something to post or a card that may still change. */
  openConversations(surface: Surface): Promise<readonly number[]>;
  /**
   * Gives conversations that lost their place, and had something to say since a moment, their place back, so that it is
   * tried again; answers their requests.
   */
  reopenLost(surface: Surface, since: Date): Promise<readonly number[]>;
  /** Whether an event of a platform was taken in before. */
  wasHeard(surface: Surface, id: string): Promise<boolean>;
  noteHeard(surface: Surface, id: string): Promise<void>;
  recall(surface: Surface, key: string): Promise<string | null>;
  remember(surface: Surface, key: string, value: string): Promise<void>;
  saveChannelState(state: Omit<ChannelState, 'at'>): Promise<void>;
  channelStates(): Promise<readonly ChannelState[]>;
}
