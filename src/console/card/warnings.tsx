import type { Card } from '#core/card.ts';
import { Notice } from '../parts/notice.tsx';

/** What somebody must have read before saying yes: it stands above all that the plan says of itself. */
export function Warnings({ card }: { card: Card }) {
  if (card.state !== 'needs_you' || !card.warnings?.length) return null;
  return (
    <Notice family="bad" shape="octagon">
      <p>
        <strong>Read this before approving.</strong>
      </p>
      <ul class="plain-list">
        {card.warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </Notice>
  );
}
