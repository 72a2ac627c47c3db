import { done, type Result, refuse } from '#core/refusal.ts';
import { secretsOf } from '#platform/config/config.ts';
import { openDataDirectory } from '#platform/data-directory/data-directory.ts';
import { lockDataDirectory } from '#platform/data-directory/lock.ts';
import { hide, type Parts } from './parts.ts';

/**
 * Claims the data directory for this process, and from here on hides every secret the configuration knows.
 *
 * @throws DataDirectoryUnusable with a sentence and a remedy.
 */
export async function claimData(parts: Parts): Promise<Result<void>> {
  const { config, shutdown } = parts;
  await openDataDirectory(config.data);
  const locked = await lockDataDirectory(config.data, config.services);
  if (!locked.ok) {
    const { service, pid } = locked.holder;
    return refuse(
      'in_use',
      `Chiffon already runs on ${config.data} (its ${service} is process ${pid}). Nothing was started. Stop that one, or name another directory with --data DIR.`,
    );
  }
  shutdown.onStop('the lock of the data directory', () => locked.lock.release());
  for (const secret of secretsOf(config)) hide(parts, secret.origin, secret.reveal());
  hidePassword(parts, 'the database password', config.database.url?.reveal());
  hidePassword(parts, 'the database owner’s password', config.database.ownerUrl?.reveal());
  hidePassword(parts, 'the queue password', config.queue.url?.reveal());
  return done(undefined);
}

/** An address is a secret as a whole; the password in it is one by itself too. */
function hidePassword(parts: Parts, name: string, address: string | undefined): void {
  const password = decodeURIComponent(URL.parse(address ?? '')?.password ?? '');
  if (password !== '') hide(parts, name, password);
}
