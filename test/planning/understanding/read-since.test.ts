import { expect, test } from 'vitest';
import { readSince } from '#planning/understanding/read-since.ts';

/** A Saturday. */
const now = new Date('2026-11-21T14:30:00Z');

test.each([
  ['failures since yesterday', '2026-11-20T00:00:00.000Z'],
  ['what changed on immich in the last 3 days', '2026-11-18T14:30:00.000Z'],
  ['everything that failed this week', '2026-11-16T00:00:00.000Z'],
  ['all failures in last week', '2026-11-14T14:30:00.000Z'],
  ['what failed in the past 24 hours', '2026-11-20T14:30:00.000Z'],
  ['what went wrong last night', '2026-11-20T00:00:00.000Z'],
  ['changes since monday', '2026-11-16T00:00:00.000Z'],
  ['changes since 2026-10-01', '2026-10-01T00:00:00.000Z'],
  ['what changed today', '2026-11-21T00:00:00.000Z'],
  ['what failed this month', '2026-11-01T00:00:00.000Z'],
  ['what changed two weeks ago', '2026-11-07T14:30:00.000Z'],
])('"%s" reaches back to %s', (words, since) => {
  expect(readSince(words, now)?.toISOString()).toBe(since);
});

test('words without a time reach back to nothing in particular', () => {
  expect(readSince('what changed on immich', now)).toBeNull();
});

test('a day that does not exist is no time', () => {
  expect(readSince('failures since 2026-13-45', now)).toBeNull();
});

test('no time lies before the first one that computers count', () => {
  expect(readSince('what changed in the last 9999 years', now)?.toISOString()).toBe(
    '1970-01-01T00:00:00.000Z',
  );
});
