import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Refusal } from '#core/refusal.ts';
import type { Problem } from './contract/problem.ts';
import type { ApiServices } from './services.ts';

/** The status of a refusal, by its code; every other refusal is a conflict with how things stand: 409. */
const statusOf: Readonly<Record<string, number>> = {
  not_found: 404,
  not_yours: 403,
  code_needed: 403,
  code_wrong: 403,
  unreadable_text: 422,
  comment_needed: 422,
};

/** Answers an expected refusal, with the current state where the conflict is about it. */
export function sendRefusal(reply: FastifyReply, refusal: Refusal, state?: string): FastifyReply {
  return sendProblem(
    reply,
    statusOf[refusal.code] ?? 409,
    refusal.code,
    refusal.reason,
    state === undefined ? {} : { state },
  );
}

/** Answers a problem document (RFC 9457). What tells one kind from another is `code`; so the type is `about:blank`. */
export function sendProblem(
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  more: Partial<Problem> = {},
): FastifyReply {
  return reply
    .code(status)
    .type(problemType)
    .serializer(JSON.stringify)
    .send(problemOf(status, code, detail, more));
}

/** An address that can't be read: Fastify never gets as far as the error handler with it. */
export function sendBadAddress(error: FastifyError, reply: FastifyReply): void {
  const status = error.statusCode ?? 400;
  sendProblem(
    reply,
    status,
    'does_not_fit',
    'This address can’t be read: a % in it is not followed by two hexadecimal digits, or it is too long.',
  );
}

/** Answers what is not HTTP, too long or too slow; there is no request yet that a handler could look at. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, detail] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ([431, 'The headers of this request are too long. Nothing was read.'] as const)
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ([408, 'The request did not arrive in time. Nothing was done; send it again.'] as const)
        : ([400, 'This is not a request that HTTP/1.1 knows. Nothing was read.'] as const);
  const body = JSON.stringify(problemOf(status, 'does_not_fit', detail));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${problemType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const problemType = 'application/problem+json';

function problemOf(status: number, code: string, detail: string, more: Partial<Problem> = {}): Problem {
  // RFC 9457, 4.2.1: with "about:blank" the title is the phrase of the status.
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code, ...more };
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
        'This is far longer than anything Chiffon reads (a message has at most 4,000 characters). Nothing was stored; say it in fewer words.',
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
