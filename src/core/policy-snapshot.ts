import { z } from 'zod';
import { Role } from './person.ts';

/**
 * Why a decision counted: what policy knew and said in that moment. Kept with the decision, because rules, roles and
 * people change, and years later somebody will ask how this could be approved.
 */
export const PolicySnapshot = z.strictObject({
  /** The rule under which it counted: `policy.change-needs-operator`. */
  rule: z.string(),
  /** The role of whoever decided; null when a rule decided by itself. */
  role: Role.nullable(),
  /** Whoever could have decided the same, by id; nobody where a rule decided by itself. */
  mayDecide: z.array(z.string()),
  /** Who asked for the plan, and the role they had then; null for a stranger, and where a rule decided without asking. */
  askedBy: z.strictObject({ id: z.string(), role: Role.nullable() }),
  /** What the judge said about every step, by its rules' names. */
  steps: z.array(
    z.strictObject({
      stepId: z.string(),
      verdict: z.enum(['allow', 'approval', 'deny']),
      rule: z.string(),
    }),
  ),
});
export type PolicySnapshot = z.infer<typeof PolicySnapshot>;
