import { setTimeout as sleep } from 'node:timers/promises';
import type { IIdentifyThrottler } from 'discord.js';

/** New sessions further apart than this, in milliseconds, have nothing to do with each other. */
const unrelatedAfter = 10 * 60_000;
const longestPause = 5 * 60_000;

/**
 * Lets new sessions follow each other ever more slowly. Discord allows 1,000 a day and takes the token away beyond them,
 * so a gateway that closes each session at once must not be asked for one every few seconds.
 */
export class IdentifyPace implements IIdentifyThrottler {
  readonly #pause: number;
  #inARow = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(pause: number) {
    this.#pause = pause;
  }

  async waitForIdentify(_shard: number, signal: AbortSignal): Promise<void> {
    const since = performance.now() - this.#last;
    if (since > unrelatedAfter) this.#inARow = 0;
    const pause = this.#inARow === 0 ? 0 : Math.min(this.#pause * 2 ** (this.#inARow - 1), longestPause);
    if (pause > since) await sleep(pause - since, undefined, { signal });
    this.#inARow += 1;
    this.#last = performance.now();
  }
}
