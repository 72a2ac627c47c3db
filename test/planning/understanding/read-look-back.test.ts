import { describe, expect, test } from 'vitest';
import { readLookBack } from '#planning/understanding/read-look-back.ts';

/** A Saturday; 15:30 in Berlin. */
const now = new Date('2026-11-21T14:30:00Z');

function read(words: string, zone = 'UTC'): readonly (string | null)[] {
  const found = readLookBack(words, now, zone);
  return [found?.since?.toISOString() ?? null, found?.until?.toISOString() ?? null];
}

describe('from when on a question reaches back', () => {
  test.each([
    ['failures since yesterday', '2026-11-20T00:00:00.000Z'],
    ['what changed on immich in the last 3 days', '2026-11-18T14:30:00.000Z'],
    ['everything that failed this week', '2026-11-16T00:00:00.000Z'],
    ['all failures in last week', '2026-11-14T14:30:00.000Z'],
    ['what failed in the past 24 hours', '2026-11-20T14:30:00.000Z'],
    ['what failed in the last 24h', '2026-11-20T14:30:00.000Z'],
    ['changes in the last couple of days', '2026-11-19T14:30:00.000Z'],
    ['failures in the last half an hour', '2026-11-21T14:00:00.000Z'],
    ['changes since monday', '2026-11-16T00:00:00.000Z'],
    ['changes since last tuesday please', '2026-11-17T00:00:00.000Z'],
    ['changes since 2026-10-01', '2026-10-01T00:00:00.000Z'],
    ['what failed since 12 June', '2026-06-12T00:00:00.000Z'],
    ['what failed since december', '2025-12-01T00:00:00.000Z'],
    ['what failed this month', '2026-11-01T00:00:00.000Z'],
    ['what failed this year', '2026-01-01T00:00:00.000Z'],
    ['what changed two weeks ago', '2026-11-07T14:30:00.000Z'],
    ['what failed since 3 hours ago', '2026-11-21T11:30:00.000Z'],
    ['what ran since 9am', '2026-11-21T09:00:00.000Z'],
    ['what ran since 5pm', '2026-11-20T17:00:00.000Z'],
    ['what ran since yesterday at 14:05', '2026-11-20T14:05:00.000Z'],
    ['what failed after 2pm yesterday', '2026-11-20T14:00:00.000Z'],
    ['what changed since the weekend', '2026-11-21T00:00:00.000Z'],
  ])('"%s": %s', (words, since) => {
    expect(read(words)).toEqual([since, null]);
  });
});

