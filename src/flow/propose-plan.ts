import type { HostFacts } from '#core/host.ts';
import { type Intent, serviceOf } from '#core/intent.ts';
import { type PlanContent, planHash, type Rehearsal, type StepRehearsal } from '#core/plan.ts';
import { readOnlyRule } from '#policy/authorise.ts';
import { judgePlan, type PlanJudgement } from '#policy/judge-plan.ts';
import type { Clock } from './clock-port.ts';
import type { StepExecutor } from './executor-port.ts';
import type { Ledger, PlanRow, RequestRow } from './ledger-port.ts';
import type { FlowLog } from './log-port.ts';
import { lookAtHost } from './look-at-host.ts';
import type { Composition, Planner } from './planner-port.ts';
import type { Redaction } from './redaction-port.ts';
import { refuseSecretsInPlan } from './refuse-secrets-in-plan.ts';
import { openRun } from './run-lifecycle.ts';
import { whyItCounted } from './why-it-counted.ts';

export interface ProposePlanDeps {
  readonly ledger: Ledger;
  readonly planner: Planner;
  readonly executor: StepExecutor;
  readonly clock: Clock;
  readonly redaction: Pick<Redaction, 'contains'>;
  readonly log: FlowLog;
  /** How long a proposal waits for an answer, in hours. */
  readonly answerWithinHours: number;
}

/** A draft that can't become a proposal: why, and what helps. */
interface Dead {
  readonly kind: 'question' | 'impossible' | 'refused';
  readonly reply: string;
  readonly rule?: string;
  readonly choices?: RequestRow['choices'];
  readonly suggestions?: readonly string[];
}

/**
 * Drafts the next revision of a request's plan: looks at the hosts, composes the steps, has them judged, rehearses
 * them, and puts the result before the person. A read-only plan is approved by rule and starts at once.
 * Does nothing when the plan is not waiting for a draft, so it may be called twice.
 */
export async function proposePlan(deps: ProposePlanDeps, requestId: number): Promise<void> {
  const request = await deps.ledger.request(requestId);
  const plan = await deps.ledger.plan(requestId);
  if (request === null || plan === null) return;
  if (plan.state !== 'drafting' && plan.state !== 'changes_requested') return;
  try {
    await draftPlan(deps, request, plan);
  } catch (error) {
    // While the ledger is away the draft comes back; anything else would come back with the same error for ever.
    if ((error as { readonly code?: unknown }).code === 'ledger_unavailable') throw error;
    const reference = deps.clock.freshId().slice(0, 8);
    deps.log.error(
      { plan: plan.id, reference, error },
      'a plan met an unexpected error while it was drafted',
    );
    await bury(deps, request, plan, {
      kind: 'impossible',
      reply: `Chiffon itself met an unexpected error while it prepared this plan, so there is none. Nothing ran. Ask again; if it happens again, Chiffon's log has the error under ${reference}.`,
      suggestions: [],
    });
  }
}

async function draftPlan(deps: ProposePlanDeps, request: RequestRow, plan: PlanRow): Promise<void> {
  const asked = await whatIsAsked(deps, request, plan);
  const draft = await compose(deps, asked.intents);
  if (draft.kind !== 'plan') {
    await bury(deps, request, plan, draft);
    return;
  }
  const judged = judgePlan(draft.content);
  if (!judged.ok) {
    await bury(deps, request, plan, {
      kind: 'refused',
      reply: `${judged.reason} Nothing ran.`,
      rule: judged.rule,
    });
    return;
  }
  const open = refuseSecretsInPlan(draft.content, deps.redaction);
  if (!open.ok) {
    await bury(deps, request, plan, {
      kind: 'refused',
      reply: `${open.reason} Nothing ran.`,
      rule: open.code,
    });
    return;
  }
  const rehearsal = await rehearse(deps, draft.content, [...asked.notes, ...draft.notes], draft.facts);
  await publish(deps, request, plan, {
    content: draft.content,
    rehearsal,
    askedFor: asked.comment,
    judged,
  });
}

/** The intents to plan for: those of the request, or of the last revision amended by what the person asked for. */
async function whatIsAsked(
  deps: ProposePlanDeps,
  request: RequestRow,
  plan: PlanRow,
): Promise<{
  readonly intents: readonly Intent[];
  readonly comment: string | null;
  readonly notes: readonly string[];
}> {
  if (plan.state === 'drafting') return { intents: request.intents, comment: null, notes: [] };
  const last = await deps.ledger.revision(plan.id, plan.revision);
  const comment =
    (await deps.ledger.approvals(plan.id)).findLast((row) => row.decision === 'changes')?.comment ?? null;
  const intents = last?.content.intents ?? request.intents;
  if (comment === null) return { intents, comment, notes: [] };
  const amended = deps.planner.amend(intents, comment);
  if (amended !== null) return { intents: amended, comment, notes: [] };
  return {
    intents,
    comment,
    notes: [
      `Chiffon could not turn “${comment}” into a change, so the steps are as before. Host, port and service can be changed in words such as “use port 3100”.`,
    ],
  };
}

