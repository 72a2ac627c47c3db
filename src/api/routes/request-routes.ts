import { z } from 'zod';
import { readStory } from '#chat/cards/request-story.ts';
import { receiveRequest } from '#flow/receive-request.ts';
import { Now } from '../contract/house.ts';
import { Before } from '../contract/page.ts';
import { NewRequest, NewRequestAnswer, RequestDetail, RequestList } from '../contract/requests.ts';
import { personOf } from '../guard.ts';
import { sendProblem, sendRefusal } from '../problems.ts';
import type { ApiServices } from '../services.ts';
import { problems, type TypedApp } from '../typed-app.ts';
import { numberIn, planName, requestName } from '../views/names.ts';
import { nowView } from '../views/now-view.ts';
import { requestDetail, requestSummary, storiesOf } from '../views/request-view.ts';

/** Asking, and the list of what was asked. */
export function requestRoutes(app: TypedApp, services: ApiServices): void {
  const { ledger, house, clock } = services;

  app.post(
    '/api/v1/requests',
    {
      schema: {
        tags: ['requests'],
        summary: 'Ask for something in words',
        body: NewRequest,
        response: { 201: NewRequestAnswer, ...problems },
      },
    },
    async (request, reply) => {
      const { text, thread, pressedOn, zone } = request.body;
      const card = pressedOn === undefined ? null : numberIn(pressedOn);
      const received = await receiveRequest(services, {
        text,
        person: personOf(request),
        surface: request.surface,
        thread: thread ?? null,
        ...(zone === undefined ? {} : { zone }),
        ...(card === null ? {} : { pressedOn: card }),
      });
      if (!received.ok) return sendRefusal(reply, received);
      const row = received.value.request;
      return reply.code(201).send({
        requestId: requestName(row.id),
        threadId: row.thread,
        planId: received.value.planned ? planName(row.id) : null,
        state: row.state,
        reply: row.reply ?? '',
        answer: row.answer,
        choices: row.choices.map((choice) => ({ ...choice })),
        suggestions: [...row.suggestions],
      });
    },
  );

  const Page = z.object({
    filter: z.enum(['needs_you', 'running', 'failed']).optional(),
    person: z.string().max(100).optional(),
    q: z.string().max(200).optional(),
    before: Before,
    limit: z.coerce.number().int().min(1).max(100).default(30),
  });
  app.get(
    '/api/v1/requests',
    {
      schema: {
        tags: ['requests'],
        summary: 'What was asked, newest first',
        querystring: Page,
        response: { 200: RequestList, ...problems },
      },
    },
    async (request) => {
      const { filter, person, q, before, limit } = request.query;
      const last = before === undefined ? null : numberIn(before);
      const rows = await ledger.requests({
        limit,
        ...(filter === undefined ? {} : { filter }),
        ...(person === undefined ? {} : { person }),
        ...(q === undefined || q === '' ? {} : { text: q }),
        ...(last === null ? {} : { before: last }),
      });
      const stories = await storiesOf(
        ledger,
        rows.map((row) => row.id),
      );
      const reader = { person: personOf(request), house };
      const oldest = rows.at(-1);
      return {
        requests: stories.map((story) => requestSummary(story, reader)),
        counts: await ledger.requestCounts(),
        next: rows.length === limit && oldest !== undefined ? requestName(oldest.id) : null,
      };
    },
  );

  app.get(
    '/api/v1/requests/:id',
    {
      schema: {
        tags: ['requests'],
        summary: 'One request with its card',
        params: z.object({ id: z.string() }),
        response: { 200: RequestDetail, ...problems },
      },
    },
    async (request, reply) => {
      const number = numberIn(request.params.id);
      const story = number === null ? null : await readStory(ledger, number);
      if (story === null)
        return sendProblem(
          reply,
          404,
          'not_found',
          `There is no request ${request.params.id}. The list of requests shows those there are.`,
        );
      return requestDetail(ledger, story, { person: personOf(request), house }, clock.now());
    },
  );

  app.get(
    '/api/v1/now',
    {
      schema: {
        tags: ['requests'],
        summary: 'What needs somebody, what runs, what came last',
        response: { 200: Now, ...problems },
      },
    },
    async (request) => nowView(services, { person: personOf(request), house }),
  );
}
