import { rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from '#api/create-server.ts';
import { describeHouse } from '#assembly/describe-house.ts';
import { openPlanner, sandboxName } from '#assembly/open-planner.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import type { HostAddress } from '#executors/host-address.ts';
import { startSandboxHost } from '#executors/ssh/sandbox/start-sandbox-host.ts';
import { deliverOutbox } from '#flow/deliver-outbox.ts';
import { examineHouse } from '#flow/examine-house.ts';
import type { StepExecutor } from '#flow/executor-port.ts';
import { createHouse } from '#flow/house.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import { lookAtHost } from '#flow/look-at-host.ts';
import { parkOverduePlans } from '#flow/park-overdue-plans.ts';
import { startEmbeddedPostgres } from '#ledger/embedded-postgres.ts';
import { LedgerUnavailable } from '#ledger/ledger-unavailable.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { startPersonas } from '#personas/start-personas.ts';
import { renderServiceScript } from '#planning/composing/service-files.ts';
import { type Config, secretsOf } from '#platform/config/config.ts';
import { formatMistakes } from '#platform/config/mistake.ts';
import { keptSecret, openDataDirectory } from '#platform/data-directory/data-directory.ts';
import { lockDataDirectory } from '#platform/data-directory/lock.ts';
import type { Log } from '#platform/log.ts';
import type { Redactor } from '#platform/redaction/redactor.ts';
import { newReference } from '#platform/reference.ts';
import type { Shutdown } from '#platform/shutdown.ts';
import { systemClock } from '#platform/system-clock.ts';
import { judgeCommand } from '#policy/shell/judge-command.ts';
import { createDeliveryQueue } from '#queue/create-delivery-queue.ts';
import packageJson from '../package.json' with { type: 'json' };

/** How long a worker that fell silent keeps an attempt, in seconds. */
const leaseSeconds = 10;
/** How often lost work is looked for, and how long it must have been lost, in seconds. */
const sweepEverySeconds = 3;
const strandedAfterSeconds = 5;
/** How often unanswered proposals are looked for, in milliseconds. */
const parkEveryMs = 60_000;
/** How often the machines are looked at without being asked, in milliseconds. */
const lookEveryMs = 600_000;
/** How long running work gets to be written down at the end, in milliseconds. */
const drainMs = 15_000;

export interface Started {
  /** Where the console and the API answer; null when this process serves neither. */
  readonly url: string | null;
  /** The owner's token when it was made just now; shown once. */
  readonly freshToken: string | null;
}

/**
 * Builds Chiffon from its configuration and starts the chosen services. What was started is stopped through
 * `shutdown`, in reverse order, also when a later part can't start.
 */
export async function startChiffon(given: {
  readonly config: Config;
  readonly file: string | null;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly shutdown: Shutdown;
}): Promise<Result<Started>> {
  const { config, log, redactor, shutdown } = given;
  const runs = (service: Config['services'][number]): boolean => config.services.includes(service);

  // What can be wrong is found before anything is started.
  const catalog = openPlanner(config);
  if (!catalog.ok)
    return refuse(
      'usage',
      `The catalog has mistakes; nothing was started.\n\n${formatMistakes(catalog.mistakes)}`,
    );
  const { planner } = catalog;
  await openDataDirectory(config.data);
  const locked = await lockDataDirectory(config.data, config.services);
  if (!locked.ok) {
    return refuse(
      'in_use',
      `Chiffon already runs on ${config.data} (its ${locked.holder.service} is process ${locked.holder.pid}). Nothing was started. Stop that one, or name another directory with --data DIR.`,
    );
  }
  shutdown.onStop('the lock of the data directory', () => locked.lock.release());
  const hide = (name: string, value: string): void => {
    const hidden = redactor.register(name, value);
    if (!hidden.ok) log.warn({}, hidden.reason);
  };
  for (const secret of secretsOf(config)) hide(secret.origin, secret.reveal());
  for (const [name, address] of [
    ['the database password', config.database.url],
    ['the queue password', config.queue.url],
  ] as const) {
    const password = address === null ? '' : decodeURIComponent(URL.parse(address.reveal())?.password ?? '');
    if (password !== '') hide(name, password);
  }

  // The record and the queue.
  const databaseUrl = config.database.url?.reveal() ?? (await embeddedDatabase(config, log, shutdown));
  const opened = await openLedger(databaseUrl, config);
  if (!opened.ok) return opened;
  const ledger = opened.value;
  shutdown.onStop('the ledger', () => ledger.close());
  const queue = await createDeliveryQueue({
    url: config.queue.url?.reveal() ?? databaseUrl,
    onTrouble: (sentence) => log.warn({}, sentence),
  });
  shutdown.onStop('the queue', () => queue.close());

  const house = createHouse(config.people);
  const hosts = runs('worker') ? await reachableHosts(config, log, shutdown) : [];
  const executor = runs('worker')
    ? createStepExecutor({ hosts, knownHostsFile: config.knownHostsFile, judge: judgeCommand })
    : null;
  if (executor !== null) shutdown.onStop('the connections to the machines', () => executor.close());

  // The hands.
  if (executor !== null) {
    const deps = { ledger, planner, executor, clock: systemClock, redaction: redactor, log, leaseSeconds };
    const personas = await startPersonas(
      { ...deps, worker: `${hostname()}-${process.pid}`, answerWithinHours: config.policy.answerWithinHours },
      queue,
      { concurrency: config.limits.workers, newReference },
    );
    shutdown.onStop('the personas', () => personas.stop(drainMs));
    shutdown.onStop(
      'the look at the machines',
      lookRegularly(
        { ledger, executor, log },
        hosts.map(({ name }) => name),
      ),
    );
  }
  const stopDelivery = await deliverOutbox(
    { ledger, queue, log },
    { everySeconds: sweepEverySeconds, sweepAfterSeconds: strandedAfterSeconds },
  );
  shutdown.onStop('the outbox', stopDelivery);
  if (runs('bot')) shutdown.onStop('the reminder of open proposals', parkRegularly(ledger, log));

  // The door.
  let url: string | null = null;
  let freshToken: string | null = null;
  if (runs('api')) {
    const token =
      config.console.token === null
        ? await keptSecret(join(config.data, 'token'), 24)
        : { value: config.console.token.reveal(), fresh: false };
    const sessionKey = await keptSecret(join(config.data, 'session.key'), 32);
    hide('the owner’s token', token.value);
    hide('the session key', sessionKey.value);
    const machines = describeHouse.machines(config);
    const services = {
      ledger,
      planner,
      house,
      log,
      executor,
      machines,
      newReference,
      clock: systemClock,
      version: packageJson.version,
      settings: () => describeHouse.settings(config, given.file, packageJson.version),
      doctor: () =>
        examineHouse({ ledger, queue, executor, hosts: machines.map(({ name }) => name), known: [] }),
      examples: () => describeHouse.examples(ledger),
    };
    const server = await createServer(
      services,
      { tokens: describeHouse.tokens(config, token.value), sessionKey: Buffer.from(sessionKey.value) },
      consoleDirectory,
    );
    shutdown.onStop('the console', () => server.close());
    const listening = await listen(server, config.console);
    if (!listening.ok) return listening;
    url = listening.value;
    await announceAddress(config.data, url, shutdown);
    if (token.fresh) freshToken = token.value;
  }
  await ledger.transact((tx) =>
    tx.append({
      stream: 'system',
      kind: 'system.started',
      actor: 'chiffon',
      summary: `Chiffon ${packageJson.version} started: ${config.services.join(', ')}.`,
    }),
  );
  return done({ url, freshToken });
}

const consoleDirectory = fileURLToPath(new URL('../dist/console', import.meta.url));

/** Starts (or finds running) the PostgreSQL in the data directory. The last process of the directory stops it. */
async function embeddedDatabase(config: Config, log: Log, shutdown: Shutdown): Promise<string> {
  const database = await startEmbeddedPostgres({ directory: join(config.data, 'postgres'), log });
  shutdown.onStop('the embedded database', () => database.stop());
  return database.url;
}

async function openLedger(url: string, config: Config): Promise<Result<Ledger>> {
  try {
    return done(await createPostgresLedger({ url, applicationName: `chiffon ${config.services.join('+')}` }));
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error;
    const which =
      config.database.url === null ? 'embedded database' : `database named by ${config.database.url.origin}`;
    return refuse(
      'database',
      `The ${which} does not answer. Nothing was started. See that it runs and that its address (DATABASE_URL) is right, or start without one to use the embedded database.`,
    );
  }
}

/** The configured machines; without any, a sandbox on the loopback that is a real SSH server. */
async function reachableHosts(config: Config, log: Log, shutdown: Shutdown): Promise<readonly HostAddress[]> {
  if (config.hosts.length > 0) return config.hosts.map(describeHouse.address);
  const sandbox = await startSandboxHost({
    directory: join(config.data, sandboxName),
    knownHostsFile: config.knownHostsFile,
    log: (message, fields) => log.info(fields ?? {}, message),
    demoWeb: renderServiceScript,
  });
  shutdown.onStop('the sandbox host', () => sandbox.stop());
  return [sandbox.host];
}

/** Looks at every machine now and then, so that the pages and the words people use know what is there. */
function lookRegularly(
  deps: { readonly ledger: Ledger; readonly executor: StepExecutor; readonly log: Log },
  hosts: readonly string[],
): () => Promise<void> {
  const look = async (): Promise<void> => {
    for (const host of hosts) {
      await lookAtHost(deps, host, 'chiffon').catch((error: unknown) =>
        deps.log.warn({ host, error }, 'a machine could not be looked at'),
      );
    }
  };
  let looking = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, lookEveryMs);
  return async () => {
    clearInterval(timer);
    await looking;
  };
}

