import type { Person } from '#core/person.ts';
import type { PolicySnapshot } from '#core/policy-snapshot.ts';
import { authorise, type Deed } from '#policy/authorise.ts';
import type { PlanJudgement } from '#policy/judge-plan.ts';
import type { House } from './house.ts';

/** What policy knew and said when somebody, or a rule by itself (`person: null`), decided about a plan. */
export function whyItCounted(decided: {
  readonly rule: string;
  readonly person: Person | null;
  readonly deed: Deed | null;
  readonly askedBy: string;
  readonly judged: PlanJudgement;
  readonly house: House | null;
}): PolicySnapshot {
  const { rule, person, deed, askedBy, judged, house } = decided;
  const people = house?.people ?? [];
  return {
    rule,
    role: person?.role ?? null,
    mayDecide:
      deed === null ? [] : people.filter((one) => authorise(one, deed, people).ok).map(({ id }) => id),
    askedBy: { id: askedBy, role: house?.person(askedBy)?.role ?? null },
    steps: judged.ok
      ? judged.steps.map(({ stepId, verdict, rule: name }) => ({ stepId, verdict, rule: name }))
      : [{ stepId: judged.stepId, verdict: 'deny', rule: judged.rule }],
  };
}
