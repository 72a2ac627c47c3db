import type { Card } from '#core/card.ts';

/** What is true now or what happened. For a read-only request this is the answer, and it keeps its columns. */
export function Message({ card }: { card: Card }) {
  if (card.message === null || card.message === '') return null;
  const [first = '', ...rest] = card.message.split('\n');
  const table = rest.join('\n').replace(/^\n+|\s+$/g, '');
  return (
    <div class="card-message">
      <p>{first}</p>
      {table === '' ? null : <pre class="answer-table">{table}</pre>}
    </div>
  );
}
