import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, sha256Hex } from '#core/canonical.ts';
import { confirmCode } from '#core/plan.ts';

const shuffled = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(shuffled)
    : value !== null && typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, member]) => [key, shuffled(member)]),
        )
      : value;

test('the canonical text does not depend on the order of keys', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => canonicalJson(shuffled(value)) === canonicalJson(value)));
});

test('the canonical text reads back as the value it was made from', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
    }),
  );
});

test('what JSON cannot carry is refused instead of dropped', () => {
  const classes = [new Date(), new Map(), new Set(), /x/, new URL('http://x'), Buffer.from('x')];
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1, Symbol('x'), ...classes]) {
    expect(() => canonicalJson({ value })).toThrow(TypeError);
  }
});

test('holes in a list are written as null, as JSON does it', () => {
  const list: unknown[] = [1];
  list[2] = 3;
  expect(canonicalJson(list)).toBe(JSON.stringify(list));
});

test('members that are undefined are left out', () => {
  expect(canonicalJson({ b: 1, a: undefined })).toBe('{"b":1}');
});

test('the confirm code has six characters without look-alikes and follows from the hash alone', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const code = confirmCode(sha256Hex(text));
      return /^[A-HJ-NP-Z2-9]{6}$/.test(code) && code === confirmCode(sha256Hex(text));
    }),
  );
});
