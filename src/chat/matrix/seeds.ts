import { z } from 'zod';
import type { Sent, SurfaceMemory } from '#chat/surface-port.ts';
import type { Card } from '#core/card.ts';
import type { Chores } from './chores.ts';
import type { HomeserverClient } from './homeserver-client.ts';
import { HomeserverError, sendFailure } from './homeserver-error.ts';
import { reactionContent } from './message-content.ts';
import type { Pace } from './pace.ts';
import { seedKeys } from './read-reaction.ts';
import { RecentMap } from './recent-map.ts';
import { roomPath } from './rooms.ts';
import { transactionId } from './transaction-id.ts';

/** Where a card stands. */
interface CardAt {
  readonly room: string;
  readonly event: string;
}

const Pending = z.array(z.object({ room: z.string(), event: z.string(), key: z.string() })).catch([]);
type PendingSeed = z.infer<typeof Pending>[number];

const Relations = z.object({
  chunk: z.array(
    z.object({
      event_id: z.string(),
      sender: z.string(),
      content: z.record(z.string(), z.unknown()).catch({}),
    }),
  ),
});

const memoryKey = 'seeds';
/** How many messages seeds leave free for others, and the taking back of seeds, which can wait longer. */
const spare = { sowing: 1, clearing: 4 } as const;

/**
 * Which reactions stand ready below a card: those that decide it, while there is something to decide. A destructive plan
 * has none: it takes a typed code, never one tap.
 */
export function seedsOf(card: Card): readonly string[] {
  const decidable = card.state === 'needs_you' && card.risk !== 'destructive' && card.hash !== null;
  return decidable && card.actions.some((action) => action.kind === 'approve') ? seedKeys : [];
}

/**
 * Puts the reactions below cards that people press, and takes them back when there is nothing to decide any more. Done
 * in the background: a card is there at once, its reactions follow as fast as the homeserver takes them, also after a restart.
 */
export class Seeds {
  readonly #deps: SeedsDeps;
  #pending: PendingSeed[] = [];
  /** What was last wanted for a card, by its event. */
  readonly #wanted = new RecentMap<'sown' | 'cleared'>(1_000);

  constructor(deps: SeedsDeps) {
    this.#deps = deps;
  }

  /** Goes on with what a restart interrupted. */
  async resume(): Promise<void> {
    const kept = await this.#deps.memory.recall(memoryKey);
    this.#pending = kept === null ? [] : Pending.parse(parsed(kept));
    for (const seed of this.#pending) this.#plant(seed);
  }

  /** A card was posted. */
  async sow({ room, event }: CardAt, card: Card): Promise<void> {
    const keys = seedsOf(card);
    if (keys.length === 0) return;
    this.#wanted.set(event, 'sown');
    const seeds = keys.map((key) => ({ room, event, key }));
    this.#pending.push(...seeds);
    await this.#write();
    for (const seed of seeds) this.#plant(seed);
  }

  /** A card was drawn anew. */
  async follow(at: CardAt, card: Card): Promise<void> {
    const decidable = seedsOf(card).length > 0;
    const wanted = decidable ? 'sown' : 'cleared';
    if (this.#wanted.get(at.event) === wanted) return;
    if (decidable) return await this.sow(at, card);
    this.#wanted.set(at.event, 'cleared');
    const dropped = this.#pending.filter((seed) => seed.event === at.event);
    for (const seed of dropped) this.#deps.chores.drop(choreName(seed));
    if (dropped.length > 0) {
      this.#pending = this.#pending.filter((seed) => seed.event !== at.event);
      await this.#write();
    }
    this.#clear(at);
  }

  #plant(seed: PendingSeed): void {
    const { chores, pace } = this.#deps;
    chores.add({
      what: 'a reaction to press',
      name: choreName(seed),
      ready: () => pace.waitFor(spare.sowing),
      perform: () => this.#plantNow(seed),
    });
  }

  async #plantNow(seed: PendingSeed): Promise<Sent<unknown>> {
    const { room, event, key } = seed;
    const sent = await this.#put(
      roomPath(room, 'send', 'm.reaction', transactionId(`seed:${event}:${key}`)),
      reactionContent(event, key),
    );
    if (sent.ok || sent.why !== 'later') {
      this.#pending = this.#pending.filter((other) => other !== seed);
      await this.#write();
    }
    return sent;
  }

  #clear(at: CardAt): void {
    const { chores, pace } = this.#deps;
    chores.add({
      what: 'taking back a reaction',
      name: `clear:${at.event}`,
      ready: () => pace.waitFor(spare.clearing),
      perform: () => this.#clearOne(at),
    });
  }

  /** Takes back one of the seeds; says "later" while there are more. */
  async #clearOne({ room, event }: CardAt): Promise<Sent<unknown>> {
    const { client, userId } = this.#deps;
    try {
      const answer = await client.call({
        method: 'GET',
        path: `/_matrix/client/v1/rooms/${[room, 'relations', event, 'm.annotation', 'm.reaction'].map(encodeURIComponent).join('/')}`,
        query: { limit: 100 },
      });
      const own = Relations.parse(answer).chunk.filter(
        (reaction) => reaction.sender === userId && Object.keys(reaction.content).length > 0,
      );
      const [first, ...more] = own;
      if (first === undefined) return { ok: true, value: null };
      const sent = await this.#put(
        roomPath(room, 'redact', first.event_id, transactionId(`clear:${first.event_id}`)),
        {},
      );
      if (!sent.ok || more.length === 0) return sent;
      return { ok: false, why: 'later', afterMs: 0, detail: 'There are more to take back.' };
    } catch (error) {
      return sendFailure(error);
    }
  }

  async #put(path: string, body: object): Promise<Sent<unknown>> {
    const { client, pace } = this.#deps;
    try {
      pace.sent();
      return { ok: true, value: await client.call({ method: 'PUT', path, body }) };
    } catch (error) {
      if (isDuplicate(error)) return { ok: true, value: null };
      const failure = sendFailure(error);
      if (failure.why === 'later' && error instanceof HomeserverError && error.statusCode === 429) {
        pace.refusedFor(failure.afterMs);
      }
      return failure;
    }
  }

  async #write(): Promise<void> {
    await this.#deps.memory.remember(memoryKey, JSON.stringify(this.#pending));
  }
}

interface SeedsDeps {
  readonly client: HomeserverClient;
  readonly pace: Pace;
  readonly chores: Chores;
  readonly memory: Pick<SurfaceMemory, 'recall' | 'remember'>;
  readonly userId: string;
}

function choreName({ event, key }: PendingSeed): string {
  return `seed:${event}:${key}`;
}

/** The reaction is there already; homeservers say so in two ways. */
function isDuplicate(error: unknown): boolean {
  return (
    error instanceof HomeserverError &&
    (error.errcode === 'M_DUPLICATE_ANNOTATION' || /same reaction twice/i.test(error.error))
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
