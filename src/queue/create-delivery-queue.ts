import { randomUUID } from 'node:crypto';
import type { DeliveryQueue, Job, QueueWorker } from '#flow/queue-port.ts';
import type { QueueBackend, RecoveryTimes } from './backend.ts';
import { openPostgresBackend } from './postgres-backend.ts';
import { QueueUnavailable } from './queue-unavailable.ts';
import { openRedisBackend } from './redis-backend.ts';
import { startWorker } from './start-worker.ts';
import { createTroubleReport } from './trouble-report.ts';
import { withinTime } from './within-time.ts';

/** How long one call to the backend may take, in milliseconds. */
const callLimitMs = 10_000;
/** How long `close` gives handlers that are still running, in milliseconds. */
const closeGraceMs = 1_000;
/**
 * A dead worker's job is free again after the lock ran out and a check saw it so: at most
 * lockMs + 2 × checkMs, because BullMQ marks in one check and frees in the next. That is 15 s, half of the 30 s that are
 * promised: what takes the job next has to start, and to reach its machine.
 */
const defaultRecovery: RecoveryTimes = { lockMs: 10_000, checkMs: 2_500 };

/**
 * Opens the delivery queue behind an address: `postgres://` or `postgresql://` for BullMQ's PostgreSQL backend, `redis://`
 * or `rediss://` for Redis. Two queues with the same address and prefix are the same queue, also across processes.
 *
 * - The same job added while it waits is one job. Added while it is being worked on, it is delivered once more after that
 *   handler has returned, so nothing that happened after the handler read its row is missed.
 * - A handler that never returns keeps its job, and a repeated one behind it, for as long as its process lives: handlers
 *   need time limits of their own.
 * - A job is deliverable again as soon as its worker is stopped, or within about 15 s after it died.
 *
 * @param options.prefix keeps several installations on one server apart; letters, digits, `-` and `_`.
 * @param options.onTrouble is told in a sentence when the backend is lost, when it is back, and what else went wrong
 *   there; once each, not once a retry.
 * @param options.recovery overrides how soon a dead worker's job is free again.
 * @throws QueueUnavailable when the address is of another kind or the backend can't be reached or prepared.
 */
export async function createDeliveryQueue(options: {
  readonly url: string;
  readonly prefix?: string;
  readonly onTrouble?: (sentence: string) => void;
  readonly recovery?: RecoveryTimes;
}): Promise<DeliveryQueue> {
  const prefix = options.prefix ?? 'chiffon';
  if (!/^[a-z0-9_-]+$/i.test(prefix)) {
    throw new Error(`The queue prefix "${prefix}" may hold letters, digits, "-" and "_" only.`);
  }
  const backend = await openBackend(options.url, prefix);
  const trouble = createTroubleReport(backend.name, options.onTrouble ?? (() => {}));
  const queue = backend.openQueue();
  queue.on('error', trouble.failed);
  const workers = new Set<QueueWorker>();

  return {
    async add(job: Job): Promise<void> {
      const adding = queue.add(
        job.kind,
        { kind: job.kind, id: job.id },
        {
          // The id of the delivery, not of the job: it is never reused, so a wiped and refilled backend can't confuse an
          // old delivery with a new one. What makes the same job one job is the deduplication below.
          jobId: randomUUID(),
          deduplication: { id: `${job.kind} ${job.id}`, keepLastIfActive: true },
          removeOnComplete: true,
          removeOnFail: true,
        },
      );
      await withinTime(adding, callLimitMs, `${backend.name} did not answer when a job was added`);
      trouble.worked();
    },

    async work(options_) {
      const worker = await startWorker(backend, trouble, options.recovery ?? defaultRecovery, options_);
      workers.add(worker);
      return {
        async stop(graceMs) {
          await worker.stop(graceMs);
          workers.delete(worker);
        },
      };
    },

    health: () => backend.health(queue),

    async close() {
      await Promise.all([...workers].map((worker) => worker.stop(closeGraceMs)));
      // A connection that can't say goodbye, because the other side is gone, is cut.
      await withinTime(queue.close(), closeGraceMs, `${backend.name} did not answer`).catch(() =>
        queue.disconnect(),
      );
      await backend.close();
    },
  };
}

function openBackend(url: string, prefix: string): Promise<QueueBackend> {
  const scheme = url.slice(0, Math.max(0, url.indexOf(':'))).toLowerCase();
  if (scheme === 'postgres' || scheme === 'postgresql') return openPostgresBackend(url, prefix);
  if (scheme === 'redis' || scheme === 'rediss') return openRedisBackend(url, prefix);
  throw new QueueUnavailable(
    `The queue's address starts with "${scheme}:", but jobs can be kept in PostgreSQL (postgres://…) or Redis (redis://… or rediss://…) only. Set DATABASE_URL or REDIS_URL to one of these.`,
  );
}
