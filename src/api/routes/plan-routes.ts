import { z } from 'zod';
import { readStory } from '#chat/cards/request-story.ts';
import { decideApproval } from '#flow/decide-approval.ts';
import { Before } from '../contract/page.ts';
import { NewDecision, PlanDetail, PlanList } from '../contract/plans.ts';
import { personOf } from '../guard.ts';
import { sendProblem, sendRefusal } from '../problems.ts';
import type { ApiServices } from '../services.ts';
import { problems, type TypedApp } from '../typed-app.ts';
import { numberIn, planName, requestName } from '../views/names.ts';
import { planDetail } from '../views/plan-view.ts';

/** Plans, and the decision about one. */
export function planRoutes(app: TypedApp, services: ApiServices): void {
  const { ledger, house, clock } = services;
  const Page = z.object({
    before: Before,
    limit: z.coerce.number().int().min(1).max(100).default(30),
  });

  app.get(
    '/api/v1/plans',
    {
      schema: {
        tags: ['plans'],
        summary: 'Plans, newest first',
        querystring: Page,
        response: { 200: PlanList, ...problems },
      },
    },
    async (request) => {
      const last = request.query.before === undefined ? null : numberIn(request.query.before);
      const rows = await ledger.plans({
        limit: request.query.limit,
        ...(last === null ? {} : { before: last }),
      });
      const oldest = rows.at(-1);
      return {
        plans: rows.map((row) => ({
          planId: planName(row.id),
          requestId: requestName(row.id),
          revision: row.revision,
          hash: row.hash,
          state: row.state,
          title: row.title,
          risk: row.risk,
        })),
        next: rows.length === request.query.limit && oldest !== undefined ? planName(oldest.id) : null,
      };
    },
  );

  const One = z.object({ id: z.string() });
  const missing = (id: string): string => `There is no plan ${id}. /api/v1/plans lists those there are.`;
  const detail = async (id: string, person: ReturnType<typeof personOf>): Promise<PlanDetail | null> => {
    const number = numberIn(id);
    const story = number === null ? null : await readStory(ledger, number);
    if (!story?.plan) return null;
    const commits = await ledger.trailCommits([story.plan.id]);
    return planDetail(story, story.plan, commits, { person, house }, clock.now());
  };

  app.get(
    '/api/v1/plans/:id',
    {
      schema: {
        tags: ['plans'],
        summary: 'One plan',
        params: One,
        response: { 200: PlanDetail, ...problems },
      },
    },
    async (request, reply) => {
      const found = await detail(request.params.id, personOf(request));
      return found ?? sendProblem(reply, 404, 'not_found', missing(request.params.id));
    },
  );

  app.post(
    '/api/v1/plans/:id/decision',
    {
      schema: {
        tags: ['plans'],
        summary: 'Approve, reject or request changes',
        params: One,
        body: NewDecision,
        response: { 200: PlanDetail, ...problems },
      },
    },
    async (request, reply) => {
      const number = numberIn(request.params.id);
      if (number === null) return sendProblem(reply, 404, 'not_found', missing(request.params.id));
      const { decision, hash, comment, code } = request.body;
      const decided = await decideApproval(services, {
        plan: number,
        person: personOf(request),
        surface: request.surface,
        decision: { decision, hash, comment: comment ?? null, code: code ?? null },
      });
      if (!decided.ok) return sendRefusal(reply, decided, (await ledger.plan(number))?.state);
      const current = await detail(request.params.id, personOf(request));
      return current ?? sendProblem(reply, 404, 'not_found', missing(request.params.id));
    },
  );
}
