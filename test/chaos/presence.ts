import type { KeptProcess } from './kept-process.ts';

/** When any worker was up at all. What nobody was there to do did not wait for Chiffon, but for the supervisor. */
export interface Presence {
  /** How much of the time between two moments (milliseconds since 1970) some worker was up. */
  between(from: number, to: number): number;
  close(): void;
}

const lookEveryMs = 50;

export function watchPresence(workers: readonly KeptProcess[]): Presence {
  /** Stretches without any worker, the last one perhaps still going on. */
  const away: { readonly from: number; to: number }[] = [];
  let alone = false;
  const timer = setInterval(() => {
    const now = Date.now();
    const nobody = workers.every(({ ready }) => !ready);
    const last = away.at(-1);
    if (alone && last !== undefined) last.to = now;
    else if (nobody) away.push({ from: now, to: now });
    alone = nobody;
  }, lookEveryMs);
  return {
    between: (from, to) =>
      away.reduce(
        (left, stretch) => left - Math.max(0, Math.min(to, stretch.to) - Math.max(from, stretch.from)),
        to - from,
      ),
    close: () => clearInterval(timer),
  };
}
