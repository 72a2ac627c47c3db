import type { Amounts, QueueKind } from './options.ts';

/** One thing that is broken. All that is left to chance was drawn from the seed beforehand. */
export type Fault = {
  /** After the fault before it, in milliseconds. */
  readonly afterMs: number;
} & (
  | { readonly kind: 'kill worker'; readonly worker: number; readonly ready: boolean }
  | { readonly kind: 'kill front' }
  | { readonly kind: 'kill all' }
  | { readonly kind: 'drop sessions' }
  | { readonly kind: 'cut network'; readonly forMs: number }
  | { readonly kind: 'wipe queue'; readonly how: 'FLUSHALL' | 'file deleted' }
  | { readonly kind: 'restart database'; readonly how: 'SIGINT' | 'SIGQUIT'; readonly downMs: number }
  | { readonly kind: 'stop worker'; readonly worker: number }
);

/** The faults of a house, in order: the same for the same seed and amounts, whatever the machine is like. */
export function scheduleFaults(amounts: Amounts, queue: QueueKind, seed: number): readonly Fault[] {
  const next = randomNumbers(seed);
  const between = (low: number, high: number): number => Math.round(low + next() * (high - low));
  const times = (count: number, make: () => Omit<Fault, 'afterMs'>) => Array.from({ length: count }, make);
  const worker = (): number => Math.floor(next() * amounts.workers);

  const faults = [
    ...times(amounts.kills, () => {
      const who = next();
      if (who < 0.1) return { kind: 'kill front' };
      if (who < 0.15) return { kind: 'kill all' };
      // Most die at work; some while they start.
      return { kind: 'kill worker', worker: worker(), ready: next() < 0.85 };
    }),
    ...times(amounts.drops, () => ({ kind: 'drop sessions' })),
    ...times(amounts.cuts, () => ({ kind: 'cut network', forMs: between(100, 3_000) })),
    ...times(queue === 'redis' ? amounts.wipes : 0, () => ({
      kind: 'wipe queue',
      how: next() < 0.5 ? 'FLUSHALL' : 'file deleted',
    })),
    ...times(amounts.restarts, () => ({
      kind: 'restart database',
      how: next() < 0.5 ? 'SIGINT' : 'SIGQUIT',
      downMs: between(0, 2_000),
    })),
    ...times(amounts.terms, () => ({ kind: 'stop worker', worker: worker() })),
  ];
  // Fisher and Yates's shuffle.
  for (let i = faults.length - 1; i > 0; i -= 1) {
    const j = Math.floor(next() * (i + 1));
    [faults[i], faults[j]] = [faults[j] as (typeof faults)[number], faults[i] as (typeof faults)[number]];
  }
  return faults.map(
    (fault) => ({ ...fault, afterMs: between(amounts.gap * 0.3, amounts.gap * 1.7) }) as Fault,
  );
}

/** Numbers from 0 to 1 that depend on nothing but the seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
