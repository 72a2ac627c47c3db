import { setTimeout as delay } from 'node:timers/promises';
import { WaitingError } from 'bullmq';
import type { DeliveryQueue, Job, QueueWorker } from '#flow/queue-port.ts';
import type { Delivery, QueueBackend, RecoveryTimes } from './backend.ts';
import type { TroubleReport } from './trouble-report.ts';
import { withinTime } from './within-time.ts';

type WorkOptions = Parameters<DeliveryQueue['work']>[0];

/** A job that killed its worker is delivered again as often as it takes; the sweeper and its row decide when it is enough. */
const asOftenAsItTakes = 1_000_000;
/** How long a worker that can't reach the backend waits before it tries again, in milliseconds. */
const retryMs = 1_000;
/** How long a worker may take to connect, in milliseconds. */
const readyLimitMs = 10_000;

/**
 * Starts a worker. Stopping it hands running jobs back shortly before the grace ends, so that another worker takes them at
 * once and need not wait for the lock to run out.
 *
 * @throws Error when the backend can't be reached.
 */
export async function startWorker(
  backend: QueueBackend,
  trouble: TroubleReport,
  recovery: RecoveryTimes,
  { concurrency, handle, onError }: WorkOptions,
): Promise<QueueWorker> {
  let stopping = false;
  const outOfTime = Promise.withResolvers<'out of time'>();

  async function deliver(delivery: Delivery<Job, void>, token?: string): Promise<void> {
    // BullMQ may fetch one more job while it closes.
    if (stopping) return handBack(delivery, token);
    const job: Job = { kind: delivery.data.kind, id: delivery.data.id };
    const handled = Promise.resolve(job)
      .then(handle)
      .catch((error: unknown) => onError(job, error))
      .then(() => 'handled' as const);
    if ((await Promise.race([handled, outOfTime.promise])) === 'out of time') await handBack(delivery, token);
  }

  async function handBack(delivery: Delivery<Job, void>, token: string | undefined): Promise<never> {
    await delivery.moveToWait(token).catch(trouble.failed);
    // BullMQ's word for "this job is no longer mine to end". It is also said when the job could not be moved: then its lock
    // runs out and it is free again, where any other error would drop it.
    throw new WaitingError();
  }

  const worker = backend.openWorker(
    deliver,
    {
      concurrency,
      lockDuration: recovery.lockMs,
      stalledInterval: recovery.checkMs,
      maxStalledCount: asOftenAsItTakes,
      runRetryDelay: retryMs,
    },
    trouble.worked,
  );
  // After the stop, errors only say that connections were cut on purpose.
  worker.on('error', (error) => {
    if (!stopping) trouble.failed(error);
  });
  try {
    await withinTime(
      worker.waitUntilReady(),
      readyLimitMs,
      `${backend.name} did not answer when a worker started`,
    );
  } catch (error) {
    stopping = true;
    void worker.disconnect().catch(trouble.failed);
    throw error;
  }

  let stopped: Promise<void> | undefined;
  async function stop(graceMs: number): Promise<void> {
    stopping = true;
    const closing = worker.close();
    const handingBack = setTimeout(
      () => outOfTime.resolve('out of time'),
      graceMs - Math.min(1_000, graceMs / 2),
    );
    const grace = new AbortController();
    const late = delay(graceMs, 'late', { signal: grace.signal }).catch(() => 'ended');
    const ended = await Promise.race([closing, late]);
    clearTimeout(handingBack);
    grace.abort();
    // The backend didn't even take the jobs back; cut the connections and let the locks run out.
    if (ended === 'late') void worker.disconnect().catch(trouble.failed);
  }
  return { stop: (graceMs) => (stopped ??= stop(graceMs)) };
}
