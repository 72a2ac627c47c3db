import { expect, test } from 'vitest';
import { IdentifyPace } from '#chat/discord/identify-pace.ts';

test('each new session that follows closely waits twice as long', async () => {
  const pace = new IdentifyPace(40);
  const { signal } = new AbortController();
  const passedAt: number[] = [];
  for (let index = 0; index < 4; index += 1) {
    await pace.waitForIdentify(0, signal);
    passedAt.push(performance.now());
  }
  const gaps = passedAt.slice(1).map((at, index) => at - (passedAt[index] ?? 0));
  // Timers may fire a millisecond early; a busy machine makes a gap longer and never shorter.
  expect(gaps[0]).toBeGreaterThan(38);
  expect(gaps[1]).toBeGreaterThan(78);
  expect(gaps[2]).toBeGreaterThan(158);
});

test('the first new session starts at once, however long the pause would be', async () => {
  await new IdentifyPace(60_000).waitForIdentify(0, new AbortController().signal);
});

test('a connection that goes away ends the waiting', async () => {
  const pace = new IdentifyPace(60_000);
  const away = new AbortController();
  await pace.waitForIdentify(0, away.signal);
  const waiting = pace.waitForIdentify(0, away.signal);
  away.abort();
  await expect(waiting).rejects.toThrow();
});
