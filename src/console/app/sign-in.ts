import type { Me } from '#api/contract/house.ts';
import { type Answer, call } from './api.ts';
import { go, place } from './router.ts';
import { me, startProblem } from './session.ts';

/** Asks who is signed in, until there is an answer. Only the server's own "nobody" leads to the sign-in page. */
export async function whoAmI(): Promise<void> {
  const answer = await call<Me>('GET', '/me');
  if (answer.ok) me.value = answer.value;
  else if (answer.problem.status === 401) me.value = null;
  else setTimeout(() => void whoAmI(), 2000);
  startProblem.value = answer.ok || answer.problem.status === 401 ? null : answer.problem;
}

/** Trades a token for a session. */
export async function signIn(token: string): Promise<Answer<Me>> {
  const answer = await call<Me>('POST', '/session', { token });
  if (!answer.ok) return answer;
  me.value = answer.value;
  if (place.peek().path === '/sign-in') go('/', { replace: true });
  return answer;
}

/** Ends the session on this device. */
export async function signOut(): Promise<void> {
  await call('DELETE', '/session');
  me.value = null;
  go('/sign-in');
}

/** Takes the token out of the address (…/sign-in#TOKEN), so that it stays in no history and no screenshot. */
export function takeTokenFromAddress(): string | null {
  if (location.pathname !== '/sign-in' || location.hash.length < 2) return null;
  const written = location.hash.slice(1);
  go('/sign-in', { replace: true, quiet: true });
  try {
    return decodeURIComponent(written);
  } catch {
    // A lone % is no part of an encoded token: the token may have it as it stands.
    return written;
  }
}
