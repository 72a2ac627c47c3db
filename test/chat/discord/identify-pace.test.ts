import { expect, test } from 'vitest';
import { IdentifyPace } from '#chat/discord/identify-pace.ts';

test('the first new session starts at once; each that follows closely waits twice as long', async () => {
  const pace = new IdentifyPace(40);
  const { signal } = new AbortController();
  const waited: number[] = [];
  for (let index = 0; index < 4; index += 1) {
    const began = performance.now();
    await pace.waitForIdentify(0, signal);
    waited.push(performance.now() - began);
  }
  const [first = 0, second = 0, third = 0, fourth = 0] = waited;
  expect(first).toBeLessThan(30);
  expect(second).toBeGreaterThan(35);
  expect(third).toBeGreaterThan(75);
  expect(fourth).toBeGreaterThan(155);
});

test('a connection that goes away ends the waiting', async () => {
  const pace = new IdentifyPace(60_000);
  const away = new AbortController();
  await pace.waitForIdentify(0, away.signal);
  const waiting = pace.waitForIdentify(0, away.signal);
  away.abort();
  await expect(waiting).rejects.toThrow();
});
