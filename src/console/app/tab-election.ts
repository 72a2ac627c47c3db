import type { Connection } from './connection.ts';

/** What the tabs of one browser tell each other. */
export type TabTalk =
  /** Somebody has come and wants to know who leads. */
  | { readonly kind: 'who' }
  /** "I lead", with how its line to the server stands; also the leader's sign of life. */
  | {
      readonly kind: 'lead';
      readonly from: string;
      readonly term: number;
      readonly connection: Connection;
    }
  /** The leader goes away. */
  | { readonly kind: 'gone'; readonly from: string }
  /** An event of the server, as it came. */
  | { readonly kind: 'said'; readonly id: string | null; readonly data: string }
  /** A call of this tab did not reach the server: whoever leads should look at the line. */
  | { readonly kind: 'look' };

/** What a tab does when it becomes the leader and when it stops being it. */
export interface ElectionEvents {
  lead(): void;
  /** Another tab leads from now on. */
  follow(): void;
  /** How the leader's line stands, heard by a tab that follows. */
  connection(connection: Connection): void;
}

/** How long a tab that has just come waits for the leader to answer. */
const answerMs = 60;
/** How often a leader says that it is there, when the server says nothing it could pass on. */
const beatMs = 5000;
/** A leader that was silent so long is replaced: at once by a tab somebody looks at, later by a hidden one. */
const silenceMs = { visible: 20_000, hidden: 60_000 } as const;

/**
 * Elects one tab of the browser to hold the line to the server for all of them: over plain HTTP a browser opens six
 * connections to one host, and an open stream in each tab would use them up. A claim carries a term; the higher one
 * wins, at the same term the smaller id, so that two leaders never last longer than a message between them takes.
 */
export class TabElection {
  readonly #say: (talk: TabTalk) => void;
  readonly #events: ElectionEvents;
  readonly #visible: () => boolean;
  readonly #id = crypto.getRandomValues(new Uint32Array(2)).join('-');
  #role: 'asking' | 'leading' | 'following' | 'out' = 'out';
  #leader: string | null = null;
  #term = 0;
  #heardAt = 0;
  #connection: Connection = { state: 'connecting', since: Date.now() };
  #claim: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(say: (talk: TabTalk) => void, events: ElectionEvents, visible: () => boolean) {
    this.#say = say;
    this.#events = events;
    this.#visible = visible;
  }

  get leads(): boolean {
    return this.#role === 'leading';
  }

  /** Comes in: asks who leads, and leads if nobody answers. */
  join(): void {
    this.#role = 'asking';
    this.#say({ kind: 'who' });
    this.#claimIn(answerMs);
    this.#watch = setInterval(() => {
      if (this.#role === 'leading') this.#beat();
      else this.lookAround();
    }, beatMs);
  }

  /** Goes out; a leader says so, and another tab takes over. */
  leave(): void {
    clearTimeout(this.#claim);
    clearInterval(this.#watch);
    if (this.#role === 'leading') this.#say({ kind: 'gone', from: this.#id });
    this.#role = 'out';
  }

  /** Tells everybody how the leader's line stands, or only that it is alive. */
  beat(connection: Connection): void {
    this.#connection = connection;
    if (this.#role === 'leading') this.#beat();
  }

  /** Takes over from a leader that has fallen silent. */
  lookAround(): void {
    const most = this.#visible() ? silenceMs.visible : silenceMs.hidden;
    if (this.#role === 'following' && Date.now() - this.#heardAt > most) this.#lead();
  }

  /** What another tab said about who leads. */
  hear(talk: TabTalk): void {
    if (this.#role === 'out') return;
    if (talk.kind === 'who' && this.#role === 'leading') this.#beat();
    if (talk.kind === 'gone' && this.#role === 'following' && talk.from === this.#leader)
      // Not all at once: the first one's claim tells the others that there is a leader again.
      this.#claimIn(Math.random() * 100);
    if (talk.kind === 'lead') this.#hearLeader(talk);
  }

  #hearLeader(talk: Extract<TabTalk, { kind: 'lead' }>): void {
    const weaker = talk.term < this.#term || (talk.term === this.#term && talk.from > this.#id);
    if (this.#role === 'leading' && weaker) {
      this.#beat();
      return;
    }
    if (talk.term < this.#term) return;
    clearTimeout(this.#claim);
    const known = this.#role === 'following' && this.#leader === talk.from;
    this.#role = 'following';
    this.#leader = talk.from;
    this.#term = talk.term;
    this.#heardAt = Date.now();
    if (!known) this.#events.follow();
    this.#events.connection(talk.connection);
  }

  #claimIn(milliseconds: number): void {
    clearTimeout(this.#claim);
    this.#claim = setTimeout(() => this.#lead(), milliseconds);
  }

  #lead(): void {
    this.#role = 'leading';
    this.#leader = this.#id;
    this.#term += 1;
    this.#beat();
    this.#events.lead();
  }

  #beat(): void {
    this.#say({ kind: 'lead', from: this.#id, term: this.#term, connection: this.#connection });
  }
}
