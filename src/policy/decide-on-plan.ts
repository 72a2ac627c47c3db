import type { Person } from '#core/person.ts';
import { confirmCode, type PlanState } from '#core/plan.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import type { Risk } from '#core/risk.ts';
import { authorise, type Deed } from './authorise.ts';

export interface Decision {
  readonly decision: 'approve' | 'reject' | 'changes';
  /** The hash of the revision the person looked at. */
  readonly hash: string;
  readonly comment: string | null;
  /** The typed code, for destructive plans. */
  readonly code: string | null;
}

/** What is known of the plan at the moment of the decision. */
export interface DecidedPlan {
  readonly state: PlanState;
  readonly revision: number;
  readonly hash: string | null;
  readonly risk: Risk | null;
  readonly askedBy: string;
  /** "approved by Anna": who was first, when it is decided already. */
  readonly decidedWords: string | null;
  /** Whether the time to answer is over, though nobody has parked the plan yet. */
  readonly overdue?: boolean;
}

/**
 * Whether a decision counts. Rights come first (the reader may not learn more than that), then the plan's state,
 * then whether the person saw this very revision, then whether it is still wanted, then the code.
 */
export function decideOnPlan(
  person: Person,
  decision: Decision,
  plan: DecidedPlan,
  people: readonly Person[],
): Result<{ readonly rule: string; readonly to: PlanState }> {
  const allowed = authorise(person, deedOf(decision.decision, plan.risk, plan.askedBy), people);
  if (!allowed.ok) return allowed;

  if (plan.state === 'drafting' || plan.state === 'changes_requested') {
    return refuse(
      'not_ready',
      'This plan is still being rehearsed; its card says when it can be decided. Nothing ran.',
    );
  }
  const revivable = plan.state === 'parked' && decision.decision !== 'approve';
  if (plan.state === 'parked' && !revivable) {
    return refuse(
      'parked',
      'Nobody answered in time, so this plan is parked and what it saw may be out of date. Request changes to rehearse it anew. Nothing ran.',
    );
  }
  if (plan.state !== 'awaiting_approval' && !revivable) {
    return refuse(
      'already_decided',
      `This plan is already ${plan.decidedWords ?? plan.state}. Nothing more was done.`,
    );
  }
  if (plan.overdue === true && decision.decision === 'approve') {
    return refuse(
      'expired',
      'The time to answer this plan is over, and what it saw may be out of date. Request changes to rehearse it anew. Nothing ran.',
    );
  }
  if (decision.hash !== plan.hash) {
    return refuse(
      'stale_hash',
      `The plan has changed since this card was drawn: revision ${plan.revision} is current. Look at it again and decide there. Nothing ran.`,
    );
  }
  if (decision.decision === 'changes' && !revivable && !decision.comment?.trim()) {
    return refuse(
      'comment_needed',
      'Say in a few words what should be different, for example "use port 3100". The plan is unchanged.',
    );
  }
  // Rights are those of now, also of whoever asked: a plan of somebody who has left is nobody's wish any more.
  if (decision.decision === 'approve' && !people.some(({ id }) => id === plan.askedBy)) {
    return refuse(
      'requester_gone',
      `${plan.askedBy} asked for this plan and is not among the people of this house any more. Ask for it yourself if it is still wanted. Nothing ran.`,
    );
  }
  if (decision.decision === 'approve' && plan.risk === 'destructive') {
    const expected = confirmCode(decision.hash);
    const typed = decision.code?.trim().toUpperCase() ?? '';
    if (typed === '') {
      return refuse(
        'code_needed',
        'This plan deletes something for good. Type the code on its card to approve it. Nothing ran.',
      );
    }
    if (typed !== expected) {
      return refuse(
        'code_wrong',
        'The typed code is not the one on this card. Look at the card again. Nothing ran.',
      );
    }
  }
  const to = { approve: 'approved', reject: 'rejected', changes: 'changes_requested' } as const;
  return done({ rule: allowed.value.rule, to: to[decision.decision] });
}

/** What a decision about a plan is in the words of the policy. */
export function deedOf(decision: Decision['decision'], risk: Risk | null, askedBy: string): Deed {
  if (decision === 'approve') return { kind: 'approve', risk: risk ?? 'change' };
  return { kind: decision === 'reject' ? 'reject' : 'request_changes', askedBy };
}
