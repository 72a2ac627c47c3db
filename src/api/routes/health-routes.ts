import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { z } from 'zod';
import type { ApiServices } from '../services.ts';
import { openToAll, type TypedApp } from '../typed-app.ts';

const Answer = z.object({ ok: z.boolean(), detail: z.string() });

/** The numbers of this process; from here on every answer of the server is counted, whatever route it came from. */
export function countAnswers(app: FastifyInstance): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const answered = new Counter({
    name: 'chiffon_http_requests_total',
    help: 'HTTP requests answered',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    answered.inc({
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: String(reply.statusCode),
    });
  });
  return registry;
}

/** For machines that watch Chiffon: is it alive, can it work, what are its numbers. Open to everybody, tells no content. */
export function healthRoutes(app: TypedApp, services: ApiServices, registry: Registry): void {
  const { ledger } = services;
  app.get(
    '/healthz',
    {
      schema: {
        tags: ['health'],
        summary: 'The process is alive',
        security: openToAll,
        response: { 200: Answer },
      },
    },
    async () => ({ ok: true, detail: 'alive' }),
  );
  app.get(
    '/readyz',
    {
      schema: {
        tags: ['health'],
        summary: 'The database answers',
        security: openToAll,
        response: { 200: Answer, 503: Answer },
      },
    },
    async (_request, reply) => {
      const { ok, detail } = await ledger.health();
      return reply.code(ok ? 200 : 503).send({ ok, detail });
    },
  );

  const requests = new Gauge({
    name: 'chiffon_requests',
    help: 'Requests by what they wait for',
    labelNames: ['state'],
    registers: [registry],
  });
  const ledgerUp = new Gauge({
    name: 'chiffon_ledger_up',
    help: '1 while the database answers, otherwise 0; the other numbers of the ledger are left out then',
    registers: [registry],
  });
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const { ok } = await ledger.health();
    ledgerUp.set(ok ? 1 : 0);
    requests.reset();
    if (ok) {
      const counts = await ledger.requestCounts();
      for (const [state, count] of Object.entries(counts)) requests.set({ state }, count);
    }
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
