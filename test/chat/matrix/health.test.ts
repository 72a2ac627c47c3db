import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createMatrixSurface } from '#chat/matrix/create-matrix-surface.ts';
import type { ChatSurface, SurfaceHealth } from '#chat/surface-port.ts';
import { createKeptMemory, startRig, withoutEncryption } from './matrix-rig.ts';

let closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

/** A surface that talks to whatever is at an address. */
async function startAt(homeserver: string, answer = 3_000): Promise<ChatSurface> {
  const surface = createMatrixSurface({
    homeserver,
    userId: '@chiffon:example.org',
    token: 'none',
    rooms: ['!a:b'],
    ghosts: [],
    cryptoFolder: '/nonexistent/chiffon-matrix',
    loadEncryption: withoutEncryption,
    zone: 'UTC',
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    waits: { retryFirst: 20, retryMost: 50, answer, sync: 200 },
  });
  closing.push(() => surface.stop());
  const listener = {
    heard: () => Promise.resolve({ kind: 'done' } as const),
    offers: () => Promise.resolve({ commands: [], values: {}, openPlans: [] }),
  };
  await surface.start(listener, createKeptMemory());
  return surface;
}

async function saysWhy(surface: ChatSurface): Promise<SurfaceHealth> {
  await expect.poll(() => surface.health().remedy, { timeout: 5_000, interval: 10 }).not.toBeNull();
  return surface.health();
}

async function serve(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('before it is started a surface says "later", and starts and stops as often as one likes', async () => {
  const surface = createMatrixSurface({
    homeserver: 'http://127.0.0.1:9',
    userId: '@a:b',
    token: 'x',
    rooms: [],
    ghosts: [],
    cryptoFolder: '/nonexistent',
    zone: 'UTC',
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const note = { kind: 'note', words: 'x', output: null, mentions: [], loud: false } as const;
  expect(await surface.post({ channel: '!a:b', thread: null }, note, 'k')).toMatchObject({
    ok: false,
    why: 'later',
  });
  await surface.stop();
  await surface.stop();
});

test('nothing at the address: starting does not wait for it, and health names the setting to look at', async () => {
  const surface = await startAt('http://127.0.0.1:9');
  const health = await saysWhy(surface);
  expect(health.detail).toMatch(
    /^http:\/\/127\.0\.0\.1:9 can’t be reached: .+\. It is tried again by itself; nothing is lost meanwhile\.$/,
  );
  expect(health.remedy).toContain('matrix.homeserver');
});

test('something that is no homeserver, one that never answers, and one that breaks are told apart', async () => {
  const page = await startAt(await serve((_request, response) => void response.end('<h1>It works!</h1>')));
  expect((await saysWhy(page)).detail).toContain('what answers there is no Matrix homeserver');
  const silent = await startAt(await serve(() => undefined), 200);
  expect((await saysWhy(silent)).detail).toContain('no answer in time');
  const broken = await startAt(
    await serve((_request, response) => void response.writeHead(502).end('Bad Gateway')),
  );
  expect((await saysWhy(broken)).detail).toContain(
    'answers with an error: M_UNKNOWN: the homeserver answered with status 502',
  );
});

test('without a single room health says how to name one', async () => {
  const rig = await startRig();
  closing.push(() => rig.stop());
  expect(rig.surface.health()).toEqual({
    ok: true,
    detail: `Connected to ${rig.double.url} as @chiffon:double.test.`,
    remedy: null,
  });
  const lonely = createMatrixSurface({
    homeserver: rig.double.url,
    userId: rig.bot.userId,
    token: rig.bot.token,
    rooms: [],
    ghosts: [],
    cryptoFolder: '/nonexistent/chiffon-matrix',
    loadEncryption: withoutEncryption,
    zone: 'UTC',
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  closing.push(() => lonely.stop());
  const listener = {
    heard: () => Promise.resolve({ kind: 'done' } as const),
    offers: () => Promise.resolve({ commands: [], values: {}, openPlans: [] }),
  };
  await lonely.start(listener, createKeptMemory());
  const health = await saysWhy(lonely);
  expect(health.ok).toBe(false);
  expect(health.remedy).toContain('matrix.rooms');
});

test('a watcher that fails disturbs nobody', async () => {
  const rig = await startRig();
  closing.push(() => rig.stop());
  const seen: boolean[] = [];
  rig.surface.onHealth(() => {
    throw new Error('watching failed');
  });
  rig.surface.onHealth((health) => seen.push(health.ok));
  rig.double.outage(503);
  await rig.double.until('it is noticed', () => seen.length === 1);
  rig.double.outage(null);
  await rig.double.until('it is back', () => seen.length === 2);
  expect(seen).toEqual([false, true]);
});
