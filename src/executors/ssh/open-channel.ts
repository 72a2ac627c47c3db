import type { ClientChannel } from 'ssh2';

/**
 * A channel, unless the signal aborts first; one that opens too late is closed.
 *
 * @throws the reason of the signal; what `opening` throws.
 */
export async function openUnless(
  signal: AbortSignal,
  opening: Promise<ClientChannel>,
): Promise<ClientChannel> {
  const letGo = Promise.withResolvers<never>();
  const abort = () => letGo.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([letGo.promise, opening]);
  } catch (error) {
    opening.then(
      (late) => late.close(),
      () => {},
    );
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
