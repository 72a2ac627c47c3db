import type { Effect } from '#core/plan.ts';

/** "n100: port 3001 opened for Kuma", with what it was and what it becomes where both are known. */
export function effectWords({ host, kind, what, change, before, after }: Effect): string {
  const values = before === undefined || after === undefined ? '' : `, ${before} → ${after}`;
  return `${host}: ${kind} ${what} ${change}${values}`;
}
