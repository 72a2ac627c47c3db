import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bearer, type ServedHouse, serveHouse } from './served-house.ts';

let house: ServedHouse;
let origin: string;

beforeAll(async () => {
  house = await serveHouse();
  origin = await house.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => house?.close());

interface Reader {
  readonly text: () => string;
  readonly ids: () => number[];
  has(words: string): Promise<void>;
  readonly ended: Promise<void>;
  leave(): void;
}

async function read(headers: Record<string, string> = {}, from = origin): Promise<Reader> {
  const leave = new AbortController();
  const answer = await fetch(`${from}/api/v1/events`, {
    headers: { ...bearer, ...headers },
    signal: leave.signal,
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  let text = '';
  const ended = (async () => {
    for await (const piece of answer.body ?? []) text += Buffer.from(piece as Uint8Array).toString('utf8');
  })().catch(() => {});
  return {
    text: () => text,
    ids: () => [...text.matchAll(/^id: (\d+)$/gmu)].map(([, id]) => Number(id)),
    has: (words) => until(() => text.includes(words), `the stream never said ${words}:\n${text}`),
    ended,
    leave: () => leave.abort(),
  };
}

async function until(good: () => boolean, otherwise: string): Promise<void> {
  const end = Date.now() + 15_000;
  while (!good()) {
    if (Date.now() > end) throw new Error(otherwise);
    await sleep(10);
  }
}

async function ask(text: string): Promise<void> {
  const answer = await house.app.inject({
    method: 'POST',
    url: '/api/v1/requests',
    headers: bearer,
    payload: { text },
  });
  expect(answer.statusCode).toBe(201);
}

test('a reader hears what happens with its id, and one that comes back gets what it missed, once and in order', async () => {
  const first = await read();
  await first.has('"hello"');
  await ask('nice work');
  await first.has('request.answered');
  first.leave();
  const seen = first.ids();
  expect(seen.length).toBeGreaterThan(1);

  await ask('nice work again');
  const again = await read({ 'last-event-id': String(seen[0]) });
  await ask('and again');
  await again.has('and again');
  again.leave();
  const ids = again.ids();
  expect(ids.slice(0, seen.length - 1)).toEqual(seen.slice(1));
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
});

test('a reader that missed thousands of events gets every one of them', async () => {
  const before = (await house.ledger.audit({ limit: 1 }))[0]?.id ?? 0;
  for (let written = 0; written < 2100; written += 300) {
    await house.ledger.transact(async (tx) => {
      for (let i = 0; i < 300; i += 1)
        await tx.append({
          stream: 'system',
          kind: 'system.started',
          actor: 'chiffon',
          summary: `Event ${i}.`,
        });
    });
  }
  const newest = (await house.ledger.audit({ limit: 1 }))[0]?.id ?? 0;
  const reader = await read({ 'last-event-id': String(before) });
  await reader.has(`id: ${newest}\n`);
  reader.leave();
  expect(reader.ids()).toHaveLength(2100);
}, 60_000);

test.each(['99999999', 'nonsense', '-4'])(
  'a last id that this record never gave (%s) counts as none: the reader hears what is new',
  async (id) => {
    const reader = await read({ 'last-event-id': id });
    await reader.has('"hello"');
    await ask(`something new after ${id}`);
    await reader.has(`something new after ${id}`);
    reader.leave();
  },
);

test('fifty readers hear the same event; when they leave, nothing is left behind', async () => {
  const readers = await Promise.all(Array.from({ length: 50 }, () => read()));
  await ask('tell all fifty');
  await Promise.all(readers.map((reader) => reader.has('tell all fifty')));
  for (const reader of readers) reader.leave();
  await until(() => house.listeners() === 0, 'listeners were left behind');
});

test('a reader that never reads is let go before it fills the memory, and the others hear on', async () => {
  const deaf = await stalled();
  const keen = await read();
  await keen.has('"hello"');
  await until(() => house.listeners() === 2, 'the two never listened');
  const words = 'x'.repeat(200_000);
  for (let sent = 0; house.listeners() === 2; sent += 1) {
    expect(sent, 'it was never let go').toBeLessThan(300);
    await house.ledger.transact((tx) =>
      tx.append({ stream: 'system', kind: 'system.started', actor: 'chiffon', summary: words }),
    );
  }
  await ask('still there?');
  await keen.has('still there?');
  keen.leave();
  deaf.destroy();
  await until(() => house.listeners() === 0, 'listeners were left behind');
}, 60_000);

/** A connection that asks for events and then reads nothing. */
async function stalled(): Promise<Socket> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.pause();
  socket.write(
    `GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${bearer.authorization}\r\n\r\n`,
  );
  await until(() => house.listeners() === 1, 'it was never answered');
  return socket;
}

test('readers that leave in the middle of being let in leave nothing behind', async () => {
  const sockets = Array.from({ length: 20 }, () => connect(Number(new URL(origin).port), '127.0.0.1'));
  for (const socket of sockets) {
    socket.on('error', () => {});
    socket.write(
      `GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${bearer.authorization}\r\n\r\n`,
      () => socket.resetAndDestroy(),
    );
  }
  await until(() => sockets.every((socket) => socket.destroyed), 'a connection stayed');
  const watcher = await read();
  await watcher.has('"hello"');
  await until(() => house.listeners() === 1, 'listeners were left behind');
  watcher.leave();
});

test('a closing server ends every stream, and waits neither for readers nor for connections nobody uses', async () => {
  const other = await serveHouse();
  const from = await other.app.listen({ port: 0, host: '127.0.0.1' });
  const unused = connect(Number(new URL(from).port), '127.0.0.1');
  await once(unused, 'connect');
  const readers = await Promise.all([read({}, from), read({}, from)]);
  const started = performance.now();
  await other.close();
  await Promise.all(readers.map((reader) => reader.ended));
  expect(performance.now() - started).toBeLessThan(5000);
});
