import type { Me } from '#api/contract/house.ts';
import { type Answer, call } from './api.ts';
import { go, place } from './router.ts';
import { me } from './session.ts';

/** Asks who is signed in. */
export async function whoAmI(): Promise<void> {
  const answer = await call<Me>('GET', '/me');
  if (answer.ok) me.value = answer.value;
  else if (answer.problem.code === 'no_connection') setTimeout(() => void whoAmI(), 2000);
  else me.value = null;
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
  const token = decodeURIComponent(location.hash.slice(1));
  go('/sign-in', { replace: true, quiet: true });
  return token;
}
