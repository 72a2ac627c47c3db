/** The known key somebody most likely meant: same letters in another spelling, or a few letters off. Null when none is near. */
export function nearestKey(written: string, known: readonly string[]): string | null {
  const plain = (key: string): string => key.toLowerCase().replace(/[-_\s]/g, '');
  const reach = Math.max(1, Math.floor(plain(written).length / 3));
  const [nearest] = known
    .map((key) => ({ key, distance: editDistance(plain(written), plain(key)) }))
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance);
  return nearest?.key ?? null;
}

/** How many letters have to be added, left out, changed or swapped with their neighbour. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
