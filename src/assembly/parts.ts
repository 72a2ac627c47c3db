import type { Config } from '#platform/config/config.ts';
import type { Log } from '#platform/log.ts';
import type { Redactor } from '#platform/redaction/redactor.ts';
import type { Shutdown } from '#platform/shutdown.ts';

/** What Chiffon is built from. Whatever is acquired on the way pushes its release onto `shutdown`. */
export interface Parts {
  readonly config: Config;
  /** The configuration file, for the settings page; null when the defaults are in force. */
  readonly file: string | null;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly shutdown: Shutdown;
}

/** Whether this process was asked to run a service. */
export function runs(config: Config, service: Config['services'][number]): boolean {
  return config.services.includes(service);
}

/** Makes the redactor hide a secret; one too short to be told from ordinary words is warned about. */
export function hide({ redactor, log }: Parts, name: string, secret: string): void {
  const hidden = redactor.register(name, secret);
  if (!hidden.ok) log.warn({}, hidden.reason);
}
