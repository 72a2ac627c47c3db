import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Person, Surface } from '#core/person.ts';
import { sendProblem } from './problems.ts';
import type { ApiServices } from './services.ts';
import { type SignIn, sessionCookie } from './sign-in.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set for every route below /api/v1 but signing in. */
    person: Person | null;
    /** By session cookie people use the console, by token programs (and the terminal) use the API. */
    surface: Surface;
    csrf: string | null;
  }
}

const signInPath = '/api/v1/session';

/** Lets only known people into /api/v1; changes by cookie must carry the session's token against forgery. */
export async function installGuard(
  app: FastifyInstance,
  signIn: SignIn,
  services: Pick<ApiServices, 'clock'>,
): Promise<void> {
  await app.register(cookie);
  app.decorateRequest('person', null);
  app.decorateRequest('surface', 'api');
  app.decorateRequest('csrf', null);
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/api/v1/')) return;
    if (request.url.split('?')[0] === signInPath && request.method === 'POST') return;
    const bearer = /^Bearer (.+)$/iu.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) {
      request.person = signIn.byToken(bearer);
      request.surface = request.headers['x-chiffon-surface'] === 'terminal' ? 'terminal' : 'api';
    } else {
      const session = signIn.bySession(request.cookies[sessionCookie] ?? '', services.clock.now());
      request.person = session?.person ?? null;
      request.csrf = session?.csrf ?? null;
      request.surface = 'console';
      const changes = request.method !== 'GET' && request.method !== 'HEAD';
      if (session !== null && changes && request.headers['x-csrf-token'] !== session.csrf) {
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
        reply,
        401,
        'signed_out',
        'Sign in first: with the token as “Authorization: Bearer …”, or in the console.',
      );
    }
  });
}

/** The person behind a guarded request. */
export function personOf(request: FastifyRequest): Person {
  if (request.person === null) throw new Error('a guarded route was reached without a person');
  return request.person;
}
