import type { Sent } from '#chat/surface-port.ts';
import type { FlowLog } from '#flow/log-port.ts';

/** What is done when there is time for it: tried again while the platform says "later", and given up after a while. */
export interface Chore {
  /** For the log. */
  readonly what: string;
  /** Another chore with this name takes its place; null: none does. */
  readonly name: string | null;
  /** When it is to be done at the earliest, in milliseconds from now. */
  ready(): number;
  perform(): Promise<Sent<unknown>>;
}

const giveUpAfterMs = 15 * 60_000;
const mostChores = 200;

interface Entry {
  readonly chore: Chore;
  readonly since: number;
  notBefore: number;
}

/** Does small things one after another, in the background. Losing one is a pity and no more. */
export class Chores {
  readonly #log: FlowLog;
  readonly #chores: Entry[] = [];
  #timer: NodeJS.Timeout | null = null;
  #atWork: Promise<void> | null = null;
  #stopped = false;

  constructor(log: FlowLog) {
    this.#log = log;
  }

  add(chore: Chore): void {
    if (this.#stopped) return;
    if (chore.name !== null) this.drop(chore.name);
    if (this.#chores.length >= mostChores) this.#chores.shift();
    this.#chores.push({ chore, since: performance.now(), notBefore: 0 });
    this.#pump();
  }

  drop(name: string): void {
    const at = this.#chores.findIndex((entry) => entry.chore.name === name);
    if (at >= 0) this.#chores.splice(at, 1);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#atWork;
  }

  #pump(): void {
    if (this.#stopped || this.#atWork !== null) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const now = performance.now();
    let soonest = Number.POSITIVE_INFINITY;
    for (const entry of this.#chores) {
      const wait = Math.max(entry.chore.ready(), entry.notBefore - now);
      if (wait <= 0) {
        this.#atWork = this.#perform(entry).finally(() => {
          this.#atWork = null;
          this.#pump();
        });
        return;
      }
      soonest = Math.min(soonest, wait);
    }
    if (Number.isFinite(soonest)) this.#timer = setTimeout(() => this.#pump(), Math.max(20, soonest));
  }

  async #perform(entry: Entry): Promise<void> {
    const { chore } = entry;
    const done = (): void => {
      const at = this.#chores.indexOf(entry);
      if (at >= 0) this.#chores.splice(at, 1);
    };
    try {
      const sent = await chore.perform();
      if (sent.ok) return done();
      if (sent.why === 'later' && performance.now() - entry.since < giveUpAfterMs) {
        entry.notBefore = performance.now() + sent.afterMs;
        return;
      }
      done();
      this.#log.warn({ what: chore.what, why: sent.why }, 'something small could not be sent to Matrix');
    } catch (error) {
      done();
      this.#log.warn({ what: chore.what, error }, 'something small could not be sent to Matrix');
    }
  }
}
