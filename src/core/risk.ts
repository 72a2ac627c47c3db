import { z } from 'zod';

/** How much a plan can hurt: `read` looks only, `change` can be undone, `destructive` loses something for good. */
export const Risk = z.enum(['read', 'change', 'destructive']);
export type Risk = z.infer<typeof Risk>;

const order: readonly Risk[] = ['read', 'change', 'destructive'];

/** The greater of two or more risks; `read` when there are none. */
export function worstRisk(risks: Iterable<Risk>): Risk {
  let worst = 0;
  for (const risk of risks) worst = Math.max(worst, order.indexOf(risk));
  return order[worst] ?? 'read';
}
