import { randomUUID } from 'node:crypto';
import type {
  Act,
  Answer,
  ChatSurface,
  Heard,
  Listener,
  Outgoing,
  Place,
  Sent,
  SurfaceHealth,
  SurfaceMemory,
} from '#chat/surface-port.ts';

export interface PaperMessage {
  readonly id: string;
  readonly place: Place;
  /** Whom it called when it was posted. */
  readonly called: readonly string[];
  /** As it looks now. */
  drawn: Outgoing;
  edits: number;
  deleted: boolean;
}

/** What the next calls answer instead of doing anything. */
type Trouble = Extract<Sent<never>, { ok: false }>;

/**
 * A chat platform on paper: keeps what is posted, once a key, and lets a test act on it. It behaves as the port asks,
 * so what passes with it holds for every platform that keeps the same promises.
 */
export class PaperSurface implements ChatSurface {
  readonly name: 'discord' | 'matrix';
  readonly messages: PaperMessage[] = [];
  readonly answers: Answer[] = [];
  /** Calls of each kind, for counting. */
  readonly calls = { thread: 0, post: 0, edit: 0 };
  /** Answered to every call while set. */
  trouble: Trouble | null = null;
  /** While set, a card that is posted stands there for everybody and Chiffon does not hear of it yet. */
  confirming: Promise<void> | null = null;
  editPace = 0;
  freshForMs: number | null = null;
  readonly #keys = new Map<string, string>();
  readonly #threads = new Map<string, Place>();
  readonly #gone = new Set<string>();
  #listener: Listener | null = null;
  memory: SurfaceMemory | null = null;
  #tellHealth: (health: SurfaceHealth) => void = () => {};

  constructor(name: 'discord' | 'matrix' = 'discord') {
    this.name = name;
  }

  editPaceMs = (): number => this.editPace;

  async start(listener: Listener, memory: SurfaceMemory): Promise<void> {
    this.#listener = listener;
    this.memory = memory;
    this.#tellHealth(this.health());
  }

  async stop(): Promise<void> {
    this.#listener = null;
  }

  health(): SurfaceHealth {
    return { ok: true, detail: 'On paper.', remedy: null };
  }

  onHealth(changed: (health: SurfaceHealth) => void): void {
    this.#tellHealth = changed;
  }

  async openThread(where: Parameters<ChatSurface['openThread']>[0]): Promise<Sent<Place>> {
    this.calls.thread += 1;
    if (this.trouble !== null) return this.trouble;
    if (this.#gone.has(where.channel)) return { ok: false, why: 'gone', what: 'channel' };
    const known = this.#threads.get(where.key);
    const place = known ?? { channel: where.channel, thread: where.message ?? `t-${this.#threads.size + 1}` };
    this.#threads.set(where.key, place);
    return { ok: true, value: place };
  }

  async post(place: Place, message: Outgoing, key: string): ReturnType<ChatSurface['post']> {
    this.calls.post += 1;
    if (this.trouble !== null) return this.trouble;
    if (this.#gone.has(place.channel)) return { ok: false, why: 'gone', what: 'channel' };
    if (place.thread !== null && this.#gone.has(place.thread))
      return { ok: false, why: 'gone', what: 'thread' };
    const known = this.#keys.get(key);
    if (known !== undefined) return { ok: true, value: { message: known, complete: false } };
    const id = `m-${randomUUID()}`;
    const called = message.kind === 'file' ? [] : message.mentions;
    this.messages.push({ id, place, called, drawn: message, edits: 0, deleted: false });
    this.#keys.set(key, id);
    if (message.kind === 'card') await this.confirming;
    return { ok: true, value: { message: id, complete: message.kind !== 'card' } };
  }

  async edit(
    at: Parameters<ChatSurface['edit']>[0],
    message: Parameters<ChatSurface['edit']>[1],
  ): Promise<Sent<null>> {
    this.calls.edit += 1;
    if (this.trouble !== null) return this.trouble;
    const found = this.messages.find((one) => one.id === at.message);
    if (found === undefined || found.deleted) return { ok: false, why: 'gone', what: 'message' };
    found.drawn = message;
    found.edits += 1;
    return { ok: true, value: null };
  }

  async busy(): Promise<void> {}

  /** Deletes a message, a thread or a channel under Chiffon's feet. */
  delete(id: string): void {
    this.#gone.add(id);
    for (const message of this.messages) if (message.id === id) message.deleted = true;
  }

  /** A channel is there again, or Chiffon was let in, and the platform says that all is well. */
  letIn(channel: string): void {
    this.#gone.delete(channel);
    this.#tellHealth(this.health());
  }

  /** Somebody does something; answers what they are told. */
  async act(account: string, act: Act, at: Partial<Heard> = {}): Promise<Answer> {
    if (this.#listener === null) throw new Error('nobody listens on this surface');
    const id = at.id ?? randomUUID();
    const heard: Heard = {
      id,
      account,
      place: { channel: 'general', thread: null },
      direct: false,
      message: id,
      act,
      ...at,
    };
    const answer = await this.#listener.heard(heard);
    this.answers.push(answer);
    return answer;
  }

  /** Everything that stands in the thread of a request, as a person reads it from top to bottom. */
  transcript(): string {
    return this.messages
      .filter((message) => !message.deleted)
      .map(({ drawn, called }) => {
        const calls = called.length === 0 ? '' : ` (calls ${called.join(', ')})`;
        if (drawn.kind === 'card') return `[${drawn.card.stateWord}] ${drawn.card.title}${calls}`;
        if (drawn.kind === 'note') return `${drawn.words}${calls}`;
        return `<${drawn.name}>`;
      })
      .join('\n');
  }

  cards(): Extract<Outgoing, { kind: 'card' }>[] {
    return this.messages.flatMap(({ drawn, deleted }) => (drawn.kind === 'card' && !deleted ? [drawn] : []));
  }
}
