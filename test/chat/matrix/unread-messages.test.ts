import { expect, test } from 'vitest';
import type { MatrixEvent } from '#chat/matrix/matrix-event.ts';
import type { Opened } from '#chat/matrix/room-encryption.ts';
import { UnreadMessages } from '#chat/matrix/unread-messages.ts';
import { createKeptMemory, type KeptMemory } from './matrix-rig.ts';

const room = '!kitchen:example.org';
const event = (id: string, more: Partial<MatrixEvent> = {}): MatrixEvent => ({
  event_id: id,
  type: 'm.room.encrypted',
  sender: '@anna:example.org',
  content: { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'x' },
  unsigned: {},
  ...more,
});
const noKey = (id: string) => ({ room, event: event(id), opened: { kind: 'no key' } as const });
const words: Opened = { kind: 'clear', type: 'm.room.message', content: { body: 'status' } };
const none: ReadonlySet<string> = new Set();

function house(memory: KeptMemory = createKeptMemory()) {
  const clock = { now: 0 };
  const keys = new Map<string, Opened>();
  const heard: MatrixEvent[] = [];
  const told: string[] = [];
  const quiet = (): void => undefined;
  const unread = new UnreadMessages({
    memory,
    open: (_room, { event_id }) => Promise.resolve(keys.get(event_id) ?? { kind: 'no key' }),
    hear: (_room, one) => Promise.resolve(void heard.push(one)),
    tell: (_unread, hint) => void told.push(hint),
    waitMs: 60_000,
    now: () => clock.now,
    log: { info: quiet, warn: quiet, error: quiet },
  });
  return { unread, memory, clock, keys, heard, told };
}

test('a message is heard when its key comes, once, and nobody is bothered', async () => {
  const { unread, keys, heard, told } = house();
  await unread.add([noKey('$1')]);
  await unread.add([noKey('$1')]);
  await unread.retry(none);
  expect(heard).toEqual([]);
  keys.set('$1', words);
  await unread.retry(none);
  await unread.retry(none);
  expect(heard).toEqual([event('$1', { type: 'm.room.message', content: { body: 'status' } })]);
  expect(told).toEqual([]);
});

test('another process goes on waiting for the key', async () => {
  const before = house();
  await before.unread.add([noKey('$1')]);
  const after = house(before.memory);
  after.keys.set('$1', words);
  await after.unread.retry(none);
  expect(after.heard).toHaveLength(1);
});

test('when the key does not come the sender is told, and it is not acted on any more: they will send it again', async () => {
  const { unread, clock, keys, heard, told } = house();
  await unread.add([noKey('$1')]);
  clock.now = 60_000;
  await unread.retry(none);
  expect(told).toEqual([expect.stringContaining('please send it again')]);
  keys.set('$1', words);
  await unread.retry(none);
  expect(heard).toEqual([]);
});

test('what was taken back, and what was deleted before it was read, is neither heard nor answered', async () => {
  const { unread, clock, keys, heard, told } = house();
  await unread.add([noKey('$1')]);
  keys.set('$1', words);
  await unread.retry(new Set(['$1']));
  await unread.add([
    { room, event: event('$2', { content: {} }), opened: { kind: 'broken', reason: 'empty' } },
  ]);
  clock.now = 120_000;
  await unread.retry(none);
  expect(heard).toEqual([]);
  expect(told).toEqual([]);
});

test('a flood of unreadable messages is answered once an hour, each kind and each person for themselves', async () => {
  const { unread, clock, told } = house();
  const unverified = (id: string, sender: string) => ({
    room,
    event: event(id, { sender }),
    opened: { kind: 'unverified', reason: 'not signed' } as const,
  });
  for (let at = 0; at < 500; at += 1) await unread.add([unverified(`$a${at}`, '@anna:example.org')]);
  await unread.add([unverified('$b', '@ben:example.org')]);
  expect(told).toHaveLength(2);
  clock.now = 3_600_000;
  await unread.add([unverified('$c', '@anna:example.org')]);
  expect(told).toHaveLength(3);
  await unread.add(Array.from({ length: 500 }, (_, at) => noKey(`$d${at}`)));
  clock.now = 7_300_000;
  await unread.retry(none);
  expect(told).toHaveLength(4);
});
