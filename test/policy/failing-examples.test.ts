import { expect, test } from 'vitest';
import { failingExamples } from '#policy/failing-examples.ts';

const none = { floor: [], reads: [], changes: [], wrappers: [], modules: [] };

test('every rule decides its own examples and leaves the look-alikes alone', () => {
  expect(failingExamples()).toEqual([]);
});

test('a rule that does not decide its example is found, and named in a sentence', () => {
  const broken = {
    name: 'floor.nothing',
    programs: ['ls'],
    reason: 'x.',
    match: ['ls -l'],
    notMatch: ['uptime'],
  };
  expect(failingExamples({ ...none, floor: [broken] })).toEqual([
    'floor.nothing should decide "ls -l", but it is judged allow by read.ls.',
  ]);
});

test('a rule that decides what it should leave alone is found', () => {
  const broken = { name: 'read.x', programs: ['df'], looks: 'x', match: ['df -h'], notMatch: ['df -h'] };
  expect(failingExamples({ ...none, reads: [{ ...broken, name: 'read.du' }] })).toEqual([
    'read.du should not decide "df -h", but it is judged allow by read.du.',
  ]);
});

test('a rule for a module is tried as well, and one without examples is no rule', () => {
  const module = {
    name: 'module.x',
    modules: ['ping'],
    says: 'x',
    does: () => ({}),
    match: ['ping:'],
    notMatch: [],
  };
  expect(failingExamples({ ...none, modules: [module] })).toEqual([
    'module.x has no examples.',
    'module.x should decide "ping:", but it is judged allow by read.ping.',
  ]);
});
