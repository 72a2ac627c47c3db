import { z } from 'zod';
import type { SurfaceMemory } from '#chat/surface-port.ts';
import type { FlowLog } from '#flow/log-port.ts';
import { isRedacted, MatrixEvent, threadOf } from './matrix-event.ts';
import { RecentMap } from './recent-map.ts';
import type { Opened } from './room-encryption.ts';

/** An encrypted message that could not be read. */
export interface Unread {
  readonly room: string;
  /** As the homeserver sent it. */
  readonly event: MatrixEvent;
  readonly opened: Exclude<Opened, { kind: 'clear' }>;
}

const Waiting = z.array(z.object({ room: z.string(), event: MatrixEvent, since: z.number() })).catch([]);
type Waiting = z.infer<typeof Waiting>[number];

const memoryKey = 'unread';
/** A flood of unreadable messages is no reason to keep a flood. */
const mostWaiting = 100;
/** Whoever was told once what is wrong knows it for a while. In milliseconds. */
const hintEvery = 3_600_000;

export interface UnreadDeps {
  readonly memory: Pick<SurfaceMemory, 'recall' | 'remember'>;
  readonly open: (room: string, event: MatrixEvent) => Promise<Opened>;
  /** Acts on a message that can be read after all. */
  readonly hear: (room: string, event: MatrixEvent) => Promise<void>;
  /** Says something to the sender, where the message stands. */
  readonly tell: (unread: Pick<Unread, 'room' | 'event'>, words: string) => void;
  /** How long a key may take, in milliseconds. */
  readonly waitMs: number;
  readonly now: () => number;
  readonly log: FlowLog;
}

/**
 * Encrypted messages that can't be read. The key usually comes a moment after its message, so they are tried again, also
 * after a restart; when it does not come, the sender is told. Nothing happens that was not read.
 */
export class UnreadMessages {
  readonly #deps: UnreadDeps;
  readonly #told = new RecentMap<number>(500);
  #waiting: readonly Waiting[] | null = null;

  constructor(deps: UnreadDeps) {
    this.#deps = deps;
  }

  /** These could not be read. */
  async add(unread: readonly Unread[]): Promise<void> {
    const { log, now } = this.#deps;
    const late: Waiting[] = [];
    const known = new Set((await this.#list()).map(({ event }) => event.event_id));
    for (const { room, event, opened } of unread) {
      // The same batch may come twice, and of what was deleted only the frame comes.
      if (known.has(event.event_id) || isRedacted(event)) continue;
      if (opened.kind === 'no key') {
        late.push({ room, event, since: now() });
        continue;
      }
      log.warn(
        { room, sender: event.sender, reason: opened.reason },
        'an encrypted Matrix message was not read',
      );
      this.#hint({ room, event }, hints[opened.kind]);
    }
    if (late.length > 0) await this.#write([...(await this.#list()), ...late].slice(-mostWaiting));
  }

  /** Looks whether keys came meanwhile. What was taken back counts as never said. */
  async retry(takenBack: ReadonlySet<string>): Promise<void> {
    const { open, hear, now, waitMs, log } = this.#deps;
    const waiting = await this.#list();
    if (waiting.length === 0) return;
    const left: Waiting[] = [];
    for (const one of waiting) {
      if (takenBack.has(one.event.event_id)) continue;
      const opened = await open(one.room, one.event);
      if (opened.kind === 'clear') {
        await hear(one.room, { ...one.event, type: opened.type, content: { ...opened.content } });
      } else if (opened.kind !== 'no key') {
        await this.add([{ ...one, opened }]);
      } else if (now() - one.since < waitMs) {
        left.push(one);
      } else {
        log.warn(
          { room: one.room, sender: one.event.sender },
          'the key of an encrypted Matrix message did not come',
        );
        this.#hint(one, hints['no key']);
      }
    }
    if (left.length !== waiting.length) await this.#write(left);
  }

  #hint(unread: Pick<Unread, 'room' | 'event'>, words: string): void {
    const { tell, now } = this.#deps;
    const who = `${unread.room} ${unread.event.sender} ${threadOf(unread.event) ?? ''} ${words}`;
    if (now() - (this.#told.get(who) ?? Number.NEGATIVE_INFINITY) < hintEvery) return;
    this.#told.set(who, now());
    tell(unread, words);
  }

  async #list(): Promise<readonly Waiting[]> {
    if (this.#waiting !== null) return this.#waiting;
    const kept = await this.#deps.memory.recall(memoryKey);
    this.#waiting = kept === null ? [] : Waiting.parse(jsonOf(kept));
    return this.#waiting;
  }

  async #write(waiting: readonly Waiting[]): Promise<void> {
    await this.#deps.memory.remember(memoryKey, JSON.stringify(waiting));
    this.#waiting = waiting;
  }
}

const hints = {
  'no key':
    'I could not read a message of yours: the key for it did not reach me. If it was meant for me, please send it again.',
  unverified:
    'I did not act on a message of yours: the device you wrote it on is not verified by you. Verify it in your client (Settings, Sessions), or write from one that is, and send it again.',
  broken:
    'I could not read a message of yours: its encryption is broken. If it was meant for me, please send it again.',
} as const;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
