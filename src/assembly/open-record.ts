import { join } from 'node:path';
import { done, type Result, refuse } from '#core/refusal.ts';
import { ledgerWithoutSecrets } from '#flow/ledger-without-secrets.ts';
import type { DeliveryQueue } from '#flow/queue-port.ts';
import type { DatabaseAddress } from '#ledger/connections.ts';
import { DatabaseUnusable } from '#ledger/database-unusable.ts';
import { startEmbeddedPostgres } from '#ledger/embedded-postgres.ts';
import { LedgerUnavailable } from '#ledger/ledger-unavailable.ts';
import { createPostgresLedger, type PostgresLedger } from '#ledger/postgres-ledger.ts';
import type { Config } from '#platform/config/config.ts';
import { createDeliveryQueue } from '#queue/create-delivery-queue.ts';
import { QueueUnavailable } from '#queue/queue-unavailable.ts';
import type { Parts } from './parts.ts';

/** Opens the ledger and the queue: on the servers the configuration names, else on an embedded PostgreSQL. */
export async function openRecord(
  parts: Parts,
): Promise<Result<{ readonly ledger: PostgresLedger; readonly queue: DeliveryQueue }>> {
  const { config, shutdown } = parts;
  const database = namedDatabase(config) ?? (await embeddedDatabase(parts));
  const opened = await openLedger(database, config);
  if (!opened.ok) return opened;
  const ledger = ledgerWithoutSecrets(opened.value, parts.redactor);
  shutdown.onStop('the ledger', () => ledger.close());
  const queue = await openQueue(parts, config.queue.url?.reveal() ?? database.ownerUrl ?? database.url);
  return queue.ok ? done({ ledger, queue: queue.value }) : queue;
}

/** Opens the queue. One that would forget what it accepted is refused: better said now than found out one day. */
async function openQueue({ log, shutdown }: Parts, url: string): Promise<Result<DeliveryQueue>> {
  try {
    const queue = await createDeliveryQueue({ url, onTrouble: (sentence) => log.warn({}, sentence) });
    shutdown.onStop('the queue', () => queue.close());
    const { ok, detail, remedy } = await queue.health();
    return ok ? done(queue) : refuse('queue', `${detail} Nothing was started. What helps: ${remedy}`);
  } catch (error) {
    if (!(error instanceof QueueUnavailable)) throw error;
    return refuse('queue', `${error.message} Nothing was started.`);
  }
}

/** The database that the configuration names; null when it names none. */
function namedDatabase({ database }: Config): DatabaseAddress | null {
  if (database.url === null) return null;
  return { url: database.url.reveal(), ownerUrl: database.ownerUrl?.reveal() ?? null };
}

/** Starts (or finds running) the PostgreSQL in the data directory. The last process that uses it stops it. */
async function embeddedDatabase({ config, log, shutdown }: Parts): Promise<DatabaseAddress> {
  const database = await startEmbeddedPostgres({ directory: join(config.data, 'postgres'), log });
  shutdown.onStop('the embedded database', () => database.stop());
  return { url: database.loginUrl, ownerUrl: database.url };
}

async function openLedger(database: DatabaseAddress, config: Config): Promise<Result<PostgresLedger>> {
  try {
    return done(
      await createPostgresLedger({
        ...database,
        applicationName: `chiffon ${config.services.join('+')}`,
        trail: config.gitTrail.enabled ? config.gitTrail : null,
      }),
    );
  } catch (error) {
    if (error instanceof DatabaseUnusable) return refuse('database', `${error.message} Nothing was started.`);
    if (!(error instanceof LedgerUnavailable)) throw error;
    const { url: named } = config.database;
    return refuse(
      'database',
      named === null
        ? `The embedded database in ${join(config.data, 'postgres')} does not answer. Nothing was started. Start again; if it says the same, its own log in that folder says why.`
        : `The database named by ${named.origin} does not answer. Nothing was started. See that it runs and that its address (DATABASE_URL) is right, or start without one to use the embedded database.`,
    );
  }
}
