import { expect, test } from 'vitest';
import { statementNames } from '#ledger/statement-names.ts';

test('the same text has the same name, another has another, and only so many have one at all', () => {
  const nameOf = statementNames();
  const names = Array.from({ length: 1_000 }, (_, i) => nameOf({ sql: `SELECT ${i}` }));
  const named = names.filter((name) => name !== '');
  expect(named.length).toBeGreaterThan(100);
  expect(named.length).toBeLessThan(500);
  expect(new Set(named).size).toBe(named.length);
  expect(Array.from({ length: 1_000 }, (_, i) => nameOf({ sql: `SELECT ${i}` }))).toEqual(names);
});