async function compose(
  deps: ProposePlanDeps,
  intents: readonly Intent[],
): Promise<Extract<Composition, { kind: 'plan' }> | Dead> {
  const seen = (await deps.ledger.hosts()).flatMap((host) => (host.facts === null ? [] : [host.facts]));
  const placed = deps.planner.place(intents, seen);
  if (placed.kind === 'question')
    return { kind: 'question', reply: placed.question, choices: placed.choices };
  if (placed.kind === 'impossible')
    return { kind: 'impossible', reply: placed.reason, suggestions: placed.suggestions };
  const facts: HostFacts[] = [];
  for (const host of placed.hosts) {
    const looked = await lookAtHost(deps, host, 'chiffon');
    if (!looked.ok) return { kind: 'impossible', reply: `${looked.reason} Nothing ran.`, suggestions: [] };
    facts.push(looked.value);
  }
  const composed = deps.planner.compose(placed.intents, facts);
  if (composed.kind === 'question')
    return { kind: 'question', reply: composed.question, choices: composed.choices };
  if (composed.kind === 'impossible')
    return { kind: 'impossible', reply: composed.reason, suggestions: composed.suggestions };
  return composed;
}

async function rehearse(
  deps: ProposePlanDeps,
  content: PlanContent,
  notes: readonly string[],
  facts: Extract<Composition, { kind: 'plan' }>['facts'],
): Promise<Rehearsal> {
  const steps: StepRehearsal[] = [];
  if (content.risk !== 'read') {
    for (const step of content.steps) {
      const seen = await deps.executor.rehearse(step);
      steps.push(
        seen === null
          ? {
              stepId: step.id,
              rehearsed: false,
              note: 'What it does can only be seen when it runs.',
            }
          : {
              stepId: step.id,
              rehearsed: true,
              note: seen.note,
              ...(seen.diff === undefined ? {} : { diff: seen.diff }),
            },
      );
    }
  }
  return { at: deps.clock.now().toISOString(), steps, facts: [...facts], notes: [...notes] };
}

async function publish(
  deps: ProposePlanDeps,
  request: RequestRow,
  plan: PlanRow,
  draft: {
    readonly content: PlanContent;
    readonly rehearsal: Rehearsal;
    readonly askedFor: string | null;
    readonly judged: PlanJudgement;
  },
): Promise<void> {
  const { content, rehearsal } = draft;
  const hash = planHash(content);
  const revision = plan.revision + 1;
  const from = { states: [plan.state], revision: plan.revision };
  const common = {
    stream: `plan:${plan.id}`,
    plan: plan.id,
    ...(content.steps[0] === undefined ? {} : { host: content.steps[0].target }),
    ...serviceOf(content.intents),
  };
  await deps.ledger.transact(async (tx) => {
    const atOnce = content.risk === 'read';
    const answerBy = atOnce
      ? null
      : new Date(deps.clock.now().getTime() + deps.answerWithinHours * 3_600_000).toISOString();
    const moved = await tx.movePlan(plan.id, from, {
      state: 'awaiting_approval',
      revision,
      hash,
      risk: content.risk,
      title: content.title,
      answerBy,
      note: null,
    });
    if (!moved) return;
    await tx.insertRevision({ plan: plan.id, revision, content, hash, rehearsal, askedFor: draft.askedFor });
    await tx.append({
      ...common,
      kind: 'plan.proposed',
      actor: 'chiffon',
      summary: `${content.title}: ${content.steps.length} steps, risk ${content.risk}.`,
      data: {
        revision,
        hash,
        risk: content.risk,
        rehearsedSteps: rehearsal.steps.filter((step) => step.rehearsed).length,
      },
    });
    await tx.answerRequest(request.id, {
      state: 'planned',
      reply: atOnce ? `${content.title}.` : `${content.title}: the plan is ready and waits for a yes.`,
      intents: content.intents,
    });
    if (!atOnce) return;
    const policy = whyItCounted({
      rule: readOnlyRule,
      person: null,
      deed: null,
      askedBy: request.person,
      judged: draft.judged,
      house: null,
    });
    await tx.movePlan(plan.id, { states: ['awaiting_approval'], revision, hash }, { state: 'approved' });
    await tx.insertApproval({
      plan: plan.id,
      revision,
      hash,
      decision: 'approve',
      person: 'chiffon',
      surface: request.surface,
      rule: readOnlyRule,
      comment: null,
      policy,
    });
    await tx.append({
      ...common,
      kind: 'plan.approved',
      actor: 'chiffon',
      summary: 'Approved by rule: the plan only reads.',
      data: { revision, hash, rule: readOnlyRule, policy },
    });
    await openRun(tx, deps.clock, { plan: plan.id, revision, hash, content, actor: request.person });
  });
}

/** Ends a draft that can't become a proposal, and says so where the request was made. */
async function bury(deps: ProposePlanDeps, request: RequestRow, plan: PlanRow, dead: Dead): Promise<void> {
  const states = { question: 'question', impossible: 'answered', refused: 'refused' } as const;
  await deps.ledger.transact(async (tx) => {
    const moved = await tx.movePlan(
      plan.id,
      { states: [plan.state], revision: plan.revision },
      { state: 'rejected', note: dead.reply },
    );
    if (!moved) return;
    await tx.answerRequest(request.id, {
      state: states[dead.kind],
      reply: dead.reply,
      choices: dead.choices ?? [],
      suggestions: dead.suggestions ?? [],
    });
    await tx.append({
      stream: `plan:${plan.id}`,
      kind: 'plan.rejected',
      actor: 'chiffon',
      plan: plan.id,
      ...(dead.kind === 'refused' ? { outcome: 'refused' as const } : {}),
      summary: dead.reply,
      data: { rule: dead.rule ?? `planner.${dead.kind}` },
    });
  });
}
