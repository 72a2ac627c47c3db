import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  agoWords,
  dayAndTime,
  dayHeading,
  durationWords,
  elapsedWords,
  fullTime,
  percentWords,
  shortHash,
  sizeWords,
  timeWords,
} from '../../src/console/parts/format.ts';

const berlin = { zone: 'Europe/Berlin' };
const newYork = { zone: 'America/New_York' };
const now = new Date('2026-11-21T13:05:00Z');

describe('a moment', () => {
  test.each([
    ['2026-11-21T13:04:10Z', berlin, '14:04'],
    ['2026-11-21T13:04:10Z', newYork, '08:04'],
    ['2026-11-20T23:30:00Z', berlin, '00:30'],
    ['2026-11-20T23:30:00Z', newYork, 'Fri 18:30'],
    ['2026-11-15T09:00:00Z', berlin, 'Sun 10:00'],
    ['2026-11-14T09:00:00Z', berlin, '14 Nov 2026, 10:00'],
    ['2025-11-28T13:05:00Z', berlin, '28 Nov 2025, 14:05'],
    ['2026-11-21T13:04:10Z', { ...berlin, hour12: true }, '2:04 pm'],
  ])('%s reads as the viewer’s day and clock', (at, style, words) => {
    expect(timeWords(at, now, style)).toBe(words);
  });

  test.each([
    ['2026-11-21T21:02:00Z', 'today 22:02'],
    ['2026-11-20T13:06:00Z', 'yesterday 14:06'],
    ['2026-11-22T08:00:00Z', 'tomorrow 09:00'],
    ['2026-11-24T08:00:00Z', 'Tue 09:00'],
  ])('%s as a deadline or last change names its day', (at, words) => {
    expect(dayAndTime(at, now, berlin)).toBe(words);
  });

  test('days are counted right across the change to winter time', () => {
    const after = new Date('2026-10-25T11:00:00Z');
    expect(dayAndTime('2026-10-24T22:30:00Z', after, berlin)).toBe('today 00:30');
    expect(dayAndTime('2026-10-24T21:30:00Z', after, berlin)).toBe('yesterday 23:30');
  });

  test('its title says the whole date and the zone', () => {
    expect(fullTime('2026-11-28T13:05:11Z', berlin)).toMatch(/^Sat.? 28 Nov 2026.* 14:05:11 (CET|GMT\+1)$/);
  });

  test.each([
    ['2026-11-21T01:00:00Z', 'Today'],
    ['2026-11-20T13:00:00Z', 'Yesterday'],
    ['2026-11-14T13:00:00Z', 'Saturday 14 November'],
    ['2025-12-30T13:00:00Z', 'Tuesday 30 December 2025'],
  ])('%s stands under the right day', (at, words) => {
    expect(dayHeading(at, now, berlin)).toBe(words);
  });

  test.each([
    [2, 'just now'],
    [40, '40 s ago'],
    [120, '2 min ago'],
    [3 * 3600, '3 h ago'],
    [4 * 86_400, '4 days ago'],
  ])('%i seconds back is told from now', (seconds, words) => {
    expect(agoWords(new Date(now.getTime() - seconds * 1000).toISOString(), now)).toBe(words);
  });
});

describe('amounts', () => {
  test.each([
    [180, '0.2 s'],
    [11_800, '11.8 s'],
    [59_990, '1 min'],
    [261_000, '4 min 21 s'],
    [7_500_000, '2 h 5 min'],
    [100_000_000, '1 day 3 h'],
  ])('%i ms lasted is told with its units', (ms, words) => expect(durationWords(ms)).toBe(words));

  test('no duration ever shows sixty of a unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400_000 * 3 }), (ms) => {
        expect(durationWords(ms)).not.toMatch(/(^|\s)60(\.0)? (s|min)/);
        expect(elapsedWords(ms)).not.toMatch(/(^|\s)60 (s|min)/);
      }),
    );
  });

  test.each([
    [512, '512 MB'],
    [11_300, '11.3 GB'],
    [99_960, '100 GB'],
    [372_000, '372 GB'],
  ])('%i MB is told as people read sizes', (mb, words) => expect(sizeWords(mb)).toBe(words));

  test('a percentage keeps its sign on the same line', () => expect(percentWords(0.614)).toBe('61\u00a0%'));

  test('a hash is shortened to both ends', () => {
    expect(shortHash('7f3a00000000000000009c02')).toBe('7f3a…9c02');
    expect(shortHash('7f3a')).toBe('7f3a');
  });
});
