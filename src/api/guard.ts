import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Person, Surface } from '#core/person.ts';
import { sendProblem } from './problems.ts';
import type { ApiServices } from './services.ts';
import { type SignIn, sameText, sessionCookie } from './sign-in.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set for every guarded route. */
    person: Person | null;
    /** By session cookie people use the console, by token programs (and the terminal) use the API. */
    surface: Surface;
    /** What a change by session cookie has to bring along; null for callers with a token. */
    csrf: string | null;
  }
}

/** Gives requests the fields the guard fills in. Once, for the whole server: scopes can't each add them. */
export function describeCaller(app: FastifyInstance): void {
  app.decorateRequest('person', null);
  app.decorateRequest('surface', 'api');
  app.decorateRequest('csrf', null);
}

/**
 * Lets only known people into the routes of this scope; changes by cookie must carry the session's token against forgery.
 * The guard belongs to the routes and never looks at the address: one address can be written in many ways.
 */
export function installGuard(
  scope: FastifyInstance,
  signIn: SignIn,
  services: Pick<ApiServices, 'clock'>,
): void {
  scope.addHook('onRequest', async (request, reply) => {
    const bearer = /^Bearer +(.+)$/iu.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) {
      request.person = signIn.byToken(bearer);
      request.surface = request.headers['x-chiffon-surface'] === 'terminal' ? 'terminal' : 'api';
    } else {
      const session = signIn.bySession(request.cookies[sessionCookie] ?? '', services.clock.now());
      request.person = session?.person ?? null;
      request.csrf = session?.csrf ?? null;
      request.surface = 'console';
      const changes = request.method !== 'GET' && request.method !== 'HEAD';
      if (session !== null && changes && !sameText(request.headers['x-csrf-token'], session.csrf)) {
        return sendProblem(
          reply,
          403,
          'csrf',
          'This change did not come from the console’s own page, so nothing was done. Reload the page and try again.',
        );
      }
    }
    if (request.person === null) {
      return sendProblem(
        reply.header('www-authenticate', 'Bearer'),
        401,
        'signed_out',
        'Sign in first: with the token as “Authorization: Bearer …”, or in the console.',
      );
    }
  });
}

/**
 * The person behind a guarded request.
 *
 * @throws when the route is not guarded, which is a mistake in `create-server.ts`.
 */
export function personOf(request: FastifyRequest): Person {
  if (request.person === null) throw new Error('a guarded route was reached without a person');
  return request.person;
}
