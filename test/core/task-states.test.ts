import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayMoveTask, TaskState, taskTransitions } from '#core/task.ts';

const states = fc.constantFrom(...TaskState.options);

test('running is the only way from pending to an outcome', () => {
  const outcomes = TaskState.options.filter((state) => state !== 'running' && state !== 'cancelled');
  expect(outcomes.filter((state) => mayMoveTask('pending', state))).toEqual([]);
});

test('completed and cancelled are final, and failed is left only by a reset', () => {
  expect([taskTransitions.completed, taskTransitions.cancelled, taskTransitions.failed]).toEqual([
    [],
    [],
    ['pending'],
  ]);
});

test('no state moves to itself', () => {
  fc.assert(fc.property(states, (state) => !mayMoveTask(state, state)));
});

test('along any walk of legal moves, nothing is completed that was not running or in review right before', () => {
  fc.assert(
    fc.property(fc.array(states, { maxLength: 30 }), (wanted) => {
      let state: TaskState = 'pending';
      for (const next of wanted) {
        if (!mayMoveTask(state, next)) continue;
        if (next === 'completed') expect(['running', 'review']).toContain(state);
        state = next;
      }
    }),
  );
});
