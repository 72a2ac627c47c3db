import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { z } from 'zod';
import type { ApiServices } from '../services.ts';
import type { TypedApp } from '../typed-app.ts';

/** For machines that watch Chiffon: is it alive, can it work, what are its numbers. Open to everybody, tells no content. */
export function healthRoutes(app: TypedApp, services: ApiServices): void {
  const { ledger } = services;
  const Answer = z.object({ ok: z.boolean(), detail: z.string() });
  app.get(
    '/healthz',
    { schema: { tags: ['health'], summary: 'The process is alive', response: { 200: Answer } } },
    async () => ({ ok: true, detail: 'alive' }),
  );
  app.get(
    '/readyz',
    { schema: { tags: ['health'], summary: 'The database answers', response: { 200: Answer, 503: Answer } } },
    async (_request, reply) => {
      const { ok, detail } = await ledger.health();
      return reply.code(ok ? 200 : 503).send({ ok, detail });
    },
  );

  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const answered = new Counter({
    name: 'chiffon_http_requests_total',
    help: 'HTTP requests answered',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const requests = new Gauge({
    name: 'chiffon_requests',
    help: 'Requests by what they wait for',
    labelNames: ['state'],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    answered.inc({
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: String(reply.statusCode),
    });
  });
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const counts = await ledger.requestCounts();
    for (const [state, count] of Object.entries(counts)) requests.set({ state }, count);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
