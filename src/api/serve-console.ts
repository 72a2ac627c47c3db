import { access } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from './problems.ts';

/** Paths that belong to programs; everything else is a page of the console. */
const programPaths = ['/api/', '/healthz', '/readyz', '/metrics'];

/**
 * Serves the built console: hashed assets for ever, the page itself never from a cache, and the page for every
 * address a person may have copied. Without a build, says how to make one.
 */
export async function serveConsole(app: FastifyInstance, directory: string): Promise<void> {
  const built = await access(join(directory, 'index.html')).then(
    () => true,
    () => false,
  );
  if (!built) {
    app.get('/', { schema: { hide: true } }, async (_request, reply) =>
      sendProblem(
        reply,
        503,
        'no_console',
        'The console is not built. “npm start” builds it; the API works without it.',
      ),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: directory,
    wildcard: false,
    setHeaders: (reply, path) => {
      reply.header(
        'cache-control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store',
      );
    },
  });
  app.get('/*', { schema: { hide: true } }, async (request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    if (programPaths.some((program) => path.startsWith(program)) || path.startsWith('/assets/'))
      return reply.callNotFound();
    return reply.sendFile('index.html');
  });
}
