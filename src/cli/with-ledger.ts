import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ledger } from '#flow/ledger-port.ts';
import { startEmbeddedPostgres } from '#ledger/embedded-postgres.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import type { Config } from '#platform/config/config.ts';
import { openDataDirectory } from '#platform/data-directory/data-directory.ts';
import { createLog } from '#platform/log.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';

/**
 * Opens the record for one command and closes it again. A database that Chiffon itself uses keeps running. Null when no
 * database is named and none was ever made in the data directory: a question makes none.
 *
 * @throws DataDirectoryUnusable, EmbeddedPostgresProblem or LedgerUnavailable, each with a sentence and a remedy.
 */
export async function withLedger<T>(config: Config, work: (ledger: Ledger) => Promise<T>): Promise<T | null> {
  const log = createLog({ level: 'warn', pretty: true, redactor: createRedactor() });
  const stops: (() => Promise<void>)[] = [];
  try {
    let url = config.database.url?.reveal() ?? null;
    let ownerUrl = config.database.ownerUrl?.reveal() ?? null;
    if (url === null) {
      const directory = join(config.data, 'postgres');
      if (!(await exists(directory))) return null;
      await openDataDirectory(config.data);
      const database = await startEmbeddedPostgres({ directory, log });
      stops.push(() => database.stop());
      url = database.loginUrl;
      ownerUrl = database.url;
    }
    const ledger = await createPostgresLedger({
      url,
      ownerUrl,
      applicationName: 'chiffon command',
      trail: config.gitTrail.enabled ? config.gitTrail : null,
    });
    stops.push(() => ledger.close());
    return await work(ledger);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** What can't even be looked at counts as there: opening it says why. */
async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}
