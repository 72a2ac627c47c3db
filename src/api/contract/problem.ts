import { z } from 'zod';

/** RFC 9457: what every error answers, as `application/problem+json`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  /** What happened, what it means, what to do. */
  detail: z.string(),
  /** Stable, for programs: `stale_hash`, `not_yours`, `unreadable_text` … */
  code: z.string(),
  /** Stands in the log too; only for surprises. */
  reference: z.string().optional(),
  /** The current state, where the conflict is about it. */
  state: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;
