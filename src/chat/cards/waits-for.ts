import type { PlanRow, RunRow } from '#flow/ledger-port.ts';

/** "P-141 (Deploy Jellyfin on n100)": whose run a blocked run waits for; null for one that doesn't wait. */
export function waitsForWords(
  run: Pick<RunRow, 'blockedBy'> | null,
  holder: Pick<PlanRow, 'id' | 'title'> | null,
): string | null {
  if (run === null || run.blockedBy === null) return null;
  return holder === null ? `run ${run.blockedBy}` : `P-${holder.id} (${holder.title})`;
}
