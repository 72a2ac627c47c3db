import type { Card, CardStep } from '#core/card.ts';

/** "11.8 s", "4 min 21 s", "2 h 5 min". */
export function duration(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What a step did, and what came of it where that is news: a step that is done says so by its sign. */
export function stepWords({ summary, result, state }: CardStep): string {
  return result === null || state === 'done' ? summary : `${summary}: ${result}`;
}

/** " on nas", where the card would otherwise leave open on which machine a step acts. */
export function stepPlace({ title, steps }: Card, { target }: CardStep): string {
  const named = steps.every((step) => step.target === target) && title.includes(target);
  return named ? '' : ` on ${target}`;
}

/** How long a step took or has been at it: "11.8 s", "4 s (usually 9 s)"; empty before it starts and for next to nothing. */
export function stepTiming(step: CardStep, asOf: string): string {
  if (step.startedAt === null) return '';
  const start = Date.parse(step.startedAt);
  if (step.endedAt !== null) {
    const took = Date.parse(step.endedAt) - start;
    return took < 50 ? '' : duration(took);
  }
  if (step.state !== 'running') return '';
  const usual = step.usualMs == null ? '' : ` (usually ${duration(step.usualMs)})`;
  return `${duration(Math.max(0, Date.parse(asOf) - start))}${usual}`;
}

/** Instead of the steps of an answer: "Read on n100 with 2 commands, both read-only. Nothing was changed." */
export function readOnlyWords(card: Card): string | null {
  if (card.state !== 'answer' || card.steps.length === 0) return null;
  const hosts = [...new Set(card.steps.map((step) => step.target))].join(' and ');
  const count = card.steps.length;
  const commands =
    count === 1 ? 'one command, read-only' : `${count} commands, ${count === 2 ? 'both' : 'all'} read-only`;
  return `Read on ${hosts} with ${commands}. Nothing was changed.`;
}
