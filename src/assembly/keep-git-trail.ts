import type { PostgresLedger } from '#ledger/postgres-ledger.ts';
import { requestPage } from '#platform/addresses.ts';
import type { Parts } from './parts.ts';

/** Keeps the git trail beside the ledger, where it is switched on. Trouble with git holds up nothing. */
export async function keepGitTrail(parts: Parts, ledger: PostgresLedger): Promise<void> {
  const { config, log, redactor, shutdown } = parts;
  if (!config.gitTrail.enabled) return;
  const pageOf = (request: number): string | null => requestPage(config.console.publicUrl, request);
  shutdown.onStop('the git trail', await ledger.keepTrail({ redaction: redactor, pageOf, log }));
}
