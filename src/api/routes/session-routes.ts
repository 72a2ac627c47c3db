import { z } from 'zod';
import { Me } from '../contract/house.ts';
import { personOf } from '../guard.ts';
import { sendProblem } from '../problems.ts';
import type { ApiServices } from '../services.ts';
import { type SignIn, sessionCookie, sessionSeconds } from '../sign-in.ts';
import { problems, type TypedApp } from '../typed-app.ts';

/** Signing in and out, and who one is. */
export function sessionRoutes(app: TypedApp, services: ApiServices, signIn: SignIn): void {
  const me = async (person: Me['person'], csrf: string | null): Promise<Me> => ({
    person: { id: person.id, name: person.name, role: person.role },
    csrf,
    version: services.version,
    examples: [...(await services.examples())],
  });

  app.post(
    '/api/v1/session',
    {
      schema: {
        tags: ['session'],
        summary: 'Sign in with a token',
        body: z.strictObject({ token: z.string().max(500) }),
        response: { 200: Me, ...problems },
      },
      config: { rateLimit: { max: 10, timeWindow: '1 minute' } },
    },
    async (request, reply) => {
      const person = signIn.byToken(request.body.token.trim());
      if (person === null) {
        await services.ledger.transact(async (tx) => {
          await tx.append({
            stream: 'system',
            kind: 'session.refused',
            actor: 'unknown',
            outcome: 'refused',
            summary: `Somebody at ${request.ip} tried to sign in with a token nobody has.`,
          });
        });
        return sendProblem(
          reply,
          401,
          'unknown_token',
          'Nobody has this token. The terminal that runs Chiffon printed it at the first start; "npm run -s chiffon -- token" prints it again.',
        );
      }
      await services.ledger.transact(async (tx) => {
        await tx.append({
          stream: 'system',
          kind: 'session.opened',
          actor: person.id,
          summary: `${person.name} signed in from ${request.ip}.`,
        });
      });
      const value = signIn.open(person, services.clock.now());
      reply.setCookie(sessionCookie, value, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: request.protocol === 'https',
        maxAge: sessionSeconds,
      });
      return me(person, signIn.bySession(value, services.clock.now())?.csrf ?? null);
    },
  );

  app.delete(
    '/api/v1/session',
    { schema: { tags: ['session'], summary: 'Sign out', response: { 204: z.null(), ...problems } } },
    async (_request, reply) => reply.clearCookie(sessionCookie, { path: '/' }).code(204).send(null),
  );

  app.get(
    '/api/v1/me',
    { schema: { tags: ['session'], summary: 'Who am I', response: { 200: Me, ...problems } } },
    async (request) => me(personOf(request), request.csrf),
  );
}
