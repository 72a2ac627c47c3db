import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, type ServedHouse, serveHouse } from './served-house.ts';

let house: ServedHouse;
let port: number;

beforeAll(async () => {
  house = await serveHouse();
  port = Number(new URL(await house.app.listen({ port: 0, host: '127.0.0.1' })).port);
});
afterAll(() => house?.close());

/** Sends bytes as they are: clients tidy addresses up before they send them. */
async function raw(request: string): Promise<{ readonly status: number; readonly text: string }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  socket.end(request);
  await once(socket, 'close');
  return { status: Number(/^HTTP\/1\.1 (\d+)/u.exec(text)?.[1]), text };
}

const get = (target: string, host = '127.0.0.1') =>
  raw(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

describe('without a token', () => {
  /** Signing in, and the tap on a phone, which carries a token of its own. */
  const open = ['POST /api/v1/session', 'POST /api/v1/alerts/{id}/acknowledge'];

  test('no route below /api/v1 answers anything, but the few that are open on purpose', async () => {
    const { paths = {} } = house.app.swagger();
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods ?? {}).map((method) => ({ method: method.toUpperCase(), path })),
    );
    const guarded = routes.filter(
      ({ method, path }) => path.startsWith('/api/v1/') && !open.includes(`${method} ${path}`),
    );
    expect(guarded.length).toBeGreaterThan(15);
    for (const { method, path } of guarded) {
      const url = path.replaceAll(/\{\w+\}/gu, '1-1');
      const answer = await house.app.inject({ method: method as 'GET', url });
      expect(answer.statusCode, `${method} ${url}`).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
  });

  test.each([
    '/%61pi/v1/audit',
    '/api/%76%31/audit',
    '/api/v1/%61udit',
    'http://127.0.0.1/api/v1/audit',
    'http://127.0.0.1/%61pi/v1/settings',
    '/%61pi/v1/events',
    '/%61pi/v1/machines',
  ])('another spelling of an address is no way in: %s', async (target) => {
    expect((await get(target)).status).toBe(401);
  });
});

describe('on the loopback', () => {
  test.each(['evil.example', 'evil.example:4180', '127.0.0.1.evil.example', 'localhost.evil', '192.168.1.5'])(
    'a name that is not Chiffon’s own is not answered: %s',
    async (name) => {
      for (const target of ['/', '/healthz', '/metrics', '/api/v1/audit', '/nothing']) {
        const { status, text } = await get(target, name);
        expect(status, target).toBe(421);
        expect(text).toContain('console.publicUrl');
      }
    },
  );

  test.each([
    '127.0.0.1',
    '127.0.0.1:4180',
    'localhost:4180',
    'LOCALHOST',
    '[::1]:4180',
    'chiffon.localhost',
  ])('its own names are: %s', async (name) => {
    expect((await get('/healthz', name)).status).toBe(200);
  });

  test('behind a reverse proxy the configured name is answered too, and its cookie travels encrypted only', async () => {
    const proxied = await serveHouse({ publicUrl: 'https://chiffon.example.org' });
    const signIn = (host: string) =>
      proxied.app.inject({
        method: 'POST',
        url: '/api/v1/session',
        headers: { host },
        payload: { token: 'token-of-anna' },
      });
    const cookie = String((await signIn('chiffon.example.org')).headers['set-cookie']);
    expect(cookie).toMatch(/; Secure/u);
    expect(String((await signIn('127.0.0.1:4180')).headers['set-cookie'])).not.toMatch(/Secure/u);
    expect((await signIn('elsewhere.example.org')).statusCode).toBe(421);
    await proxied.close();
  });
});

test('on the network any name is answered: people name their machines as they like, and the token is the guard', async () => {
  const open = await serveHouse({ host: '0.0.0.0' });
  const ask = (headers: Record<string, string>) =>
    open.app.inject({ url: '/api/v1/me', headers: { host: 'nas.lan', ...headers } });
  expect((await ask({})).statusCode).toBe(401);
  expect((await ask(bearer)).statusCode).toBe(200);
  await open.close();
});

describe('what is no proper request', () => {
  test.each([
    ['/%zz', 400],
    ['/api/v1/%', 400],
  ])('an address that can’t be read gets a problem document: %s', async (target, expected) => {
    const { status, text } = await get(target);
    expect(status).toBe(expected);
    expect(text).toContain('application/problem+json');
  });

  test('bytes that are not HTTP, and headers without end, get a problem document too', async () => {
    const garbage = await raw('GARBAGE\r\n\r\n');
    expect(garbage.status).toBe(400);
    expect(garbage.text).toContain('application/problem+json');
    const endless = await raw(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`);
    expect(endless.status).toBe(431);
    expect(endless.text).toContain('application/problem+json');
  });

  test('only JSON is read: what a form of another page can send is refused before anything looks at it', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/xml',
    ]) {
      const answer = await house.app.inject({
        method: 'POST',
        url: '/api/v1/requests',
        headers: { ...bearer, 'content-type': type },
        payload: '{"text":"status"}',
      });
      expect(answer.json(), type).toMatchObject({ status: 415, code: 'only_json' });
    }
  });

  test('a body of megabytes is refused before it is read, a message of 100 kB with a polite sentence', async () => {
    const say = (text: string) =>
      house.app.inject({ method: 'POST', url: '/api/v1/requests', headers: bearer, payload: { text } });
    expect((await say('a'.repeat(2_000_000))).json()).toMatchObject({ status: 413, code: 'too_large' });
    expect((await say('a'.repeat(100_000))).json()).toMatchObject({ status: 422, code: 'unreadable_text' });
  });

  test.each([
    ['a null character', 'restart\u0000 jellyfin'],
    ['a change of the reading direction', 'restart \u202Enifyllej'],
    ['half a character', 'restart \uD800'],
    ['bytes of a program', '\u007FELF\u0001\u0002'],
  ])('a message with %s is refused politely', async (_what, text) => {
    const answer = await house.app.inject({
      method: 'POST',
      url: '/api/v1/requests',
      headers: bearer,
      payload: { text },
    });
    expect(answer.json()).toMatchObject({ status: 422, code: 'unreadable_text' });
  });

  test.each([
    ['POST', '/api/v1/requests', { text: 'status', thread: 'a\u0000b' }],
    ['POST', '/api/v1/requests', { text: 'status', thread: '' }],
    ['POST', '/api/v1/requests', { words: 'status' }],
    ['GET', '/api/v1/requests?before=zzz', undefined],
    ['GET', '/api/v1/plans?before=-1', undefined],
    ['GET', '/api/v1/runs/1-1/log?from=-1', undefined],
  ] as const)('%s %s %j says what does not fit', async (method, url, payload) => {
    const answer = await house.app.inject({
      method,
      url,
      headers: bearer,
      ...(payload === undefined ? {} : { payload }),
    });
    expect(answer.json()).toMatchObject({ status: 400, title: 'Bad Request', code: 'does_not_fit' });
  });
});
