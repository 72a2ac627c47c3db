import type { Ledger } from './ledger-port.ts';
import type { FlowLog } from './log-port.ts';
import type { DeliveryQueue } from './queue-port.ts';

/** Jobs moved in one go. */
const batch = 100;

/**
 * Moves the outbox to the queue: at once when something was committed, and every few seconds in case a notice was
 * lost. Brings back jobs whose queue entry got lost (`sweepAfterSeconds`): the rows are the truth, the queue may be
 * wiped at any moment. Answers how to stop.
 */
export async function deliverOutbox(
  deps: { readonly ledger: Ledger; readonly queue: DeliveryQueue; readonly log: FlowLog },
  timing: { readonly everySeconds: number; readonly sweepAfterSeconds: number },
): Promise<() => Promise<void>> {
  const { ledger, queue, log } = deps;
  let wanted = false;
  let current: Promise<void> | null = null;
  let stopped = false;

  const drain = async (): Promise<void> => {
    while (wanted && !stopped) {
      wanted = false;
      try {
        let moved = batch;
        while (moved === batch && !stopped) moved = await ledger.drainOutbox((job) => queue.add(job), batch);
      } catch (error) {
        log.warn({ error }, 'the outbox could not be delivered; trying again shortly');
      }
    }
    current = null;
  };
  const wake = (): void => {
    wanted = true;
    if (!stopped) current ??= drain();
  };
  let sweeping: Promise<void> | null = null;
  const lookForStranded = async (): Promise<void> => {
    try {
      for (const job of await ledger.strandedJobs(timing.sweepAfterSeconds)) {
        if (stopped) break;
        await queue.add(job);
      }
    } catch (error) {
      log.warn({ error }, 'stranded work could not be looked for; trying again shortly');
    }
    sweeping = null;
  };
  // One look at a time: a slow queue isn't asked again and again for the same.
  const sweep = (): Promise<void> => (sweeping ??= lookForStranded());

  const unlisten = await ledger.listen({ outbox: wake });
  const timer = setInterval(() => {
    wake();
    void sweep();
  }, timing.everySeconds * 1000);
  wake();
  await sweep();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await unlisten();
    await current;
    await sweeping;
  };
}
