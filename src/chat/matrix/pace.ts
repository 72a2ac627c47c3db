import type { Rate } from './matrix-settings.ts';

/**
 * Keeps count of what the homeserver still takes, so that what can wait does: a card's progress and its reactions give
 * way to what people wait for, and the homeserver hardly ever has to say no.
 */
export class Pace {
  readonly #rate: Rate;
  readonly #now: () => number;
  #left: number;
  #at: number;
  #closedUntil = 0;

  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
    this.#left = rate.burst;
    this.#at = now();
  }

  /** How long something should wait that leaves so many messages free for others, in milliseconds; 0: not at all. */
  waitFor(spare: number): number {
    const now = this.#now();
    const closed = Math.max(0, this.#closedUntil - now);
    const missing = Math.min(spare + 1, this.#rate.burst) - this.#refilled(now);
    return Math.ceil(Math.max(closed, missing <= 0 ? 0 : (missing / this.#rate.perSecond) * 1_000));
  }

  /** How long the homeserver still wants to be left alone, in milliseconds. */
  closedFor(): number {
    return Math.max(0, Math.ceil(this.#closedUntil - this.#now()));
  }

  sent(): void {
    const now = this.#now();
    this.#left = Math.max(0, this.#refilled(now) - 1);
    this.#at = now;
  }

  /** The homeserver said that it was too much. */
  refusedFor(ms: number): void {
    const now = this.#now();
    this.#left = 0;
    this.#at = now;
    this.#closedUntil = Math.max(this.#closedUntil, now + ms);
  }

  #refilled(now: number): number {
    return Math.min(this.#rate.burst, this.#left + ((now - this.#at) / 1_000) * this.#rate.perSecond);
  }
}
