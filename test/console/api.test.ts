import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Me } from '#api/contract/house.ts';
import { type Answer, call } from '../../src/console/app/api.ts';
import { me, signInProblem } from '../../src/console/app/session.ts';

const anna: Me = {
  person: { id: 'anna', name: 'Anna', role: 'owner' },
  csrf: 'secret-of-the-session',
  version: '0.1.0',
  examples: [],
};

afterEach(() => {
  vi.unstubAllGlobals();
  me.value = undefined;
  signInProblem.value = null;
});

/** Asks while the network answers like this. */
async function asked(method: 'GET' | 'POST', answer: () => Promise<Response>): Promise<Answer<unknown>> {
  vi.stubGlobal('fetch', answer);
  return call(method, '/now');
}

function detailOf(answer: Answer<unknown>): string {
  return answer.ok ? 'no problem' : `${answer.problem.code}: ${answer.problem.detail}`;
}

describe('an answer', () => {
  test('is handed on as it came', async () => {
    expect(await asked('GET', async () => Response.json({ a: 1 }))).toEqual({ ok: true, value: { a: 1 } });
    expect(await asked('GET', async () => new Response(null, { status: 204 }))).toEqual({
      ok: true,
      value: null,
    });
  });

  test('that is a problem is handed on in the server’s own words', async () => {
    const problem = { type: 'x', title: 'x', status: 409, code: 'stale_hash', detail: 'Replaced meanwhile.' };
    const answer = await asked('POST', async () => Response.json(problem, { status: 409 }));
    expect(detailOf(answer)).toBe('stale_hash: Replaced meanwhile.');
  });

  test.each([
    ['the page of a proxy, though it says that all is well', () => new Response('<h1>Welcome</h1>')],
    ['the page of a proxy', () => new Response('<h1>Bad gateway</h1>', { status: 502 })],
    ['half an answer', () => new Response('{"detail": "Half', { status: 500 })],
    ['JSON that is no problem', () => Response.json(['no'], { status: 500 })],
  ])('that is %s becomes a sentence', async (_name, response) => {
    expect(detailOf(await asked('GET', async () => response()))).toMatch(/^unexplained: .*proxy/);
  });

  test('that breaks off is a lost connection, not a surprise', async () => {
    const torn = new ReadableStream({
      start: (controller) => controller.error(new TypeError('network error')),
    });
    expect(detailOf(await asked('GET', async () => new Response(torn)))).toMatch(/^no_connection: /);
  });

  test('that never came to a change claims neither that it happened nor that it did not', async () => {
    const away = async (): Promise<Response> => {
      throw new TypeError('Failed to fetch');
    };
    expect(detailOf(await asked('POST', away))).toContain('nobody can say whether this arrived');
    expect(detailOf(await asked('GET', away))).not.toContain('arrived');
  });

  test('that nobody is signed in ends the session and says so, once there was one', async () => {
    me.value = anna;
    await asked('GET', async () => Response.json({ code: 'x', detail: 'x' }, { status: 401 }));
    expect(me.value).toBeNull();
    expect(signInProblem.value?.detail).toContain('The session has ended');
  });
});

test('a change carries the token of its session, a look does not', async () => {
  me.value = anna;
  const sent: (string | null)[] = [];
  vi.stubGlobal('fetch', async (_address: string, init: RequestInit) => {
    sent.push(new Headers(init.headers).get('x-csrf-token'));
    return Response.json({});
  });
  await call('GET', '/now');
  await call('POST', '/requests', { text: 'restart demo-web' });
  expect(sent).toEqual([null, 'secret-of-the-session']);
});
