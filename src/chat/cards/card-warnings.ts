import type { PlanContent } from '#core/plan.ts';
import { loudMark } from '#policy/judge-compose-file.ts';
import { judgePlan } from '#policy/judge-plan.ts';

/** What somebody must have read before saying yes, a sentence each: the judge's loud reasons, with their steps. */
export function cardWarnings(content: PlanContent): string[] {
  const judged = judgePlan(content);
  if (!judged.ok) return [judged.reason];
  return judged.steps.flatMap(({ stepId, reason }) =>
    reason.startsWith(loudMark)
      ? [
          `Step ${content.steps.findIndex((step) => step.id === stepId) + 1}: ${reason.slice(loudMark.length)}`,
        ]
      : [],
  );
}
