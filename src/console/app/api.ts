import type { Problem } from '#api/contract/problem.ts';
import { answering, connectionFailed } from './connection.ts';
import { me, signedOut } from './session.ts';

/** What the server said: the value, or the problem in its own words. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

type Method = 'GET' | 'POST' | 'DELETE';

/**
 * Asks the server. Changes carry the session's CSRF token. Never throws: without a connection, or when it breaks in
 * the middle of an answer, there is a problem with the code `no_connection`.
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
    answering.value = false;
    connectionFailed();
    return { ok: false, problem: noConnection(method) };
  }
  answering.value = true;
  if (response.status === 401 && path !== '/session') signedOut();
  let text: string;
  try {
    text = await response.text();
  } catch {
    connectionFailed();
    return { ok: false, problem: noConnection(method) };
  }
  // DELETE answers nothing; whoever asks for that asks for no type either.
  const content = text === '' ? null : jsonIn(text);
  if (content === undefined) return { ok: false, problem: unexplained(response) };
  if (response.ok) return { ok: true, value: content as T };
  return { ok: false, problem: isProblem(content) ? content : unexplained(response) };
}

/** What the text says as JSON; undefined when it is something else, such as the page of a proxy. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isProblem(content: unknown): content is Problem {
  return typeof content === 'object' && content !== null && 'detail' in content && 'code' in content;
}

function noConnection(method: Method): Problem {
  return {
    type: 'about:blank',
    title: 'No connection',
    status: 0,
    detail:
      method === 'GET'
        ? 'Chiffon did not answer. The page tries again by itself.'
        : 'Chiffon did not answer, so nobody can say whether this arrived. Once the connection is back, look at what the page shows before pressing again.',
    code: 'no_connection',
  };
}

function unexplained(response: Response): Problem {
  return {
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    detail: `What came back (${response.status}) was not an answer of Chiffon. A proxy in between may have answered in its place.`,
    code: 'unexplained',
  };
}
