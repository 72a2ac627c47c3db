import type { Problem } from '#api/contract/problem.ts';
import { connectionFailed } from './connection.ts';
import { me, signedOut } from './session.ts';

/** What the server said: the value, or the problem in its own words. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

type Method = 'GET' | 'POST' | 'DELETE';

/**
 * Asks the server. Changes carry the session's CSRF token. Never throws: without a connection it answers a problem
 * with the code `no_connection`.
 */
export async function call<T>(method: Method, path: string, body?: unknown): Promise<Answer<T>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const csrf = me.peek()?.csrf;
  if (method !== 'GET' && csrf) headers['x-csrf-token'] = csrf;
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    connectionFailed();
    return { ok: false, problem: noConnection };
  }
  if (response.ok) return { ok: true, value: await valueOf<T>(response) };
  const problem = await problemOf(response);
  if (response.status === 401 && path !== '/session') signedOut();
  return { ok: false, problem };
}

async function valueOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  // DELETE answers nothing; whoever asks for that asks for no type either.
  return (text === '' ? null : JSON.parse(text)) as T;
}

const noConnection: Problem = {
  type: 'about:blank',
  title: 'No connection',
  status: 0,
  detail: 'Chiffon did not answer. Nothing was changed. The page tries again by itself.',
  code: 'no_connection',
};

async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('json')) return (await response.json()) as Problem;
  return {
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    detail: `The server answered ${response.status} without an explanation. A proxy in between may have answered in its place.`,
    code: 'unexplained',
  };
}
