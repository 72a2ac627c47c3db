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
  /** A fresh cookie value for whoever has this token; null when nobody has it. */
  open(token: string, now: Date): string | null;
  /** Whose cookie this is; null when it is forged, altered or over, or the token it was opened with is no longer valid. */
  bySession(cookie: string, now: Date): Session | null;
}

/**
 * Tokens for programs, signed cookies for browsers. The cookie is `person.expiry.nonce.signature`, so every process
 * with the same key accepts it and nothing has to be stored. The token it was opened with is signed along: a new token
 * signs every browser of the old one out.
 *
 * @throws when a token is empty: whoever sent nothing would be let in.
 */
export function createSignIn(credentials: Credentials): SignIn {
  const known = credentials.tokens.map(({ person, token }) => {
    if (token === '') throw new Error(`the token of ${person.id} is empty`);
    return { person, digest: digestOf(token) };
  });
  const sign = (purpose: string, digest: Buffer, body: string): string =>
    createHmac('sha256', credentials.sessionKey)
      .update(`${purpose}\n${digest.toString('hex')}\n${body}`)
      .digest('base64url');
  const find = (token: string): (typeof known)[number] | null => {
    const given = digestOf(token);
    let found: (typeof known)[number] | null = null;
    // Every token is compared, so that the time taken tells nothing.
    for (const entry of known) if (timingSafeEqual(entry.digest, given)) found = entry;
    return found;
  };

  return {
    byToken: (token) => find(token)?.person ?? null,
    open(token, now) {
      const entry = find(token);
      if (entry === null) return null;
      const expiry = Math.floor(now.getTime() / 1000) + sessionSeconds;
      const id = Buffer.from(entry.person.id).toString('base64url');
      const body = `${id}.${expiry}.${randomBytes(12).toString('base64url')}`;
      return `${body}.${sign('session', entry.digest, body)}`;
    },
    bySession(cookie, now) {
      const cut = cookie.lastIndexOf('.');
      const body = cookie.slice(0, Math.max(cut, 0));
      const signature = cookie.slice(cut + 1);
      const [id = '', expiry = '0'] = body.split('.');
      if (Number(expiry) * 1000 < now.getTime()) return null;
      const personId = Buffer.from(id, 'base64url').toString();
      const entry = known.find(
        ({ person, digest }) => person.id === personId && sameText(signature, sign('session', digest, body)),
      );
      return entry === undefined ? null : { person: entry.person, csrf: sign('csrf', entry.digest, body) };
    },
  };
}

/** Whether something sent is exactly this text; the time taken tells nothing about where they differ. */
export function sameText(given: unknown, expected: string): boolean {
  return typeof given === 'string' && timingSafeEqual(digestOf(given), digestOf(expected));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
