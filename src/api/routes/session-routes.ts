import { z } from 'zod';
import { Me } from '../contract/house.ts';
import { personOf } from '../guard.ts';
import { cameEncrypted, type Site } from '../known-names.ts';
import { sendProblem } from '../problems.ts';
import type { ApiServices } from '../services.ts';
import { type SignIn, sessionCookie, sessionSeconds } from '../sign-in.ts';
import { openToAll, problems, type TypedApp } from '../typed-app.ts';

/** Tries to sign in that one address gets in a minute: plenty for a person, too few for guessing. */
const triesAMinute = 10;

/** Signing in, the one thing to be done without being signed in. */
export function signInRoute(app: TypedApp, services: ApiServices, signIn: SignIn, site: Site): void {
  const { ledger, clock } = services;
  app.post(
    '/api/v1/session',
    {
      schema: {
        tags: ['session'],
        summary: 'Sign in with a token',
        security: openToAll,
        body: z.strictObject({ token: z.string().max(500) }),
        response: { 200: Me, ...problems },
      },
      config: { rateLimit: { max: triesAMinute, timeWindow: '1 minute' } },
    },
    async (request, reply) => {
      const token = request.body.token.trim();
      const now = clock.now();
      const cookie = signIn.open(token, now);
      const session = cookie === null ? null : signIn.bySession(cookie, now);
      if (cookie === null || session === null) {
        await ledger.transact((tx) =>
          tx.append({
            stream: 'system',
            kind: 'session.refused',
            actor: 'unknown',
            outcome: 'refused',
            summary: `Somebody at ${request.ip} tried to sign in with a token nobody has.`,
          }),
        );
        return sendProblem(
          reply,
          401,
          'unknown_token',
          'Nobody has this token. The terminal that runs Chiffon printed it at the first start; "npm run -s chiffon -- token" prints it again.',
        );
      }
      const { person, csrf } = session;
      await ledger.transact((tx) =>
        tx.append({
          stream: 'system',
          kind: 'session.opened',
          actor: person.id,
          summary: `${person.name} signed in from ${request.ip}.`,
        }),
      );
      reply.setCookie(sessionCookie, cookie, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: cameEncrypted(request, site),
        maxAge: sessionSeconds,
      });
      return me(services, person, csrf);
    },
  );
}

/** Signing out, and who one is. */
export function sessionRoutes(app: TypedApp, services: ApiServices): void {
  app.delete(
    '/api/v1/session',
    { schema: { tags: ['session'], summary: 'Sign out', response: { 204: z.null(), ...problems } } },
    async (_request, reply) => reply.clearCookie(sessionCookie, { path: '/' }).code(204).send(null),
  );

  app.get(
    '/api/v1/me',
    { schema: { tags: ['session'], summary: 'Who am I', response: { 200: Me, ...problems } } },
    async (request) => me(services, personOf(request), request.csrf),
  );
}

async function me(services: ApiServices, person: Me['person'], csrf: string | null): Promise<Me> {
  return {
    person: { id: person.id, name: person.name, role: person.role },
    csrf,
    version: services.version,
    examples: [...(await services.examples())],
  };
}
