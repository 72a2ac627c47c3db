import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { Problem } from './contract/problem.ts';

/** Fastify with routes typed by their zod schemas. */
export type TypedApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

const problem = {
  description: 'A problem document (RFC 9457): what happened, what it means, what to do',
  content: { 'application/problem+json': { schema: Problem } },
};

/** What every route may answer when it can't do what was asked. */
export const problems = { '4xx': problem, '5xx': problem };

/** For the description: a route that asks nobody who they are. */
export const openToAll: { readonly [scheme: string]: readonly string[] }[] = [];
