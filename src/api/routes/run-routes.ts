import { z } from 'zod';
import { readStory } from '#chat/cards/request-story.ts';
import type { RunRow } from '#flow/ledger-port.ts';
import { reconcileTask } from '#flow/reconcile-task.ts';
import { stopRun } from '#flow/stop-run.ts';
import { RunDetail, RunLog } from '../contract/runs.ts';
import { personOf } from '../guard.ts';
import { sendProblem, sendRefusal } from '../problems.ts';
import type { ApiServices } from '../services.ts';
import { problems, type TypedApp } from '../typed-app.ts';
import { runDetail, runLog } from '../views/run-view.ts';

/** Runs: how far they are, what they print, and stopping them. */
export function runRoutes(app: TypedApp, services: ApiServices): void {
  const { ledger, house, clock } = services;
  const One = z.object({ id: z.string().max(40) });
  const missing = (id: string): string => `There is no run ${id}. The request's page lists its runs.`;
  const detail = async (run: RunRow, person: ReturnType<typeof personOf>): Promise<RunDetail> => {
    const story = await readStory(ledger, run.plan, run.id);
    if (story === null) throw new Error(`run ${run.id} has no request`);
    return runDetail(story, run, { person, house }, clock.now());
  };

  app.get(
    '/api/v1/runs/:id',
    {
      schema: {
        tags: ['runs'],
        summary: 'One run with its tasks',
        params: One,
        response: { 200: RunDetail, ...problems },
      },
    },
    async (request, reply) => {
      const run = await ledger.run(request.params.id);
      return run === null
        ? sendProblem(reply, 404, 'not_found', missing(request.params.id))
        : detail(run, personOf(request));
    },
  );

  app.get(
    '/api/v1/runs/:id/log',
    {
      schema: {
        tags: ['runs'],
        summary: 'The redacted log from a byte offset; plain text with Accept: text/plain',
        params: One,
        querystring: z.object({ from: z.coerce.number().int().min(0).default(0) }),
        response: { 200: RunLog.or(z.string()), ...problems },
      },
    },
    async (request, reply) => {
      const run = await ledger.run(request.params.id);
      if (run === null) return sendProblem(reply, 404, 'not_found', missing(request.params.id));
      const log = await runLog(ledger, run, request.query.from);
      if (!(request.headers.accept ?? '').startsWith('text/plain')) return log;
      return reply
        .type('text/plain; charset=utf-8')
        .header('x-log-next', log.next)
        .serializer(String)
        .send(log.text);
    },
  );

  app.post(
    '/api/v1/runs/:id/cancel',
    {
      schema: {
        tags: ['runs'],
        summary: 'Stop a run',
        params: One,
        response: { 200: RunDetail, ...problems },
      },
    },
    async (request, reply) => {
      const stopped = await stopRun(services, { run: request.params.id, person: personOf(request) });
      if (!stopped.ok) return sendRefusal(reply, stopped, (await ledger.run(request.params.id))?.state);
      return detail(stopped.value, personOf(request));
    },
  );

  app.post(
    '/api/v1/runs/:id/reconcile',
    {
      schema: {
        tags: ['runs'],
        summary: 'Settle a step whose outcome is unknown',
        params: One,
        body: z.strictObject({ verdict: z.enum(['completed', 'failed', 'again']) }),
        response: { 200: RunDetail, ...problems },
      },
    },
    async (request, reply) => {
      const task = (await ledger.tasks(request.params.id)).find((candidate) => candidate.state === 'review');
      if (task === undefined)
        return sendProblem(
          reply,
          409,
          'not_in_review',
          `No step of run ${request.params.id} waits for a verdict.`,
        );
      const settled = await reconcileTask(services, {
        task: task.id,
        verdict: request.body.verdict,
        person: personOf(request),
      });
      if (!settled.ok) return sendRefusal(reply, settled);
      const run = await ledger.run(request.params.id);
      return run === null
        ? sendProblem(reply, 404, 'not_found', missing(request.params.id))
        : detail(run, personOf(request));
    },
  );
}
