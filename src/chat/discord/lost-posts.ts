import { DiscordAPIError, type REST, Routes, SnowflakeUtil } from 'discord.js';
import { z } from 'zod';
import type { SurfaceMemory } from '#chat/surface-port.ts';

const OwnMessage = z.object({
  id: z.string(),
  content: z.string().default(''),
  author: z.object({ id: z.string() }),
  attachments: z.array(z.object({ filename: z.string() })).default([]),
  /** Only answers to one person are replies; posts never are. */
  message_reference: z.unknown().optional(),
});
export type OwnMessage = z.infer<typeof OwnMessage>;

/** How far back is looked, in messages. */
const lookedAt = 50;
/** What is older than this, in milliseconds, was posted by another life of Chiffon and is no business of this one. */
const tooOld = 24 * 60 * 60_000;
/** How far Discord's clock and this machine's may differ, in milliseconds. */
const clockSlack = 60_000;

/**
 * Finds posts that reached Discord although nobody here knows: Chiffon was killed between sending and writing down, or
 * the answer got lost. The nonce covers some minutes; beyond them the messages themselves are read, once in each place
 * that is older than this process or where an answer got lost. What is ours, unknown to the ledger and says what is to
 * be posted is taken for it.
 */
export class LostPosts {
  readonly #rest: Pick<REST, 'get'>;
  readonly #memory: Pick<SurfaceMemory, 'posted'>;
  readonly #ownAccount: () => Promise<string>;
  readonly #startedAt: number;
  readonly #looked = new Map<string, Promise<OwnMessage[]>>();
  readonly #doubtful = new Set<string>();

  constructor(deps: {
    readonly rest: Pick<REST, 'get'>;
    readonly memory: Pick<SurfaceMemory, 'posted'>;
    readonly ownAccount: () => Promise<string>;
    /** When this process began to listen, in milliseconds since 1970. */
    readonly startedAt: number;
  }) {
    this.#rest = deps.rest;
    this.#memory = deps.memory;
    this.#ownAccount = deps.ownAccount;
    this.#startedAt = deps.startedAt;
  }

  /** The answer to a post got lost: before the next one, look. */
  doubt(target: string): void {
    this.#looked.delete(target);
    this.#doubtful.add(target);
  }

  /**
   * The id of a lost post that fits, at most once each; null when there is none.
   * @throws what the REST client throws
   */
  async claim(target: string, fits: (message: OwnMessage) => boolean): Promise<string | null> {
    const old = SnowflakeUtil.timestampFrom(target) < this.#startedAt + clockSlack;
    if (!old && !this.#doubtful.has(target)) return null;
    const found = await this.#look(target);
    const at = found.findIndex(fits);
    return at < 0 ? null : (found.splice(at, 1)[0]?.id ?? null);
  }

  /** Looks once, also when several posts ask at the same moment; again when looking failed. */
  async #look(target: string): Promise<OwnMessage[]> {
    const looking = this.#looked.get(target) ?? this.#readLost(target);
    this.#looked.set(target, looking);
    try {
      return await looking;
    } catch (error) {
      this.#looked.delete(target);
      throw error;
    }
  }

  async #readLost(target: string): Promise<OwnMessage[]> {
    const query = new URLSearchParams({ limit: String(lookedAt) });
    let answer: unknown;
    try {
      answer = await this.#rest.get(Routes.channelMessages(target), { query });
    } catch (error) {
      // Without the right to read the history there is nothing to find; what is wrong with the place itself shows when posting.
      if (error instanceof DiscordAPIError && error.status !== 401) return [];
      throw error;
    }
    const own = await this.#ownAccount();
    const lost: OwnMessage[] = [];
    for (const raw of Array.isArray(answer) ? answer.toReversed() : []) {
      const message = OwnMessage.safeParse(raw);
      if (!message.success || message.data.author.id !== own || message.data.message_reference != null)
        continue;
      if (SnowflakeUtil.timestampFrom(message.data.id) < Date.now() - tooOld) continue;
      if ((await this.#memory.posted(message.data.id)) === null) lost.push(message.data);
    }
    return lost;
  }
}
