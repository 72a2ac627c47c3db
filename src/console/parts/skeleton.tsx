/** Grey rows in the layout of a list, while it loads. */
export function RowsSkeleton({ rows }: { rows: number }) {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div class="skeleton-row" key={row}>
          <span class="bone bone-mark" />
          <span class={`bone bone-${row % 3 === 0 ? 'long' : 'middle'}`} />
          <span class="bone bone-short" />
        </div>
      ))}
    </div>
  );
}

/** A card that is on its way: the same slots, still empty. */
export function CardSkeleton({ words }: { words: string }) {
  return (
    <div class="skeleton skeleton-card" role="status">
      <p class="muted">{words}</p>
      <span class="bone bone-title" />
      {[1, 2, 3].map((row) => (
        <div class="skeleton-row" key={row}>
          <span class="bone bone-mark" />
          <span class={`bone bone-${row === 2 ? 'long' : 'middle'}`} />
        </div>
      ))}
    </div>
  );
}
