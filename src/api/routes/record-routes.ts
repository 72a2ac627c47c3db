import { z } from 'zod';
import { askRecord } from '#flow/ask-record.ts';
import { auditQuestion } from '#flow/audit-question.ts';
import { AuditAnswer, VerifyAnswer } from '../contract/house.ts';
import { RecordReplyAnswer, TaskFigures } from '../contract/record.ts';
import { TimeZone } from '../contract/time-zone.ts';
import { personOf } from '../guard.ts';
import { sendProblem } from '../problems.ts';
import type { ApiServices } from '../services.ts';
import { problems, type TypedApp } from '../typed-app.ts';
import { auditRow } from '../views/audit-view.ts';
import { taskFigures } from '../views/task-figures.ts';

/** What happened: the record by filters, in answer to words, in figures, and whether it is intact. */
export function recordRoutes(app: TypedApp, services: ApiServices): void {
  const { ledger, clock } = services;

  const Filters = z.object({
    about: z.string().max(20).optional(),
    since: z.string().max(40).optional(),
    until: z.string().max(40).optional(),
    outcome: z.string().max(20).optional(),
    service: z.string().max(100).optional(),
    host: z.string().max(100).optional(),
    person: z.string().max(100).optional(),
    plan: z.string().max(20).optional(),
    before: z.coerce.number().int().positive().optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
  });
  app.get(
    '/api/v1/audit',
    {
      schema: {
        tags: ['audit'],
        summary: 'The record, newest first',
        querystring: Filters,
        response: { 200: AuditAnswer, ...problems },
      },
    },
    async (request, reply) => {
      const question = auditQuestion(request.query, clock.now());
      if (!question.ok) return sendProblem(reply, 400, question.code, question.reason);
      const events = await ledger.audit(question.value);
      const oldest = events.at(-1);
      return {
        events: events.map(auditRow),
        count: events.length,
        next: events.length === question.value.limit && oldest !== undefined ? String(oldest.id) : null,
      };
    },
  );

  app.get(
    '/api/v1/audit/answer',
    {
      schema: {
        tags: ['audit'],
        summary: 'A question about the record in plain words, answered; nothing is planned and nothing runs',
        querystring: z.object({ q: z.string().min(1).max(4000), zone: TimeZone.optional() }),
        response: { 200: RecordReplyAnswer, ...problems },
      },
    },
    async (request) => {
      const { q, zone } = request.query;
      const { answer, intents, text, suggestions } = await askRecord(services, {
        text: q,
        person: personOf(request),
        zone,
      });
      return {
        answer,
        intents: intents.map((intent) => ({ ...intent })),
        reply: text,
        suggestions: [...suggestions],
      };
    },
  );

  app.get(
    '/api/v1/tasks/figures',
    {
      schema: {
        tags: ['audit'],
        summary: 'What runs now, retries and failures by type of error, the last classified error',
        querystring: z.object({
          since: z.string().max(40).default('7d'),
          until: z.string().max(40).optional(),
          service: z.string().max(100).optional(),
          host: z.string().max(100).optional(),
        }),
        response: { 200: TaskFigures, ...problems },
      },
    },
    async (request, reply) => {
      const question = auditQuestion({ ...request.query, limit: 1 }, clock.now());
      if (!question.ok) return sendProblem(reply, 400, question.code, question.reason);
      return await taskFigures(ledger, question.value);
    },
  );

  app.get(
    '/api/v1/audit/verify',
    {
      schema: {
        tags: ['audit'],
        summary: 'Checks the chain of every stream',
        response: { 200: VerifyAnswer, ...problems },
      },
    },
    async () => ({
      ...(await ledger.verify()),
      at: clock.now().toISOString(),
    }),
  );
}
