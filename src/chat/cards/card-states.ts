import type { CardState } from '#core/card.ts';
import type { TaskState } from '#core/task.ts';
import { decidedWords } from '#flow/decide-approval.ts';
import type { House } from '#flow/house.ts';
import type { RequestStory } from './request-story.ts';

export interface StateWords {
  readonly state: CardState;
  readonly word: string;
}

/** The state of a request as a person reads it: one vocabulary for every surface. */
export function stateOf(story: RequestStory, house: House): StateWords {
  const { request, plan, run } = story;
  if (run !== null && plan?.state === 'approved') {
    if (run.state === 'blocked')
      return { state: 'waiting', word: `Waiting for ${story.waitsFor ?? 'another run'}` };
    if (run.state === 'completed' && !run.mutates) return { state: 'answer', word: 'Answer' };
    return taskWords[run.state];
  }
  if (request.state === 'question') return { state: 'question', word: 'One question' };
  if (request.state === 'refused') return { state: 'refused', word: 'Not allowed' };
  if (plan === null) return { state: 'answer', word: 'Answer' };
  switch (plan.state) {
    case 'drafting':
    case 'changes_requested':
      return { state: 'drafting', word: 'Being rehearsed' };
    case 'awaiting_approval':
      return { state: 'needs_you', word: 'Needs you' };
    case 'rejected':
      return story.approvals.length === 0
        ? { state: 'answer', word: 'Answer' }
        : { state: 'rejected', word: capital(decidedWords(plan, story.approvals, house) ?? 'Rejected') };
    case 'parked':
    case 'expired':
      return { state: 'parked', word: 'Parked' };
    case 'superseded':
      return { state: 'replaced', word: 'Replaced' };
    case 'approved':
      return { state: 'queued', word: 'Queued' };
  }
}

/** Words for a task or a run. */
export const taskWords: Readonly<Record<TaskState, StateWords>> = {
  pending: { state: 'queued', word: 'Queued' },
  running: { state: 'running', word: 'Running' },
  completed: { state: 'done', word: 'Done' },
  failed: { state: 'failed', word: 'Failed' },
  escalated: { state: 'escalated', word: 'Escalated' },
  blocked: { state: 'waiting', word: 'Waiting' },
  waiting_retry: { state: 'retrying', word: 'Trying again' },
  review: { state: 'unknown', word: 'Outcome unknown' },
  cancelled: { state: 'stopped', word: 'Stopped' },
};

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
