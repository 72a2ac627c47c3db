import { expect, test } from 'vitest';
import { handOverInTurns } from '#executors/ssh/durable/hand-over-in-turns.ts';

test('what two outputs bring is handed over in the order it came, neighbours joined', async () => {
  const handed: string[] = [];
  const handing = handOverInTurns(async (name, bytes) => void handed.push(`${name} ${bytes}`));
  for (const [name, text] of [
    ['out', 'a'],
    ['out', 'b'],
    ['out', 'c'],
    ['err', 'd'],
    ['err', 'e'],
    ['out', 'f'],
  ] as const)
    handing.add(name, Buffer.from(text));
  // What comes first waits for nothing.
  expect(handed).toEqual(['out a']);
  await handing.done();
  expect(handed).toEqual(['out a', 'out bc', 'err de', 'out f']);
  handing.add('err', Buffer.from('g'));
  await handing.done();
  expect(handed.at(-1)).toBe('err g');
});

test('a flood comes whole, in pieces of limited size, and others get their turn after each', async () => {
  const sizes: number[] = [];
  let turns = 0;
  let flooding = true;
  const others = () => {
    turns += 1;
    if (flooding) setImmediate(others);
  };
  const turnsAt: number[] = [];
  const handing = handOverInTurns(async (_, bytes) => {
    sizes.push(bytes.length);
    turnsAt.push(turns);
  });
  setImmediate(others);
  for (let i = 0; i < 100; i += 1) handing.add('out', Buffer.alloc(10_000));
  await handing.done();
  flooding = false;
  expect(sizes.reduce((sum, size) => sum + size)).toBe(100 * 10_000);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(48 * 1024);
  expect(new Set(turnsAt).size).toBe(turnsAt.length);
});

test('more is not handed over before what came first was taken', async () => {
  const first = Promise.withResolvers<void>();
  const handed: string[] = [];
  const handing = handOverInTurns(async (_, bytes) => {
    handed.push(`${bytes}`);
    if (handed.length === 1) await first.promise;
  });
  handing.add('out', Buffer.from('one'));
  handing.add('out', Buffer.from('two'));
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect(handed).toEqual(['one']);
  first.resolve();
  await handing.done();
  expect(handed).toEqual(['one', 'two']);
});
