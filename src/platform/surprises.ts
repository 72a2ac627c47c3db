import type { Log } from './log.ts';
import type { Shutdown } from './shutdown.ts';

/**
 * Stops in order after an error that nobody caught: what is in memory can't be trusted any more, but the record can. The error
 * goes to the log, where secrets are hidden; Node alone would print it as it is and leave everything else running.
 *
 * @returns whether that happened.
 */
export function stopOnSurprises(parts: {
  readonly log: Pick<Log, 'error'>;
  readonly shutdown: Pick<Shutdown, 'stop'>;
  readonly newReference: () => string;
  readonly process?: Pick<NodeJS.Process, 'on'>;
}): () => boolean {
  const { log, shutdown, newReference } = parts;
  let surprised = false;
  // Node turns a rejection that nobody handles into this, too.
  (parts.process ?? process).on('uncaughtException', (error: unknown) => {
    surprised = true;
    log.error(
      { reference: newReference(), error },
      'something unexpected happened; Chiffon stops. Start it again: it goes on where it was',
    );
    void shutdown.stop('something unexpected happened');
  });
  return () => surprised;
}
