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
import { installGuard } from './guard.ts';
import { installProblems } from './problems.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { houseRoutes } from './routes/house-routes.ts';
import { planRoutes } from './routes/plan-routes.ts';
import { requestRoutes } from './routes/request-routes.ts';
import { runRoutes } from './routes/run-routes.ts';
import { sessionRoutes } from './routes/session-routes.ts';
import { serveConsole } from './serve-console.ts';
import type { ApiServices, Credentials } from './services.ts';
import { createSignIn } from './sign-in.ts';

/** Bytes a request body may have: far more than a message, far less than a nuisance. */
const bodyLimit = 1024 * 1024;

/** The whole HTTP side: REST, events, OpenAPI, health, and the console's files. Listens to nothing yet. */
export async function createServer(
  services: ApiServices,
  credentials: Credentials,
  consoleDirectory: string,
): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit,
    trustProxy: false,
    routerOptions: { maxParamLength: 200 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  installProblems(app, services);
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
  const signIn = createSignIn(credentials);
  await installGuard(app, signIn, services);

  await app.register(async (scope) => {
    const typed = scope.withTypeProvider<ZodTypeProvider>();
    sessionRoutes(typed, services, signIn);
    requestRoutes(typed, services);
    planRoutes(typed, services);
    runRoutes(typed, services);
    houseRoutes(typed, services);
    eventRoutes(typed, services);
    healthRoutes(typed, services);
    typed.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  });
  await serveConsole(app, consoleDirectory);
  return app;
}
