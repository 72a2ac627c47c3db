import { ChannelType, type REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Place } from '#chat/surface-port.ts';

/** What has to be known about a channel to say where a conversation stands. */
export interface ChannelKind {
  /** A direct message: no threads, everything is said to Chiffon. */
  readonly direct: boolean;
  /** The channel a thread hangs in; null for what is no thread. */
  readonly parent: string | null;
  /** Who opened a thread. */
  readonly owner: string | null;
}

const RawChannel = z.object({
  id: z.string(),
  type: z.number().optional(),
  parent_id: z.string().nullish(),
  owner_id: z.string().nullish(),
});

const threadTypes: readonly number[] = [
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
];

/** Remembers of each channel whether it is a thread and where; asks Discord once for each. */
export class Channels {
  readonly #rest: Pick<REST, 'get'>;
  readonly #known = new Map<string, ChannelKind>();

  constructor(rest: Pick<REST, 'get'>) {
    this.#rest = rest;
  }

  /** Takes in a channel as Discord describes it; answers what it is, or null when the description says too little. */
  learn(raw: unknown): ChannelKind | null {
    const channel = RawChannel.safeParse(raw);
    if (!channel.success || channel.data.type === undefined) return null;
    const thread = threadTypes.includes(channel.data.type);
    // Parts of a thread's description leave out what it hangs in; that is then asked for.
    if (thread && typeof channel.data.parent_id !== 'string') return null;
    const kind: ChannelKind = {
      direct: channel.data.type === ChannelType.DM || channel.data.type === ChannelType.GroupDM,
      parent: thread ? (channel.data.parent_id ?? null) : null,
      owner: thread ? (channel.data.owner_id ?? this.#known.get(channel.data.id)?.owner ?? null) : null,
    };
    this.#known.set(channel.data.id, kind);
    return kind;
  }

  /**
   * What a channel is.
   * @throws what the REST client throws
   */
  async kind(id: string): Promise<ChannelKind> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const learned = this.learn(await this.#rest.get(Routes.channel(id)));
    return learned ?? { direct: false, parent: null, owner: null };
  }

  forget(id: string): void {
    this.#known.delete(id);
  }
}

/** A channel's place: threads stand below their channel. */
export function placeOf(id: string, kind: ChannelKind): Place {
  return kind.parent === null ? { channel: id, thread: null } : { channel: kind.parent, thread: id };
}

/** The id everything of a place is sent to. */
export function targetOf(place: Place): string {
  return place.thread ?? place.channel;
}
