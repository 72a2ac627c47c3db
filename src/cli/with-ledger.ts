import { join } from 'node:path';
import type { Ledger } from '#flow/ledger-port.ts';
import { startEmbeddedPostgres } from '#ledger/embedded-postgres.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import type { Config } from '#platform/config/config.ts';
import { openDataDirectory } from '#platform/data-directory/data-directory.ts';
import { createLog } from '#platform/log.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';

/**
 * Opens the record for one command and closes it again. A database that Chiffon itself uses keeps running.
 */
export async function withLedger<T>(config: Config, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const log = createLog({ level: 'warn', pretty: true, redactor: createRedactor() });
  const stops: (() => Promise<void>)[] = [];
  try {
    let url = config.database.url?.reveal() ?? null;
    if (url === null) {
      await openDataDirectory(config.data);
      const database = await startEmbeddedPostgres({ directory: join(config.data, 'postgres'), log });
      stops.push(() => database.stop());
      url = database.url;
    }
    const ledger = await createPostgresLedger({ url, applicationName: 'chiffon command' });
    stops.push(() => ledger.close());
    return await work(ledger);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}
