import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, type ServedHouse, serveHouse } from './served-house.ts';

let house: ServedHouse;
let app: FastifyInstance;

beforeAll(async () => {
  house = await serveHouse();
  app = house.app;
});

afterAll(() => house?.close());

async function signIn(): Promise<{
  readonly cookie: string;
  readonly csrf: string;
  readonly header: string;
}> {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { token: 'token-of-anna' },
  });
  const header = String(answer.headers['set-cookie']);
  return { cookie: header.split(';')[0] ?? '', csrf: answer.json<{ csrf: string }>().csrf, header };
}

describe('a browser session', () => {
  test('is a cookie that scripts can’t read and other sites can’t send', async () => {
    const { header } = await signIn();
    expect(header).toContain('HttpOnly');
    expect(header).toContain('SameSite=Strict');
  });

  test('may look with the cookie alone, and change only with the session’s own token', async () => {
    const { cookie, csrf } = await signIn();
    expect((await app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode).toBe(200);
    const ask = (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/api/v1/requests', headers, payload: { text: 'nice work' } });
    expect((await ask({ cookie })).json()).toMatchObject({ status: 403, code: 'csrf' });
    expect((await ask({ cookie, 'x-csrf-token': 'guessed' })).statusCode).toBe(403);
    expect((await ask({ cookie, 'x-csrf-token': csrf })).statusCode).toBe(201);
    expect((await ask(bearer)).statusCode).toBe(201);
  });

  test('guessing tokens is slowed down', async () => {
    const guess = () =>
      app.inject({
        method: 'POST',
        url: '/api/v1/session',
        payload: { token: 'guess' },
        remoteAddress: '127.0.0.9',
      });
    const codes: number[] = [];
    for (let tries = 0; tries < 15; tries += 1) codes.push((await guess()).statusCode);
    expect(codes).toEqual([...Array<number>(10).fill(401), ...Array<number>(5).fill(429)]);
  });
});

describe('what is answered', () => {
  test('errors are problem documents with a sentence', async () => {
    for (const [method, url, status] of [
      ['GET', '/api/v1/nothing', 404],
      ['GET', '/api/v1/plans/P-7777', 404],
      ['GET', '/api/v1/runs/1-1', 404],
      ['GET', '/api/v1/audit?since=whenever', 400],
      ['GET', '/api/v1/audit?limit=0', 400],
    ] as const) {
      const answer = await app.inject({ method, url, headers: bearer });
      expect(answer.statusCode, url).toBe(status);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json<{ detail: string }>().detail).toMatch(/[.]$/);
    }
    const broken = await app.inject({
      method: 'POST',
      url: '/api/v1/requests',
      headers: { ...bearer, 'content-type': 'application/json' },
      payload: '{"text":',
    });
    expect(broken.statusCode).toBe(400);
    expect(broken.json()).toHaveProperty('detail');
  });

  test('the content policy lets nothing in from elsewhere and no inline script run', async () => {
    const policy = String((await app.inject('/')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  test('the description lists every promised route', async () => {
    const { paths } = (await app.inject('/api/openapi.json')).json<{ paths: Record<string, object> }>();
    for (const route of [
      'requests',
      'plans',
      'plans/{id}',
      'plans/{id}/decision',
      'runs/{id}',
      'runs/{id}/log',
      'runs/{id}/cancel',
      'audit',
      'events',
    ]) {
      expect(paths).toHaveProperty([`/api/v1/${route}`]);
    }
    const decision = paths['/api/v1/plans/{id}/decision'] as { post: { responses: object } };
    expect(decision.post.responses).toHaveProperty(['4XX', 'content', 'application/problem+json']);
    expect(paths['/api/v1/events']).toHaveProperty([
      'get',
      'responses',
      '200',
      'content',
      'text/event-stream',
    ]);
    expect(paths['/healthz']).toHaveProperty(['get', 'security'], []);
    expect(paths).toHaveProperty('/healthz');
    expect(paths).toHaveProperty('/readyz');
  });

  test('health, readiness and metrics need no token and tell no content', async () => {
    await app.inject({
      method: 'POST',
      url: '/api/v1/requests',
      headers: bearer,
      payload: { text: 'a very private sentence' },
    });
    for (const url of ['/healthz', '/readyz', '/metrics']) {
      const answer = await app.inject(url);
      expect(answer.statusCode).toBe(200);
      expect(answer.body).not.toContain('private');
    }
    expect((await app.inject('/metrics')).body).toContain('chiffon_requests');
  });
});
