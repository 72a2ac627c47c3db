import type { FastifyInstance, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Refusal } from '#core/refusal.ts';
import type { Problem } from './contract/problem.ts';
import type { ApiServices } from './services.ts';

const titles: Readonly<Record<number, string>> = {
  400: 'The request does not fit',
  401: 'Not signed in',
  403: 'Not yours to do',
  404: 'Not found',
  409: 'Not possible in this state',
  413: 'Too large',
  415: 'Only JSON is read',
  422: 'Not readable',
  429: 'Too many requests',
  500: 'Something unexpected happened',
  503: 'Not available right now',
};

const statusOf: Readonly<Record<string, number>> = {
  not_found: 404,
  not_yours: 403,
  code_needed: 403,
  code_wrong: 403,
  unreadable_text: 422,
  comment_needed: 422,
};

/** Answers an expected refusal: 403 for what is somebody else's, 404 for what is not there, otherwise 409. */
export function sendRefusal(reply: FastifyReply, refusal: Refusal, state?: string): FastifyReply {
  return sendProblem(
    reply,
    statusOf[refusal.code] ?? 409,
    refusal.code,
    refusal.reason,
    state === undefined ? {} : { state },
  );
}

export function sendProblem(
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  more: Partial<Problem> = {},
): FastifyReply {
  const problem: Problem = {
    type: 'about:blank',
    title: titles[status] ?? 'Not done',
    status,
    detail,
    code,
    ...more,
  };
  return reply.code(status).type('application/problem+json').serializer(JSON.stringify).send(problem);
}

/** Turns whatever goes wrong into a problem document. Surprises get a reference that stands in the log too. */
export function installProblems(
  app: FastifyInstance,
  services: Pick<ApiServices, 'log' | 'newReference'>,
): void {
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      404,
      'not_found',
      `There is nothing at ${request.method} ${request.url.split('?')[0]}. /api/openapi.json lists what there is.`,
    ),
  );
  app.setErrorHandler((error: unknown, request, reply) => {
    const known = error as { statusCode?: number; code?: string; message?: string; name?: string };
    if (hasZodFastifySchemaValidationErrors(error)) {
      const where = error.validation.map(
        (issue) => `${issue.instancePath.slice(1) || 'the body'}: ${issue.message ?? 'does not fit'}`,
      );
      return sendProblem(
        reply,
        400,
        'does_not_fit',
        `${where.join('; ')}. /api/openapi.json describes what is expected.`,
      );
    }
    if (known.name === 'LedgerUnavailable') {
      services.log.warn({ url: request.url, error }, 'a request met an unavailable ledger');
      return sendProblem(
        reply,
        503,
        'ledger_unavailable',
        'The database does not answer right now, so nothing was read or changed. Chiffon reconnects by itself; try again in a moment.',
      );
    }
    const status = known.statusCode ?? 500;
    if (status === 413) {
      return sendProblem(
        reply,
        413,
        'too_large',
        'This message is longer than Chiffon reads (4,000 characters). Say it in fewer words; nothing was stored.',
      );
    }
    if (status === 429)
      return sendProblem(
        reply,
        429,
        'too_many',
        'Too many requests in a short time. Wait a minute and try again.',
      );
    if (status === 415)
      return sendProblem(reply, 415, 'only_json', 'Send JSON with content-type application/json.');
    if (status < 500)
      return sendProblem(reply, status, 'does_not_fit', `${known.message ?? 'The request does not fit'}.`);
    const reference = services.newReference();
    services.log.error(
      { reference, url: request.url, method: request.method, error },
      'a request failed unexpectedly',
    );
    return sendProblem(
      reply,
      500,
      'unexpected',
      `Something unexpected happened; nothing is half done, because changes are all or nothing. The log has the details under ${reference}.`,
      { reference },
    );
  });
}
