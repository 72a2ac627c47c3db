import { DiscordAPIError, type REST, Routes, SnowflakeUtil } from 'discord.js';
import { z } from 'zod';
import type { SurfaceMemory } from '#chat/surface-port.ts';
import type { FlowLog } from '#flow/log-port.ts';
import type { Channels } from './channels.ts';
import { RawMessage } from './raw-events.ts';

/** How many places are looked into; those where nobody spoke for longest are forgotten first. */
const mostPlaces = 30;
/** How many messages are read in each: one page of Discord's. */
const mostMessages = 100;
/** Words older than this are not taken up any more, in milliseconds: whoever spoke has gone on. */
const tooOld = 24 * 60 * 60_000;

const memoryKey = 'places and the last message heard there';
const Places = z.array(z.tuple([z.string(), z.string()]));

/**
 * Finds what people said while no session listened: Chiffon was stopped, or away for longer than Discord keeps a
 * session. In places where it was spoken to before and in its own threads, what came after the last message heard is
 * read. Whoever listens knows by its id what was heard already.
 */
export class MissedMessages {
  readonly #deps: {
    readonly rest: Pick<REST, 'get'>;
    readonly memory: Pick<SurfaceMemory, 'recall' | 'remember'>;
    readonly channels: Channels;
    readonly log: FlowLog;
  };
  /** Channel or thread → the last message heard there, in the order of use. */
  #places: Map<string, string> | null = null;

  constructor(deps: {
    readonly rest: Pick<REST, 'get'>;
    readonly memory: Pick<SurfaceMemory, 'recall' | 'remember'>;
    readonly channels: Channels;
    readonly log: FlowLog;
  }) {
    this.#deps = deps;
  }

  /** From now on this place is looked into, from this message on. A thread that was just opened names itself. */
  async note(channel: string, message: string): Promise<void> {
    const places = await this.#known();
    const last = places.get(channel);
    places.delete(channel);
    places.set(channel, last !== undefined && BigInt(last) > BigInt(message) ? last : message);
    for (const oldest of places.keys()) {
      if (places.size <= mostPlaces) break;
      places.delete(oldest);
    }
    await this.#deps.memory.remember(memoryKey, JSON.stringify([...places]));
  }

  /** Hands on what was said in the meantime, place by place, oldest first. Never rejects for what Discord answers. */
  async catchUp(hear: (message: RawMessage) => Promise<void>): Promise<void> {
    // As it was before: what is heard meanwhile moves the places on.
    const places = Array.from(await this.#known());
    for (const [channel, last] of places) {
      const missed = await this.#since(channel, last);
      // Discord is away again: the next session catches up.
      if (missed === null) return;
      for (const message of missed) await hear(message);
    }
  }

  async #since(channel: string, last: string): Promise<RawMessage[] | null> {
    try {
      const query = new URLSearchParams({ after: last, limit: String(mostMessages) });
      const answer = await this.#deps.rest.get(Routes.channelMessages(channel), { query });
      const { direct } = await this.#deps.channels.kind(channel);
      const earliest = Date.now() - tooOld;
      return (
        z
          .array(RawMessage)
          .parse(answer)
          .filter((message) => SnowflakeUtil.timestampFrom(message.id) > earliest)
          .toSorted((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1))
          // Read one by one, messages don't say whether they stand in a server; the gateway's do.
          .map((message) => ({ ...message, guild_id: direct ? null : 'a server' }))
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#deps.log.warn(
        { channel, error: reason },
        'what was said on Discord in the meantime could not be read',
      );
      if (!(error instanceof DiscordAPIError) || error.status === 401) return null;
      (await this.#known()).delete(channel);
      return [];
    }
  }

  async #known(): Promise<Map<string, string>> {
    if (this.#places === null) {
      const stored = Places.safeParse(parse(await this.#deps.memory.recall(memoryKey)));
      this.#places ??= new Map(stored.success ? stored.data : []);
    }
    return this.#places;
  }
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
}
