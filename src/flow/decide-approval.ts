import { isKeepable } from '#core/canonical.ts';
import { serviceOf } from '#core/intent.ts';
import type { Person, Surface } from '#core/person.ts';
import { planHash } from '#core/plan.ts';
import { done, type Refusal, type Result, refuse } from '#core/refusal.ts';
import { type Decision, decideOnPlan, deedOf } from '#policy/decide-on-plan.ts';
import { judgePlan, type PlanJudgement } from '#policy/judge-plan.ts';
import type { Clock } from './clock-port.ts';
import type { House } from './house.ts';
import type { ApprovalRow, Ledger, PlanRow, RevisionRow } from './ledger-port.ts';
import { openRun } from './run-lifecycle.ts';
import { whyItCounted } from './why-it-counted.ts';

interface Deps {
  readonly ledger: Ledger;
  readonly house: House;
  readonly clock: Clock;
}

interface Made {
  readonly plan: number;
  readonly person: Person;
  readonly surface: Surface;
  /** The message it was made on, where there is one: a card in a chat thread. */
  readonly message?: string;
  readonly decision: Decision;
}

/** A plan moves a few times in its life, so a decision that is overtaken this often is a defect. */
const mostTries = 8;

/**
 * A person's yes, no or "not like this" to one revision. The first valid decision wins: state, revision and hash are
 * compared and set in one statement, so two presses at the same instant make one run. A decision that was overtaken
 * is weighed again by how things stand then. Refused decisions are recorded.
 */
export async function decideApproval(deps: Deps, made: Made): Promise<Result<PlanRow>> {
  const { comment } = made.decision;
  if (comment !== null && !isKeepable(comment)) {
    return refuse(
      'unreadable_text',
      'The comment contains a character that can’t be stored (a NUL or half of a character). Remove it and decide again. Nothing was decided.',
    );
  }
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const result = await decideOnce(deps, made);
    if (result !== 'overtaken') return result;
  }
  throw new Error(`the decision on plan ${made.plan} was overtaken ${mostTries} times`);
}

async function decideOnce(deps: Deps, made: Made): Promise<Result<PlanRow> | 'overtaken'> {
  const { ledger, house, clock } = deps;
  const [plan, request] = await Promise.all([ledger.plan(made.plan), ledger.request(made.plan)]);
  // Read after the plan: who decided a plan that is decided already then stands in them.
  const approvals = await ledger.approvals(made.plan);
  if (plan === null || request === null) {
    return refuse(
      'not_found',
      `There is no plan P-${made.plan}. The list of requests shows those there are.`,
    );
  }
  const verdict = decideOnPlan(
    made.person,
    made.decision,
    {
      ...plan,
      askedBy: request.person,
      decidedWords: decidedWords(plan, approvals, house),
      overdue: plan.answerBy !== null && Date.parse(plan.answerBy) <= clock.now().getTime(),
    },
    house.people,
  );
  if (!verdict.ok) {
    await recordRefusal(ledger, made, verdict.code, verdict.reason);
    return verdict;
  }
  const revision = await ledger.revision(plan.id, plan.revision);
  if (revision === null) throw new Error(`plan ${plan.id} has no revision ${plan.revision}`);
  const judged = judgePlan(revision.content);
  const refused =
    made.decision.decision === 'approve' ? mayNotRun(revision, made.decision.hash, judged) : null;
  if (refused !== null) {
    await recordRefusal(ledger, made, refused.code, refused.reason);
    return refused;
  }
  const policy = whyItCounted({
    rule: verdict.value.rule,
    person: made.person,
    deed: deedOf(made.decision.decision, plan.risk, request.person),
    askedBy: request.person,
    judged,
    house,
  });

  const won = await ledger.transact(async (tx) => {
    const { decision } = made;
    const moved = await tx.movePlan(
      plan.id,
      { states: [plan.state], revision: plan.revision, hash: decision.hash },
      {
        state: verdict.value.to,
        answerBy: null,
        note: decision.decision === 'reject' ? (decision.comment ?? null) : null,
      },
    );
    if (!moved) return false;
    await tx.insertApproval({
      plan: plan.id,
      revision: plan.revision,
      hash: decision.hash,
      decision: decision.decision,
      person: made.person.id,
      surface: made.surface,
      rule: null,
      comment: decision.comment,
      policy,
    });
    const verbs = { approve: 'approved', reject: 'rejected', changes: 'asked for changes to' } as const;
    const kinds = {
      approve: 'plan.approved',
      reject: 'plan.rejected',
      changes: 'plan.changes_requested',
    } as const;
    await tx.append({
      stream: `plan:${plan.id}`,
      kind: kinds[decision.decision],
      actor: made.person.id,
      plan: plan.id,
      ...(revision.content.steps[0] === undefined ? {} : { host: revision.content.steps[0].target }),
      ...serviceOf(revision.content.intents),
      summary: `${made.person.name} ${verbs[decision.decision]} “${plan.title}”${decision.comment ? `: ${decision.comment}` : ''}.`,
      data: {
        revision: plan.revision,
        hash: decision.hash,
        rule: verdict.value.rule,
        surface: made.surface,
        message: made.message,
        comment: decision.comment,
        policy,
      },
    });
    if (decision.decision === 'approve') {
      await openRun(tx, clock, {
        plan: plan.id,
        revision: plan.revision,
        hash: decision.hash,
        content: revision.content,
        actor: made.person.id,
      });
    }
    if (decision.decision === 'changes') await tx.enqueue({ kind: 'draft', id: String(plan.id) });
    return true;
  });
  if (!won) return 'overtaken';
  const current = await ledger.plan(plan.id);
  if (current === null) throw new Error(`plan ${plan.id} vanished`);
  return done(current);
}

/**
 * Why a plan that somebody may approve must not run all the same: its text is no longer what its hash names, so nobody
 * has seen it, or the judge, who may have learned since it was proposed, denies it.
 */
function mayNotRun(revision: RevisionRow, seen: string, judged: PlanJudgement): Refusal | null {
  if (revision.hash !== seen || planHash(revision.content) !== seen)
    return refuse(
      'altered',
      'The stored plan is not the one this card shows: somebody changed it in the database. Nothing ran. “chiffon audit verify” says what else was changed; ask again for a new plan.',
    );
  return judged.ok ? null : refuse('against_safety_rules', `${judged.reason} Nothing ran.`);
}

/** "approved by Anna": the decision that stands, or null while there is none. */
export function decidedWords(
  plan: Pick<PlanRow, 'state' | 'revision' | 'note'>,
  approvals: readonly ApprovalRow[],
  house: House,
): string | null {
  const last = approvals.findLast((row) => row.revision === plan.revision);
  if (last === undefined || plan.state === 'awaiting_approval') {
    return plan.state === 'rejected' || plan.state === 'parked' || plan.state === 'expired'
      ? plan.state
      : null;
  }
  const who = last.rule === null ? (house.person(last.person)?.name ?? last.person) : `rule ${last.rule}`;
  const verbs = { approve: 'approved', reject: 'rejected', changes: 'sent back for changes' } as const;
  return `${verbs[last.decision]} by ${who}`;
}

async function recordRefusal(ledger: Ledger, made: Made, code: string, reason: string): Promise<void> {
  await ledger.transact(async (tx) => {
    await tx.append({
      stream: `plan:${made.plan}`,
      kind: 'plan.decision_refused',
      actor: made.person.id,
      plan: made.plan,
      outcome: 'refused',
      summary: reason,
      data: { decision: made.decision.decision, hash: made.decision.hash, code, surface: made.surface },
    });
  });
}
