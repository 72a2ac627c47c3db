import type { Card } from '#core/card.ts';

/** What changed from the revision before: only that. */
export function Delta({ card }: { card: Card }) {
  if (card.delta.length === 0) return null;
  return (
    <section class="slot delta">
      <h2 class="slot-title">Changed since revision {(card.revision ?? 2) - 1}</h2>
      <ul class="plain-list">
        {card.delta.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
