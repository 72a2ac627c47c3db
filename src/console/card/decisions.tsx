import type { Card } from '#core/card.ts';
import { Time } from '../parts/time.tsx';

/** Who decided what, and when. */
export function Decisions({ card }: { card: Card }) {
  if (card.decisions.length === 0) return null;
  return (
    <ul class="decisions plain-list">
      {card.decisions.map((decision) => (
        <li key={`${decision.at}${decision.words}`}>
          {decision.words}, <Time at={decision.at} />
          {decision.comment === null ? null : (
            <>
              : <q>{decision.comment}</q>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
