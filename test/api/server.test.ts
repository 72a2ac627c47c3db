import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer } from '#api/create-server.ts';
import { openPlanner } from '#assembly/open-planner.ts';
import type { Person } from '#core/person.ts';
import { createHouse } from '#flow/house.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { loadConfig } from '#platform/config/load-config.ts';
import { systemClock } from '#platform/system-clock.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

const anna: Person = { id: 'anna', name: 'Anna', role: 'owner' };
const silent = { info: () => {}, warn: () => {}, error: () => {} };
let database: FreshDatabase;
let ledger: Ledger;
let app: FastifyInstance;

beforeAll(async () => {
  database = await freshDatabase();
  ledger = await createPostgresLedger({ url: database.url, applicationName: 'api tests' });
  const loaded = loadConfig({ environment: {}, cwd: '/nowhere' });
  if (!loaded.ok) throw new Error('the defaults have mistakes');
  const planner = openPlanner(loaded.config);
  if (!planner.ok) throw new Error('the catalog has mistakes');
  app = await createServer(
    {
      ledger,
      planner: planner.planner,
      house: createHouse([anna]),
      clock: systemClock,
      log: silent,
      machines: [{ name: 'sandbox', address: '127.0.0.1', user: 'sandbox' }],
      executor: null,
      settings: () => ({ file: null, people: [], hosts: [], rules: [], values: [], version: '0' }),
      doctor: async () => ({ ok: true, checks: [] }),
      examples: async () => ['restart demo-web'],
      version: '0',
      newReference: () => 'E-TEST',
    },
    { tokens: [{ person: anna, token: 'token-of-anna' }], sessionKey: new Uint8Array(32).fill(1) },
    '/nowhere',
  );
  await app.ready();
});

afterAll(async () => {
  await app?.close();
  await ledger?.close();
  await database?.drop();
});

const bearer = { authorization: 'Bearer token-of-anna' };

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

test('the event stream says hello, carries what happens with ids, and a returning reader gets what it missed', async () => {
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `${origin}/api/v1/events`;
  const read = async (headers: Record<string, string>, until: (text: string) => boolean): Promise<string> => {
    const stop = new AbortController();
    const answer = await fetch(url, { headers: { ...bearer, ...headers }, signal: stop.signal });
    let text = '';
    for await (const piece of answer.body ?? []) {
      text += Buffer.from(piece as Uint8Array).toString('utf8');
      if (text.includes('hello') && !text.includes('asked: nice')) {
        await app.inject({
          method: 'POST',
          url: '/api/v1/requests',
          headers: bearer,
          payload: { text: 'nice work' },
        });
      }
      if (until(text)) break;
    }
    stop.abort();
    return text;
  };
  const first = await read({}, (text) => text.includes('request.answered'));
  const ids = [...first.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  expect(ids.length).toBeGreaterThan(1);
  const again = await read({ 'last-event-id': String((ids[0] ?? 0) - 1) }, (text) =>
    text.includes(`id: ${ids.at(-1)}\n`),
  );
  const seenAgain = [...again.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  expect(seenAgain.slice(0, ids.length)).toEqual(ids);
  expect(new Set(seenAgain).size).toBe(seenAgain.length);
});
