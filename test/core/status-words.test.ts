import { expect, test } from 'vitest';
import { statusWords } from '#core/status-words.ts';

test('the statuses a step takes for an answer read as one list, however many there are', () => {
  expect(statusWords([200])).toBe('200');
  expect(statusWords([200, 302])).toBe('200 or 302');
  expect(statusWords([200, 204, 301, 404])).toBe('200, 204, 301 or 404');
});
