import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Person } from '#core/person.ts';
import type { Credentials } from './services.ts';

/** How long a browser stays signed in, in seconds. */
export const sessionSeconds = 30 * 86_400;
export const sessionCookie = 'chiffon_session';

export interface Session {
  readonly person: Person;
  /** Must come back in `x-csrf-token` with every change. */
  readonly csrf: string;
}

export interface SignIn {
  /** Whose token this is; null for nobody's. */
  byToken(token: string): Person | null;
  /** A fresh cookie value for a person. */
  open(person: Person, now: Date): string;
  /** Whose cookie this is; null when it is forged, altered or over. */
  bySession(cookie: string, now: Date): Session | null;
}

/**
 * Tokens for programs, signed cookies for browsers. The cookie is `person.expiry.nonce.signature`, so every process
 * with the same key accepts it and nothing has to be stored.
 */
export function createSignIn(credentials: Credentials): SignIn {
  const digests = credentials.tokens.map(({ person, token }) => ({ person, digest: digestOf(token) }));
  const sign = (purpose: string, text: string): string =>
    createHmac('sha256', credentials.sessionKey).update(`${purpose}\n${text}`).digest('base64url');

  return {
    byToken(token) {
      const given = digestOf(token);
      let found: Person | null = null;
      // Every token is compared, so that the time taken tells nothing.
      for (const { person, digest } of digests) if (timingSafeEqual(digest, given)) found = person;
      return found;
    },
    open(person, now) {
      const expiry = Math.floor(now.getTime() / 1000) + sessionSeconds;
      const body = `${Buffer.from(person.id).toString('base64url')}.${expiry}.${randomBytes(12).toString('base64url')}`;
      return `${body}.${sign('session', body)}`;
    },
    bySession(cookie, now) {
      const cut = cookie.lastIndexOf('.');
      const body = cookie.slice(0, Math.max(cut, 0));
      const expected = Buffer.from(sign('session', body));
      const given = Buffer.from(cookie.slice(cut + 1));
      if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null;
      const [id = '', expiry = '0'] = body.split('.');
      if (Number(expiry) * 1000 < now.getTime()) return null;
      const personId = Buffer.from(id, 'base64url').toString();
      const person = credentials.tokens.find((entry) => entry.person.id === personId)?.person;
      return person === undefined ? null : { person, csrf: sign('csrf', body) };
    },
  };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