/** Leaves the address where `chiffon chat` finds it. */
async function announceAddress(directory: string, url: string, shutdown: Shutdown): Promise<void> {
  const file = join(directory, 'address');
  await writeFile(file, `${url}\n`);
  shutdown.onStop('the address file', () => rm(file, { force: true }));
}

function parkRegularly(ledger: Ledger, log: Log): () => Promise<void> {
  const timer = setInterval(() => {
    parkOverduePlans({ ledger }).catch((error: unknown) =>
      log.warn({ error }, 'open proposals could not be looked through; trying again'),
    );
  }, parkEveryMs);
  return async () => clearInterval(timer);
}

async function listen(
  server: { listen(at: { host: string; port: number }): Promise<string> },
  at: { readonly host: string; readonly port: number },
): Promise<Result<string>> {
  try {
    const address = await server.listen({ host: at.host, port: at.port });
    return done(address.replace('[::1]', '127.0.0.1'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      EADDRINUSE: `Port ${at.port} on ${at.host} is taken by another program. Nothing was started. Name another one with --port N (0 takes any free one).`,
      EACCES: `This user may not listen on port ${at.port}. Nothing was started. Name one above 1023 with --port N.`,
      EADDRNOTAVAIL: `${at.host} is not an address of this machine. Nothing was started. Correct console.host in the configuration.`,
    };
    const reason = reasons[code ?? ''];
    if (reason === undefined) throw error;
    return refuse('port', reason);
  }
}
