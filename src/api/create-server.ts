import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { hiddenIn } from '#flow/hidden-in.ts';
import { describeCaller, installGuard } from './guard.ts';
import { installKnownNames, type Site } from './known-names.ts';
import { answerBrokenRequest, installProblems, sendBadAddress } from './problems.ts';
import { alertRoutes, phoneRoute, phoneTestRoute } from './routes/alert-routes.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { countAnswers, healthRoutes } from './routes/health-routes.ts';
import { houseRoutes } from './routes/house-routes.ts';
import { planRoutes } from './routes/plan-routes.ts';
import { recordRoutes } from './routes/record-routes.ts';
import { requestRoutes } from './routes/request-routes.ts';
import { runRoutes } from './routes/run-routes.ts';
import { sessionRoutes, signInRoute } from './routes/session-routes.ts';
import { serveConsole } from './serve-console.ts';
import type { ApiServices, Credentials } from './services.ts';
import { createSignIn } from './sign-in.ts';

/** Bytes a request body may have: far more than a message, far less than a nuisance. */
const bodyLimit = 1024 * 1024;
/** How long a request may take to arrive, in milliseconds: a sender of one byte a minute holds nothing up. */
const requestTimeout = 30_000;
/** How long a closing server waits for answers under way, in milliseconds; they take a few. */
const closingMs = 2_000;

/** The whole HTTP side: REST, events, OpenAPI, health, and the console's files. Listens to nothing yet. */
export async function createServer(
  services: ApiServices,
  credentials: Credentials,
  site: Site & { readonly consoleDirectory: string },
): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit,
    requestTimeout,
    trustProxy: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, _request, reply) => sendBadAddress(error, reply),
    clientErrorHandler: answerBrokenRequest,
  });
  // JSON only: text would come from forms of other pages, which may send it without being asked.
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addHook('preClose', async () => closeInTime(app));
  hideSecrets(app, services);
  installProblems(app, services);
  installKnownNames(app, site);
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    // Loopback is plain HTTP; a proxy that speaks HTTPS sets this header itself.
    strictTransportSecurity: false,
  });
  await app.register(rateLimit, { global: false });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Chiffon',
        version: services.version,
        description:
          'Ask in words, approve a whole plan, watch it run. Errors are RFC 9457 problem documents.',
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
  });
  await app.register(cookie);
  describeCaller(app);
  const signIn = createSignIn(credentials);
  const registry = countAnswers(app);

  await app.register(async (scope) => {
    const open = scope.withTypeProvider<ZodTypeProvider>();
    signInRoute(open, services, signIn, site);
    phoneRoute(open, services);
    healthRoutes(open, services, registry);
    open.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  });
  await app.register(async (scope) => {
    installGuard(scope, signIn, services);
    const guarded = scope.withTypeProvider<ZodTypeProvider>();
    sessionRoutes(guarded, services);
    requestRoutes(guarded, services);
    alertRoutes(guarded, services);
    phoneTestRoute(guarded, services);
    planRoutes(guarded, services);
    runRoutes(guarded, services);
    houseRoutes(guarded, services);
    recordRoutes(guarded, services);
    eventRoutes(guarded, services);
  });
  await serveConsole(app, site.consoleDirectory);
  return app;
}

/** Whatever is answered passes the redaction once more: a secret may have become known after something was stored. */
function hideSecrets(app: FastifyInstance, { redaction }: ApiServices): void {
  app.addHook('preSerialization', async (_request, _reply, payload) => hiddenIn(payload, redaction));
}

/** Browsers keep connections open, and open some ahead of use: without this, closing would wait a minute for them. */
function closeInTime(app: FastifyInstance): void {
  const cut = setTimeout(() => app.server.closeAllConnections(), closingMs).unref();
  app.server.once('close', () => clearTimeout(cut));
}
