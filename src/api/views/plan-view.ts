import { buildCard } from '#chat/cards/build-card.ts';
import type { Reader, RequestStory } from '#chat/cards/request-story.ts';
import type { PlanRow } from '#flow/ledger-port.ts';
import type { TrailCommit } from '#flow/record-questions.ts';
import type { PlanDetail } from '../contract/plans.ts';
import { planName, requestName } from './names.ts';

export function planDetail(
  story: RequestStory,
  plan: PlanRow,
  commits: readonly TrailCommit[],
  reader: Reader,
  now: Date,
): PlanDetail {
  const card = buildCard(story, reader, now);
  const revision = story.revisions.at(-1);
  return {
    planId: planName(plan.id),
    requestId: requestName(plan.id),
    revision: plan.revision,
    hash: plan.hash,
    state: plan.state,
    title: plan.title,
    risk: plan.risk,
    steps: revision?.content.steps ?? [],
    effects: revision?.content.effects ?? [],
    rehearsal: revision?.rehearsal ?? null,
    approvals: story.approvals.map(({ plan: _plan, ...approval }) => approval),
    note: plan.note,
    confirmCode: card.confirmCode,
    runId: story.run?.id ?? null,
    commits: commits.flatMap(({ commit, kind, run, at }) =>
      kind === 'decision' || kind === 'result' ? [{ commit, kind, runId: run, at }] : [],
    ),
    answerBy: plan.answerBy,
    card,
  };
}
