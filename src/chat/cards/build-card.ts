import type { Card, CardStep } from '#core/card.ts';
import { confirmCode } from '#core/plan.ts';
import { notStarted, surfacePhrases } from '#core/state-words.ts';
import type { Step } from '#core/step.ts';
import { finalRunStates } from '#core/task.ts';
import type { House } from '#flow/house.ts';
import type { ApprovalRow, RevisionRow, TaskRow } from '#flow/ledger-port.ts';
import { authorise } from '#policy/authorise.ts';
import { cardActions } from './card-actions.ts';
import { stateOf, taskWords } from './card-states.ts';
import { cardWarnings } from './card-warnings.ts';
import { exactStep } from './exact-step.ts';
import type { Reader, RequestStory } from './request-story.ts';
import { revisionDelta } from './revision-delta.ts';

/** Draws one request for one reader: the same slots in the same order on every surface. Pure. */
export function buildCard(story: RequestStory, reader: Reader, now: Date): Card {
  const { request, plan, run } = story;
  const { state, word } = stateOf(story, reader.house);
  const revision = story.revisions.at(-1) ?? null;
  const content = revision?.content ?? null;
  const mayApprove =
    plan !== null &&
    plan.state === 'awaiting_approval' &&
    authorise(reader.person, { kind: 'approve', risk: plan.risk ?? 'change' }, reader.house.people).ok;
  return {
    request: request.id,
    plan: plan?.id ?? null,
    run: run?.id ?? null,
    revision: revision?.revision ?? null,
    hash: revision?.hash ?? null,
    state,
    stateWord: word,
    title: content?.title ?? request.text,
    ask: {
      person: reader.house.person(request.person)?.name ?? request.person,
      surface: request.surface,
      at: request.at,
      words: request.text,
    },
    message: messageOf(story),
    ...(plan === null && request.answer !== null ? { answer: request.answer } : {}),
    risk: content?.risk ?? null,
    warnings: content !== null && plan?.state === 'awaiting_approval' ? cardWarnings(content) : [],
    effects: content?.effects ?? [],
    steps:
      revision === null
        ? []
        : revision.content.steps.map((step, index) => cardStep(step, index + 1, revision, story)),
    rehearsal: revision?.rehearsal ?? null,
    verification: content?.verification ?? null,
    undo: content?.undo ?? null,
    cost: content === null ? null : '0 (no model was used)',
    // That a rule let a question through is in the record; on the answer it would only be in the way.
    decisions: story.approvals
      .filter((row) => row.rule === null || state !== 'answer')
      .map((row) => decisionLine(row, reader.house)),
    delta: revisionDelta(story.revisions),
    link: run?.state === 'completed' ? (content?.link ?? null) : null,
    confirmCode:
      mayApprove && plan.risk === 'destructive' && plan.hash !== null ? confirmCode(plan.hash) : null,
    actions: cardActions(story, reader),
    answerBy: plan?.answerBy ?? null,
    asOf: now.toISOString(),
  };
}

/** What is true now, in a sentence or two: the result if there is one, else Chiffon's answer. */
function messageOf(story: RequestStory): string | null {
  const { request, plan, run } = story;
  if (run !== null) {
    if (run.state === 'blocked')
      return `This run starts by itself when ${story.waitsFor ?? 'the other run'} is over.`;
    if (run.state === 'failed' || run.state === 'cancelled')
      return [run.summary === null ? '' : sentence(run.summary), stateNow(story)].filter(Boolean).join(' ');
    if (run.state === 'review') {
      return `${sentence(run.summary ?? 'Nobody can say whether the last step finished')} Look at the machine and say what is true; nothing runs until then.`;
    }
    return run.summary;
  }
  // Somebody said no: the reply that asked for a yes is over. Why stands beside the decision.
  if (plan?.state === 'rejected' && story.approvals.at(-1)?.decision === 'reject') return 'Nothing ran.';
  if (plan !== null && (plan.state === 'parked' || plan.state === 'rejected'))
    return plan.note ?? request.reply;
  return plan === null || plan.state === 'rejected' ? request.reply : null;
}

/** Summaries of steps are written to stand in a list; behind another sentence they need a full stop. */
function sentence(summary: string): string {
  return /[.!?…]$/u.test(summary) ? summary : `${summary}.`;
}

/** After a failure or a stop: which steps were done and stay done, and what became of the one that was stopped. */
function stateNow(story: RequestStory): string {
  const finished = story.tasks.filter((task) => task.state === 'completed');
  const left = story.tasks.filter((task) => task.startedAt === null).length;
  const broken = story.tasks.find(
    (task) => task.startedAt !== null && (task.state === 'cancelled' || task.state === 'running'),
  );
  const first =
    finished.length === 0
      ? 'No step was completed'
      : `Done and still in place: ${finished.map((task) => `step ${task.position}`).join(', ')}`;
  // That nothing was left to start is no news.
  const rest = left === 0 ? '' : left === 1 ? '; 1 step was not started' : `; ${left} steps were not started`;
  return [`${first}${rest}.`, broken === undefined ? '' : stoppedStep(broken)].filter(Boolean).join(' ');
}

function stoppedStep({ position, state, summary }: TaskRow): string {
  if (state === 'running') return `Step ${position} is being stopped on the machine.`;
  return `Step ${position} was under way${summary === null ? '.' : `: ${sentence(summary)}`}`;
}

function cardStep(step: Step, position: number, revision: RevisionRow, story: RequestStory): CardStep {
  const rehearsal = revision.rehearsal.steps.find((entry) => entry.stepId === step.id);
  const task = story.tasks.find((candidate) => candidate.step.id === step.id);
  const over = story.run !== null && finalRunStates.includes(story.run.state);
  const words = over && task?.state === 'pending' ? notStarted : taskWords[task?.state ?? 'pending'];
  return {
    id: step.id,
    position,
    summary: step.summary,
    target: step.target,
    uses: step.uses,
    exact: exactStep(step),
    content: step.uses === 'file' ? step.content : null,
    undo: step.undo.how,
    rehearsed: rehearsal?.rehearsed ?? false,
    rehearsalNote: rehearsal?.note ?? null,
    diff: rehearsal?.diff ?? null,
    state: words.state,
    stateWord: task === undefined ? 'Planned' : words.word,
    result: task?.summary ?? null,
    startedAt: task?.startedAt ?? null,
    endedAt: task?.endedAt ?? null,
    usualMs: story.usual?.get(step.id) ?? null,
  };
}

/** "Approved by Anna on Discord (revision 1)". */
export function decisionLine(row: ApprovalRow, house: House): Card['decisions'][number] {
  const verbs = { approve: 'Approved', reject: 'Rejected', changes: 'Changes requested' } as const;
  const who =
    row.rule === null
      ? `by ${house.person(row.person)?.name ?? row.person} ${surfacePhrases[row.surface]}`
      : `by rule ${row.rule}`;
  return {
    words: `${verbs[row.decision]} ${who} (revision ${row.revision})`,
    at: row.at,
    comment: row.comment,
  };
}
