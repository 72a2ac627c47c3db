import { type StateWords, stateSigns, taskWords } from '#core/state-words.ts';
import { decidedWords } from '#flow/decide-approval.ts';
import type { House } from '#flow/house.ts';
import type { RequestStory } from './request-story.ts';

export { type StateWords, taskWords } from '#core/state-words.ts';

/** The state of a request as a person reads it: one vocabulary for every surface. */
export function stateOf(
  story: Pick<RequestStory, 'request' | 'plan' | 'approvals' | 'run' | 'waitsFor'>,
  house: House,
): StateWords {
  const { request, plan, run } = story;
  if (run !== null && plan?.state === 'approved') {
    if (run.state === 'blocked')
      return { state: 'waiting', word: `Waiting for ${story.waitsFor ?? 'another run'}` };
    if (run.state === 'completed' && !run.mutates) return plainly('answer');
    return taskWords[run.state];
  }
  if (request.state === 'question') return plainly('question');
  if (request.state === 'refused') return plainly('refused');
  if (plan === null) return plainly('answer');
  switch (plan.state) {
    case 'drafting':
    case 'changes_requested':
      return plainly('drafting');
    case 'awaiting_approval':
      return plainly('needs_you');
    case 'rejected':
      return story.approvals.length === 0
        ? plainly('answer')
        : {
            state: 'rejected',
            word: capital(decidedWords(plan, story.approvals, house) ?? stateSigns.rejected.word),
          };
    case 'parked':
    case 'expired':
      return plainly('parked');
    case 'superseded':
      return plainly('replaced');
    case 'approved':
      return plainly('queued');
  }
}

function plainly(state: keyof typeof stateSigns): StateWords {
  return { state, word: stateSigns[state].word };
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
