import { buildCard } from '#chat/cards/build-card.ts';
import { stateOf } from '#chat/cards/card-states.ts';
import type { Reader, RequestStory } from '#chat/cards/request-story.ts';
import { waitsForWords } from '#chat/cards/waits-for.ts';
import type { Ledger, RequestOverview } from '#flow/ledger-port.ts';
import type { RequestDetail, RequestSummary } from '../contract/requests.ts';
import { auditRow } from './audit-view.ts';
import { planName, requestName } from './names.ts';

/** What a row of a list is drawn from. */
type ListedStory = RequestOverview & Pick<RequestStory, 'waitsFor'>;

/** One row of a list: what was asked and how it stands. */
export function requestSummary(story: ListedStory, reader: Reader): RequestSummary {
  const { request, plan, run, tasks } = story;
  const { state, word } = stateOf(story, reader.house);
  const current =
    tasks.find((task) => task.state === 'running') ?? tasks.find((task) => task.state === 'pending');
  const live = run !== null && run.state === 'running' && current !== undefined;
  return {
    requestId: requestName(request.id),
    number: request.id,
    planId: plan === null ? null : planName(plan.id),
    runId: run?.id ?? null,
    title: plan?.title ?? request.text,
    words: request.text,
    person: reader.house.person(request.person)?.name ?? request.person,
    surface: request.surface,
    at: request.at,
    state,
    stateWord: word,
    message: run?.summary ?? plan?.note ?? (plan === null ? request.reply : null),
    startedAt: run?.startedAt ?? null,
    endedAt: run?.endedAt ?? null,
    alert: story.openAlert === null ? null : { ...story.openAlert },
    answerBy: plan?.state === 'awaiting_approval' ? plan.answerBy : null,
    step: live ? { position: current.position, of: tasks.length } : null,
  };
}

/** One request with everything that became of it. */
export async function requestDetail(
  ledger: Ledger,
  story: RequestStory,
  reader: Reader,
  now: Date,
): Promise<RequestDetail> {
  const { request, plan } = story;
  const [runs, audit] = await Promise.all([
    plan === null ? [] : ledger.runs(plan.id),
    ledger.audit({ plan: request.id, limit: 200 }),
  ]);
  return {
    requestId: requestName(request.id),
    number: request.id,
    threadId: request.thread,
    card: buildCard(story, reader, now),
    earlier: story.revisions.slice(0, -1).map((revision, index) => ({
      revision: revision.revision,
      hash: revision.hash,
      words: `Replaced: asked for “${story.revisions[index + 1]?.askedFor ?? 'changes'}”`,
      at: revision.at,
    })),
    runs: runs.map((run) => ({
      runId: run.id,
      state: run.state,
      stateWord: stateOf({ ...story, run }, reader.house).word,
      startedAt: run.startedAt,
      endedAt: run.endedAt,
    })),
    audit: audit.map(auditRow).reverse(),
  };
}

/** How several requests stand, in the same order; as many statements for one as for a hundred. */
export async function storiesOf(ledger: Ledger, numbers: readonly number[]): Promise<ListedStory[]> {
  const overviews = await ledger.overviews(numbers);
  return overviews.map((overview) => ({
    ...overview,
    waitsFor: waitsForWords(overview.run, overview.holder),
  }));
}
