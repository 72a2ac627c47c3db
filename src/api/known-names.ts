import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopback } from '#platform/config/loopback.ts';
import { sendProblem } from './problems.ts';

/** Under which addresses people open Chiffon. */
export interface Site {
  /** The address Chiffon listens on. */
  readonly host: string;
  /** The address a reverse proxy answers under; null without one. */
  readonly publicUrl: string | null;
}

/**
 * Answers only to names that are Chiffon's own, while it listens to this machine alone. A page from elsewhere could point a
 * name of its own at 127.0.0.1 and speak to Chiffon as if it were its own server (DNS rebinding); the name gives it away.
 * On the network people give the machine names that Chiffon can't know; there the token is the guard.
 */
export function installKnownNames(app: FastifyInstance, site: Site): void {
  if (!isLoopback(site.host)) return;
  const proxied = site.publicUrl === null ? null : new URL(site.publicUrl).hostname.toLowerCase();
  app.addHook('onRequest', async (request, reply) => {
    const name = nameIn(request);
    if (name === '' || isLoopback(name) || name.endsWith('.localhost') || name === proxied) return;
    return sendProblem(
      reply,
      421,
      'unknown_name',
      `Chiffon listens to this machine alone and is not known as “${name.slice(0, 100)}”, so nothing was read. Open it as 127.0.0.1 or localhost; behind a reverse proxy, set console.publicUrl to the address people open.`,
    );
  });
}

/** Whether a request came over HTTPS: that of the proxy whose address is configured. */
export function cameEncrypted(request: FastifyRequest, site: Site): boolean {
  if (site.publicUrl === null) return false;
  const { protocol, hostname } = new URL(site.publicUrl);
  return protocol === 'https:' && nameIn(request) === hostname.toLowerCase();
}

/** The name a request was sent to, without port; IPv6 addresses without their brackets. Empty when it names none. */
function nameIn(request: FastifyRequest): string {
  const name = URL.parse(`http://${request.headers.host ?? ''}`)?.hostname ?? request.headers.host ?? '';
  const bare = name.replace(/^\[|\]$/gu, '').toLowerCase();
  return isIP(bare) === 0 ? bare.replace(/\.$/u, '') : bare;
}
