import type { FlowLog } from '#flow/log-port.ts';

/** How long the watcher may take to answer, in milliseconds. */
const patienceMs = 10_000;

/**
 * A sign of life for something outside, such as a push monitor of Uptime Kuma: the address is fetched regularly while
 * everything Chiffon needs works. When it does not, nothing is sent, and the watcher calls. Answers how to stop.
 */
export function startHeartbeat(
  deps: {
    readonly log: FlowLog;
    /** Whether everything Chiffon can't do without works. */
    readonly healthy: () => Promise<boolean>;
  },
  at: { readonly url: string; readonly everySeconds: number },
): () => Promise<void> {
  const stopping = new AbortController();
  let failing = false;

  const beat = async (): Promise<void> => {
    try {
      if (!(await deps.healthy())) return;
      const response = await fetch(at.url, {
        redirect: 'error',
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(patienceMs)]),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`the watcher answered ${response.status}`);
      failing = false;
    } catch (error) {
      if (stopping.signal.aborted) return;
      // Said once: the watcher is the one who raises the alarm.
      if (!failing)
        deps.log.warn({ reason: reasonOf(error) }, 'the sign of life did not reach whoever watches');
      failing = true;
    }
  };

  let beating = beat();
  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, at.everySeconds * 1000);
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await beating;
  };
}

/** What went wrong, without the address: it is a secret. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = (error.cause ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : error.name === 'Error' ? error.message : error.name;
}
