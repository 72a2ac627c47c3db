import { expect, test } from 'vitest';
import { synapseRate } from '#chat/matrix/matrix-settings.ts';
import { Pace } from '#chat/matrix/pace.ts';

test('ten messages go out at once, then one every five seconds', () => {
  let now = 0;
  const pace = new Pace(synapseRate, () => now);
  for (let sent = 0; sent < 10; sent += 1) {
    expect(pace.waitFor(0)).toBe(0);
    pace.sent();
  }
  expect(pace.waitFor(0)).toBe(5_000);
  now += 5_000;
  expect(pace.waitFor(0)).toBe(0);
  pace.sent();
  expect(pace.waitFor(0)).toBe(5_000);
});

test('what can wait leaves room for what can’t', () => {
  const pace = new Pace(synapseRate, () => 0);
  for (let sent = 0; sent < 7; sent += 1) pace.sent();
  expect(pace.waitFor(3)).toBe(5_000);
  expect(pace.waitFor(0)).toBe(0);
});

test('a pause the homeserver asked for is kept to, and nothing is taken for free after it', () => {
  let now = 0;
  const pace = new Pace(synapseRate, () => now);
  pace.refusedFor(12_000);
  expect(pace.closedFor()).toBe(12_000);
  expect(pace.waitFor(0)).toBe(12_000);
  now += 12_000;
  expect(pace.closedFor()).toBe(0);
  expect(pace.waitFor(0)).toBe(0);
});

test('a ten-minute run that is drawn anew whenever it may be stays within Synapse’s limit', () => {
  let now = 0;
  const pace = new Pace(synapseRate, () => now);
  let left = synapseRate.burst;
  let refused = 0;
  const take = (): void => {
    if (left < 1) refused += 1;
    else left -= 1;
    pace.sent();
  };
  for (let message = 0; message < 5; message += 1) take();
  for (now = 0; now < 600_000; now += 100) {
    left = Math.min(synapseRate.burst, left + 0.1 * synapseRate.perSecond);
    if (pace.waitFor(3) === 0) take();
    // Somebody else's conversation, now and then.
    if (now % 60_000 === 30_000) take();
  }
  expect(refused).toBe(0);
});