describe('from when to when', () => {
  test.each([
    ['what ran on n100 between 2 and 4 am yesterday', '2026-11-20T02:00', '2026-11-20T04:00'],
    ['what ran yesterday between 2 and 4 am', '2026-11-20T02:00', '2026-11-20T04:00'],
    ['what ran between 11 and 2 pm', '2026-11-21T11:00', '2026-11-21T14:00'],
    ['what ran between 10pm and 2am', '2026-11-20T22:00', '2026-11-21T02:00'],
    ['what ran last night between 1 and 3', '2026-11-21T01:00', '2026-11-21T03:00'],
    ['what ran from 14:00 to 15:30 on friday', '2026-11-20T14:00', '2026-11-20T15:30'],
    ['what ran at 3am', '2026-11-21T03:00', '2026-11-21T04:00'],
    ['what ran around 3am yesterday', '2026-11-20T02:00', '2026-11-20T04:00'],
    ['what failed from monday to wednesday', '2026-11-16T00:00', '2026-11-19T00:00'],
    ['what failed between 1 june and 3 june', '2026-06-01T00:00', '2026-06-04T00:00'],
    ['what changed on 12 June', '2026-06-12T00:00', '2026-06-13T00:00'],
    ['what changed on june 12th', '2026-06-12T00:00', '2026-06-13T00:00'],
    ['what changed on the 12th', '2026-11-12T00:00', '2026-11-13T00:00'],
    ['what changed on the 25th', '2026-10-25T00:00', '2026-10-26T00:00'],
    ['what changed on december 24 2025', '2025-12-24T00:00', '2025-12-25T00:00'],
    ['what changed on 2026-10-01', '2026-10-01T00:00', '2026-10-02T00:00'],
    ['what failed yesterday', '2026-11-20T00:00', '2026-11-21T00:00'],
    ['what failed the day before yesterday', '2026-11-19T00:00', '2026-11-20T00:00'],
    ['what failed on thursday', '2026-11-19T00:00', '2026-11-20T00:00'],
    ['what failed last saturday', '2026-11-14T00:00', '2026-11-15T00:00'],
    ['what failed in june', '2026-06-01T00:00', '2026-07-01T00:00'],
    ['what failed in december', '2025-12-01T00:00', '2026-01-01T00:00'],
    ['what failed in 2025', '2025-01-01T00:00', '2026-01-01T00:00'],
    ['what went wrong last night', '2026-11-20T18:00', '2026-11-21T08:00'],
    ['what failed yesterday evening', '2026-11-20T17:00', '2026-11-21T00:00'],
    ['what failed this morning', '2026-11-21T00:00', '2026-11-21T12:00'],
  ])('"%s": %s to %s', (words, since, until) => {
    expect(read(words)).toEqual([`${since}:00.000Z`, `${until}:00.000Z`]);
  });

  test('what is not over yet has no end', () => {
    expect(read('what changed this afternoon')).toEqual(['2026-11-21T12:00:00.000Z', null]);
    expect(readLookBack('what changed today', now, 'UTC')?.since?.toISOString()).toBe(
      '2026-11-21T00:00:00.000Z',
    );
  });

  test.each([
    ['what failed before yesterday', '2026-11-20T00:00:00.000Z'],
    ['what failed until friday', '2026-11-21T00:00:00.000Z'],
    ['what failed before 9am', '2026-11-21T09:00:00.000Z'],
  ])('"%s" has only an end: %s', (words, until) => {
    expect(read(words)).toEqual([null, until]);
  });
});

describe('days are those of the reader', () => {
  test.each([
    ['failures since yesterday', 'Europe/Berlin', '2026-11-19T23:00:00.000Z', null],
    [
      'what ran between 2 and 4 am yesterday',
      'America/New_York',
      '2026-11-20T07:00:00.000Z',
      '2026-11-20T09:00:00.000Z',
    ],
    // The night in which the clocks were set back had an hour more.
    ['what failed on 25 october', 'Europe/Berlin', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ['what failed yesterday', 'Pacific/Kiritimati', '2026-11-20T10:00:00.000Z', '2026-11-21T10:00:00.000Z'],
  ])('"%s" in %s: %s to %s', (words, zone, since, until) => {
    expect(read(words, zone)).toEqual([since, until]);
  });
});

test.each([
  ['what changed since the last deploy', { kind: 'command', command: 'deploy' }],
  ['what changed on n100 since the last update of jellyfin', { kind: 'command', command: 'update' }],
  ['what failed after the latest restart', { kind: 'command', command: 'restart' }],
  ['what failed since the last change', { kind: 'change' }],
  ['what changed since the last failure', { kind: 'failure' }],
  ['what changed on jellyfin since it last worked', { kind: 'worked' }],
  ['what changed since it was fine', { kind: 'worked' }],
])('"%s" counts from something that happened', (words, anchor) => {
  expect(readLookBack(words, now, 'UTC')).toEqual({ since: null, until: null, anchor });
});

test.each([
  'what changed on immich',
  'failures since 2026-13-45',
  'who approved P-142',
  'what failed lately',
])('"%s" names no time', (words) => {
  expect(readLookBack(words, now, 'UTC')).toBeNull();
});

test('no time lies before the first one that computers count', () => {
  expect(read('what changed in the last 9999 years')).toEqual(['1970-01-01T00:00:00.000Z', null]);
});
