import { signal } from '@preact/signals';
import type { Me } from '#api/contract/house.ts';
import type { Problem } from '#api/contract/problem.ts';

/** Who is signed in: undefined while that is being asked, null when nobody is. */
export const me = signal<Me | null | undefined>(undefined);

/** Why it is not known yet who is signed in. */
export const startProblem = signal<Problem | null>(null);

/** Why somebody has to sign in: a link's token was not taken, or the session ended under their hands. */
export const signInProblem = signal<Problem | null>(null);

/** The session ended, or there was none. */
export function signedOut(): void {
  if (me.peek())
    signInProblem.value = {
      type: 'about:blank',
      title: 'Signed out',
      status: 403,
      detail: 'The session has ended. Nothing is lost: after signing in the page is as it was.',
      code: 'session_ended',
    };
  me.value = null;
}
