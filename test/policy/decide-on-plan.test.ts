import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256Hex } from '#core/canonical.ts';
import type { Person } from '#core/person.ts';
import { confirmCode, PlanState } from '#core/plan.ts';
import { type DecidedPlan, type Decision, decideOnPlan } from '#policy/decide-on-plan.ts';

const anna: Person = { id: 'anna', name: 'Anna', role: 'owner' };
const ben: Person = { id: 'ben', name: 'Ben', role: 'operator' };
const carl: Person = { id: 'carl', name: 'Carl', role: 'viewer' };
const people = [anna, ben, carl];
const hash = sha256Hex('a plan');
const open: DecidedPlan = {
  state: 'awaiting_approval',
  revision: 1,
  hash,
  risk: 'change',
  askedBy: 'carl',
  decidedWords: null,
};
const approve: Decision = { decision: 'approve', hash, comment: null, code: null };

function check(person: Person, decision: Partial<Decision>, plan: Partial<DecidedPlan>): string {
  const verdict = decideOnPlan(person, { ...approve, ...decision }, { ...open, ...plan }, people);
  return verdict.ok ? verdict.value.to : verdict.code;
}

describe('who may decide', () => {
  test.each([
    [anna, {}, {}, 'approved'],
    [ben, {}, {}, 'approved'],
    [carl, {}, {}, 'not_yours'],
    [ben, {}, { risk: 'destructive' }, 'not_yours'],
    [anna, {}, { risk: 'destructive' }, 'code_needed'],
    [anna, { code: 'WRONG1' }, { risk: 'destructive' }, 'code_wrong'],
    [anna, { code: confirmCode(hash) }, { risk: 'destructive' }, 'approved'],
    [anna, { code: ` ${confirmCode(hash).toLowerCase()} ` }, { risk: 'destructive' }, 'approved'],
    [carl, { decision: 'reject' }, {}, 'rejected'],
    [carl, { decision: 'reject' }, { askedBy: 'anna' }, 'not_yours'],
    [ben, { decision: 'changes', comment: 'use port 3100' }, {}, 'changes_requested'],
    [ben, { decision: 'changes', comment: '  ' }, {}, 'comment_needed'],
  ] as const)('%o with %o on %o: %s', (person, decision, plan, expected) => {
    expect(check(person, decision, plan)).toBe(expected);
  });
});

describe('when it counts', () => {
  test.each([
    [{ hash: sha256Hex('another') }, {}, 'stale_hash'],
    [{ hash: '' }, {}, 'stale_hash'],
    [{}, { hash: null }, 'stale_hash'],
    [{}, { state: 'drafting' }, 'not_ready'],
    [{}, { state: 'approved' }, 'already_decided'],
    [{}, { state: 'parked' }, 'parked'],
    [{ decision: 'changes' }, { state: 'parked' }, 'changes_requested'],
    [{ decision: 'reject' }, { state: 'parked' }, 'rejected'],
  ] as const)('%o on %o: %s', (decision, plan, expected) => {
    expect(check(anna, decision, plan)).toBe(expected);
  });
});

test('nothing is approved but an open plan, by its own hash, by somebody with the right', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...people),
      fc.constantFrom(...PlanState.options),
      fc.constantFrom('read', 'change', 'destructive', null),
      fc.constantFrom(hash, sha256Hex('other')),
      fc.option(fc.constantFrom(confirmCode(hash), 'AAAAAA'), { nil: null }),
      (person, state, risk, given, code) => {
        const verdict = decideOnPlan(
          person,
          { ...approve, hash: given, code },
          { ...open, state, risk },
          people,
        );
        if (!verdict.ok) return;
        expect(state).toBe('awaiting_approval');
        expect(given).toBe(hash);
        expect(person.role).not.toBe('viewer');
        if (risk === 'destructive') expect([person.role, code]).toEqual(['owner', confirmCode(hash)]);
      },
    ),
  );
});

test('every refusal says in a sentence what it means', () => {
  for (const state of PlanState.options) {
    const verdict = decideOnPlan(carl, approve, { ...open, state }, people);
    if (!verdict.ok) expect(verdict.reason).toMatch(/^[A-Z].*\.$/s);
  }
});
