/** Grey rows in the layout of a list, while it loads. */
export function RowsSkeleton({ rows }: { rows: number }) {
  return (
    <div class="skeleton skeleton-rows" role="status" aria-label="Loading">
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

/** A request that is being fetched, in the layout of its card. */
export function RequestSkeleton() {
  return (
    <div class="card">
      <div class="card-body card-body-only">
        <CardSkeleton words="Loading the request." />
      </div>
    </div>
  );
}

/** Machines that are being fetched, in the layout of their cards. */
export function MachinesSkeleton() {
  return (
    <div class="skeleton machine-grid" role="status" aria-label="Loading">
      {[1, 2, 3].map((machine) => (
        <div class="machine" key={machine}>
          <span class="bone bone-title" />
          <span class="bone bone-long" />
          <span class="bone bone-whole" />
          <span class="bone bone-whole" />
          <span class="bone bone-middle" />
        </div>
      ))}
    </div>
  );
}

/** A run that is being fetched: its steps beside its log. */
export function RunSkeleton() {
  return (
    <div class="run-columns">
      <RowsSkeleton rows={5} />
      <div class="log-panel log-panel-empty" />
    </div>
  );
}
