import { z } from 'zod';
import { Card } from '#core/card.ts';
import { Effect, PlanState, Rehearsal } from '#core/plan.ts';
import { PolicySnapshot } from '#core/policy-snapshot.ts';
import { Risk } from '#core/risk.ts';
import { Step } from '#core/step.ts';

export const PlanDetail = z.object({
  planId: z.string(),
  requestId: z.string(),
  revision: z.number().int(),
  hash: z.string().nullable(),
  state: PlanState,
  title: z.string(),
  risk: Risk.nullable(),
  steps: z.array(Step),
  effects: z.array(Effect),
  rehearsal: Rehearsal.nullable(),
  approvals: z.array(
    z.object({
      revision: z.number().int(),
      hash: z.string(),
      decision: z.enum(['approve', 'reject', 'changes']),
      person: z.string(),
      surface: z.string(),
      rule: z.string().nullable(),
      comment: z.string().nullable(),
      /** Why it counted; null for decisions from before this was kept. */
      policy: PolicySnapshot.nullable(),
      at: z.string(),
    }),
  ),
  /** Why it ended without a run, as a sentence. */
  note: z.string().nullable(),
  /** What the approver of a destructive plan types; null when none is needed or the reader may not approve. */
  confirmCode: z.string().nullable(),
  runId: z.string().nullable(),
  /** Commits of the git trail about the plan, oldest first: its decisions, and what its runs came to. */
  commits: z.array(
    z.object({
      commit: z.string(),
      kind: z.enum(['decision', 'result']),
      runId: z.string().nullable(),
      at: z.string(),
    }),
  ),
  answerBy: z.string().nullable(),
  card: Card,
});
export type PlanDetail = z.infer<typeof PlanDetail>;

export const PlanList = z.object({
  plans: z.array(
    PlanDetail.pick({
      planId: true,
      requestId: true,
      revision: true,
      hash: true,
      state: true,
      title: true,
      risk: true,
    }),
  ),
  next: z.string().nullable(),
});

export const NewDecision = z.strictObject({
  decision: z.enum(['approve', 'reject', 'changes']),
  /** The hash of the revision that was looked at. */
  hash: z.string(),
  comment: z.string().max(2000).optional(),
  /** For destructive plans: the code the card shows. */
  code: z.string().max(20).optional(),
});
