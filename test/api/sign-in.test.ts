import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSignIn, sessionSeconds } from '#api/sign-in.ts';
import type { Person } from '#core/person.ts';

const anna: Person = { id: 'anna', name: 'Anna', role: 'owner' };
const ben: Person = { id: 'ben', name: 'Ben', role: 'viewer' };
const tokens = [
  { person: anna, token: 'token-of-anna' },
  { person: ben, token: 'token-of-ben' },
];
const signIn = createSignIn({ tokens, sessionKey: new Uint8Array(32).fill(7) });
const now = new Date('2026-11-21T12:00:00Z');

function opened(token: string): string {
  const cookie = signIn.open(token, now);
  if (cookie === null) throw new Error('nobody has this token');
  return cookie;
}

test('a token names its person, and nothing else does', () => {
  expect(signIn.byToken('token-of-anna')).toBe(anna);
  expect(signIn.byToken('token-of-ben')).toBe(ben);
  fc.assert(
    fc.property(
      fc.string(),
      (text) => tokens.some(({ token }) => token === text) || signIn.byToken(text) === null,
    ),
  );
});

test('a session is its person’s until it is over', () => {
  const cookie = opened('token-of-ben');
  expect(signIn.bySession(cookie, now)?.person).toBe(ben);
  expect(signIn.bySession(cookie, new Date(now.getTime() + (sessionSeconds + 1) * 1000))).toBeNull();
});

test('every browser session has a change token of its own', () => {
  const [one, other] = [opened('token-of-ben'), opened('token-of-ben')];
  expect(signIn.bySession(one, now)?.csrf).not.toBe(signIn.bySession(other, now)?.csrf);
});

test('a cookie altered in any one character, or signed with another key, is nobody’s', () => {
  const cookie = opened('token-of-anna');
  fc.assert(
    fc.property(fc.nat(cookie.length - 1), fc.constantFrom(...'abcXYZ019._-'), (at, character) => {
      const altered = cookie.slice(0, at) + character + cookie.slice(at + 1);
      return altered === cookie || signIn.bySession(altered, now) === null;
    }),
  );
  const other = createSignIn({ tokens, sessionKey: new Uint8Array(32).fill(8) });
  expect(signIn.bySession(other.open('token-of-anna', now) ?? '', now)).toBeNull();
});

test('a person who was removed from the configuration is signed out', () => {
  const cookie = opened('token-of-ben');
  const without = createSignIn({ tokens: tokens.slice(0, 1), sessionKey: new Uint8Array(32).fill(7) });
  expect(without.bySession(cookie, now)).toBeNull();
});

test('a new token signs out every browser that was signed in with the old one, and nobody else', () => {
  const cookies = { ben: opened('token-of-ben'), anna: opened('token-of-anna') };
  const renewed = createSignIn({
    tokens: [
      { person: anna, token: 'token-of-anna' },
      { person: ben, token: 'new-token-of-ben' },
    ],
    sessionKey: new Uint8Array(32).fill(7),
  });
  expect(renewed.bySession(cookies.ben, now)).toBeNull();
  expect(renewed.bySession(cookies.anna, now)?.person).toBe(anna);
});

test('an empty token lets nobody in: it is a mistake, not a key', () => {
  expect(signIn.open('', now)).toBeNull();
  expect(() =>
    createSignIn({ tokens: [{ person: anna, token: '' }], sessionKey: new Uint8Array(32) }),
  ).toThrow('the token of anna is empty');
});
