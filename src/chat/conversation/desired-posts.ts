import { decisionLine } from '#chat/cards/build-card.ts';
import type { RequestStory } from '#chat/cards/request-story.ts';
import { finalRunStates } from '#core/task.ts';
import type { NewPost } from '#flow/conversation-record.ts';
import type { House } from '#flow/house.ts';
import type { RunRow } from '#flow/ledger-port.ts';
import { whoDecides } from './who-decides.ts';

/**
 * Everything that has to stand in a request's thread by now, in order. Asked again it answers the same and more, so
 * whatever is missing is added: after a restart, an outage, or because two things happened at once. Pure.
 */
export function desiredPosts(story: RequestStory, house: House): NewPost[] {
  return [...proposals(story, house), ...ends(story, house), ...onIt(story, house)];
}

/** Each revision's card and, below it, what was decided about it. */
function proposals(story: RequestStory, house: House): NewPost[] {
  const { request, plan, revisions, run } = story;
  const asker = house.person(request.person) === null ? [] : [request.person];
  const question = request.state === 'question';
  const answer = card('card:0', { loud: question, mentions: question ? asker : [] });
  if (plan === null) {
    return request.state === 'received' || request.state === 'planned' ? [] : [answer];
  }
  // Understood, looked at, and found to need no plan: the answer is the card.
  if (revisions.length === 0) return plan.state === 'rejected' ? [answer] : [];
  const proposed = revisions.flatMap((revision): NewPost[] => {
    const readOnly = revision.content.risk === 'read';
    // A question about a machine is answered with what was found out, not with a card about finding out.
    if (readOnly && run !== null && !finalRunStates.includes(run.state) && run.state !== 'review') return [];
    if (readOnly && run === null && plan.state === 'approved') return [];
    const shown = card(`card:${revision.revision}`, {
      loud: !readOnly,
      mentions: readOnly ? [] : whoDecides(story, house),
      hash: revision.hash,
    });
    return [shown, ...decisions(story, house, revision.revision)];
  });
  // What was asked to be different can lead to a question: it is news, so it does not hide in a card of before.
  return question ? [...proposed, { ...answer, key: `question:${revisions.length}` }] : proposed;
}

/** Who decided what about a revision is said once, in words, for everybody. */
function decisions(story: RequestStory, house: House, revision: number): NewPost[] {
  return story.approvals.flatMap((row, index): NewPost[] => {
    if (row.rule !== null || row.revision !== revision) return [];
    const line = decisionLine(row, house);
    return [
      note(`decision:${index + 1}`, `${line.words}${line.comment === null ? '.' : `: ${line.comment}`}`),
    ];
  });
}

/** How runs ended; what went wrong calls somebody. */
function ends(story: RequestStory, house: House): NewPost[] {
  const { plan, run } = story;
  if (plan?.state === 'parked')
    return [
      note(
        `parked:${plan.revision}`,
        plan.note ?? 'Nobody answered in time, so this plan is parked. Nothing ran.',
      ),
    ];
  if (run === null) return [];
  const mentions = whoDecides(story, house);
  if (run.state === 'review') {
    return [
      note(
        `review:${run.id}:${doubtful(story)}`,
        `${run.summary ?? 'Nobody can say whether the last step finished.'} Nothing more runs until somebody says what is true.`,
        { loud: true, mentions },
      ),
    ];
  }
  if (!finalRunStates.includes(run.state)) return [];
  const failed = run.state === 'failed';
  const posts: NewPost[] = [];
  if (run.mutates || failed) {
    posts.push(
      note(
        `result:${run.id}`,
        resultWords(run),
        failed ? { loud: true, mentions } : { loud: run.state === 'completed' },
      ),
    );
  }
  // Who asks for logs wants to read them, not that there are some.
  if (!failed && asksForLogs(story)) posts.push(note(`lines:${run.id}`, 'The last lines:'));
  if (failed || !run.mutates) posts.push({ ...note(`log:${run.id}`, ''), kind: 'file' });
  return posts;
}

/** Somebody took an alarm on themselves. */
function onIt(story: RequestStory, house: House): NewPost[] {
  return story.alerts.flatMap((alert): NewPost[] =>
    alert.acknowledgedBy === null
      ? []
      : [
          note(
            `on-it:${alert.id}`,
            `${house.person(alert.acknowledgedBy)?.name ?? alert.acknowledgedBy} is on it.`,
          ),
        ],
  );
}

function asksForLogs({ revisions }: RequestStory): boolean {
  return revisions.at(-1)?.content.intents.some((intent) => intent.command === 'logs') ?? false;
}

function resultWords(run: RunRow): string {
  const summary = run.summary ?? '';
  switch (run.state) {
    case 'completed':
      return `Done. ${summary}`.trim();
    case 'failed':
      return summary === '' ? 'Failed.' : summary;
    default:
      return summary === '' ? 'Stopped.' : summary;
  }
}

/** Tells one doubt about a run from the next: how many tries its steps had. */
function doubtful(story: RequestStory): number {
  return story.tasks.reduce((sum, task) => sum + task.attempts.length, 0);
}

function card(
  key: string,
  of: { readonly loud: boolean; readonly mentions?: readonly string[]; readonly hash?: string },
): NewPost {
  return { key, kind: 'card', words: '', loud: of.loud, mentions: of.mentions ?? [], hash: of.hash ?? null };
}

function note(
  key: string,
  words: string,
  of: { readonly loud: boolean; readonly mentions?: readonly string[] } = { loud: false },
): NewPost {
  return { key, kind: 'note', words, loud: of.loud, mentions: of.mentions ?? [], hash: null };
}
