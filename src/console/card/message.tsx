import type { Card } from '#core/card.ts';

/** What is true now or what happened. For a read-only request this is the answer; what came in columns keeps them. */
export function Message({ card }: { card: Card }) {
  if (card.message === null || card.message === '') return null;
  const [first = '', ...rest] = card.message.split('\n');
  const more = rest.join('\n').replace(/^\n+|\s+$/g, '');
  return (
    <div class="card-message">
      <p>{first}</p>
      {more === '' ? null : hasColumns(more) ? (
        <pre class="answer-table">{more}</pre>
      ) : (
        <p class="answer-more">{more}</p>
      )}
    </div>
  );
}

/** Text that was lined up with spaces or tabs reads wrong in letters of different widths. */
function hasColumns(text: string): boolean {
  return /\S(\t| {2,})\S/.test(text);
}
