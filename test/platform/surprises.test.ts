import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { stopOnSurprises } from '#platform/surprises.ts';

test('an error that nobody caught is logged under a reference and stops everything in order', () => {
  const said: unknown[] = [];
  const stops: string[] = [];
  const process = new EventEmitter();
  const surprised = stopOnSurprises({
    log: { error: (fields) => void said.push(fields) },
    shutdown: { stop: async (reason) => (stops.push(reason), []) },
    newReference: () => 'E-TEST42',
    process: process as unknown as NodeJS.Process,
  });
  expect(surprised()).toBe(false);
  const error = new Error('nobody expected this');
  process.emit('uncaughtException', error);
  expect(surprised()).toBe(true);
  expect(said).toEqual([{ reference: 'E-TEST42', error }]);
  expect(stops).toEqual(['something unexpected happened']);
});
