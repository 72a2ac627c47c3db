import { join } from 'node:path';
import { done, type Result, refuse } from '#core/refusal.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import type { DeliveryQueue } from '#flow/queue-port.ts';
import { startEmbeddedPostgres } from '#ledger/embedded-postgres.ts';
import { LedgerUnavailable } from '#ledger/ledger-unavailable.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import type { Config } from '#platform/config/config.ts';
import { createDeliveryQueue } from '#queue/create-delivery-queue.ts';
import type { Parts } from './parts.ts';

/** Opens the ledger and the queue: on the servers the configuration names, else on an embedded PostgreSQL. */
export async function openRecord(
  parts: Parts,
): Promise<Result<{ readonly ledger: Ledger; readonly queue: DeliveryQueue }>> {
  const { config, log, shutdown } = parts;
  const url = config.database.url?.reveal() ?? (await embeddedDatabase(parts));
  const opened = await openLedger(url, config);
  if (!opened.ok) return opened;
  const ledger = opened.value;
  shutdown.onStop('the ledger', () => ledger.close());
  const queue = await createDeliveryQueue({
    url: config.queue.url?.reveal() ?? url,
    onTrouble: (sentence) => log.warn({}, sentence),
  });
  shutdown.onStop('the queue', () => queue.close());
  return done({ ledger, queue });
}

/** Starts (or finds running) the PostgreSQL in the data directory. The last process that uses it stops it. */
async function embeddedDatabase({ config, log, shutdown }: Parts): Promise<string> {
  const database = await startEmbeddedPostgres({ directory: join(config.data, 'postgres'), log });
  shutdown.onStop('the embedded database', () => database.stop());
  return database.url;
}

async function openLedger(url: string, config: Config): Promise<Result<Ledger>> {
  try {
    return done(await createPostgresLedger({ url, applicationName: `chiffon ${config.services.join('+')}` }));
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error;
    const { url: named } = config.database;
    const which = named === null ? 'embedded database' : `database named by ${named.origin}`;
    return refuse(
      'database',
      `The ${which} does not answer. Nothing was started. See that it runs and that its address (DATABASE_URL) is right, or start without one to use the embedded database.`,
    );
  }
}
