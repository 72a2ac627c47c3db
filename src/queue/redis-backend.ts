import { getDefaultBackendFactory, Queue, type RedisOptions } from 'bullmq';
import { Redis } from 'ioredis';
import type { Job, JobKind } from '#flow/queue-port.ts';
import type { QueueBackend } from './backend.ts';
import { PatientWorker } from './patient-worker.ts';
import { QueueUnavailable } from './queue-unavailable.ts';
import { redisHealth } from './redis-health.ts';
import { messageOf } from './trouble-report.ts';

const connectLimitMs = 5_000;
const answerLimitMs = 10_000;

/**
 * Keeps jobs in Redis (or Valkey), version 6.2 or newer.
 *
 * @throws QueueUnavailable when the server can't be reached.
 */
export async function openRedisBackend(url: string, prefix: string): Promise<QueueBackend> {
  const address = new URL(url);
  const place = { host: address.hostname || '127.0.0.1', port: address.port || '6379' };
  const name = `Redis at ${place.host}:${place.port}`;
  const patient: RedisOptions = {
    connectTimeout: connectLimitMs,
    // ioredis and BullMQ slow down to 20 s between tries; a restarted server is to be found within a second.
    retryStrategy: (tries) => Math.min(tries * 100, 1_000),
  };
  /** A producer answers "not now" instead of waiting for ever; what it could not add stays in the outbox. */
  const prompt: RedisOptions = { ...patient, maxRetriesPerRequest: 1, commandTimeout: answerLimitMs };

  const probe = new Redis(url, { ...prompt, lazyConnect: true, enableOfflineQueue: true });
  // What failed last says more than the command that then gave up.
  let trouble: unknown;
  probe.on('error', (error: unknown) => (trouble = error));
  try {
    await probe.ping();
  } catch (error) {
    probe.disconnect();
    throw new QueueUnavailable(
      `${name} could not be reached for the job queue: ${messageOf(trouble ?? error)}. Start it, or correct REDIS_URL.`,
      { cause: error },
    );
  }

  return {
    name,
    openQueue: () =>
      new Queue<Job, void, JobKind>('jobs', {
        connection: { url, ...prompt },
        prefix,
        streams: { events: { maxLen: 100 } },
      }),
    openWorker: (processor, options, onClaim) =>
      new PatientWorker(
        'jobs',
        processor,
        { ...options, connection: { url, ...patient, maxRetriesPerRequest: null }, prefix },
        onClaim,
        getDefaultBackendFactory(),
      ),
    health: () => redisHealth(probe, name, `redis-cli -h ${place.host} -p ${place.port}`),
    close: async () => probe.disconnect(),
  };
}
