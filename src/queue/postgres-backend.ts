import {
  createPostgresBackend,
  type PgPool,
  type PostgresConnectionOptions,
  type PostgresQueueBackend,
  Queue,
  runMigrations,
} from 'bullmq';
import pg from 'pg';
import type { Job, JobKind } from '#flow/queue-port.ts';
import type { Health, OpenQueue, QueueBackend } from './backend.ts';
import { PatientWorker } from './patient-worker.ts';
import { QueueUnavailable } from './queue-unavailable.ts';
import { SteadyClient } from './steady-client.ts';
import { messageOf } from './trouble-report.ts';
import { withinTime } from './within-time.ts';

/** BullMQ's tables live in a schema of their own, beside the ledger's. Its name is BullMQ's own default. */
const schema = 'bullmq';
const connectLimitMs = 5_000;
const queryLimitMs = 10_000;
/** How long connections that are still in use may keep the end waiting, in milliseconds. */
const closeLimitMs = 1_000;

/**
 * Keeps jobs in PostgreSQL, version 13 or newer. Creates or updates BullMQ's schema first.
 *
 * @throws QueueUnavailable when the server can't be reached or the schema can't be made.
 */
export async function openPostgresBackend(url: string, prefix: string): Promise<QueueBackend> {
  const { connection, name } = readAddress(url);
  await prepareSchema(connection, name);
  const queueName = `${prefix}-jobs`;
  const pools: pg.Pool[] = [];
  const pool = (max: number): PgPool => {
    const opened = new pg.Pool({ ...connection, max, Client: SteadyClient });
    // An idle connection that breaks is dropped by the pool; there is nothing else to do about it.
    opened.on('error', () => {});
    pools.push(opened);
    // It is one in all but the declared types of its events.
    return opened as unknown as PgPool;
  };

  return {
    name,
    openQueue: () =>
      new Queue<Job, void, JobKind, Job, void, JobKind, PostgresQueueBackend, PostgresConnectionOptions>(
        queueName,
        { connection: pool(4), streams: { events: { maxLen: 100 } } },
        createPostgresBackend,
      ),
    openWorker: (processor, options, onClaim) =>
      new PatientWorker(
        queueName,
        processor,
        // One is taken for good, to listen on.
        { ...options, connection: pool(Math.min(options.concurrency ?? 1, 4) + 2) },
        onClaim,
        createPostgresBackend,
      ),
    health: (queue) => health(queue, name),
    close: async () => {
      const ends = Promise.all(pools.map((one) => one.end()));
      await withinTime(ends, closeLimitMs, `${name} did not answer`).catch(() => {});
    },
  };
}

interface Connection {
  readonly connectionString: string;
  readonly options?: string;
  readonly connectionTimeoutMillis: number;
  readonly query_timeout: number;
  readonly keepAlive: boolean;
}

function readAddress(url: string): { connection: Connection; name: string } {
  const address = new URL(url);
  // An `options` parameter in the address would replace the search path in the same field.
  const serverOptions = address.searchParams.get('options') ?? '';
  address.searchParams.delete('options');
  return {
    connection: {
      connectionString: address.href,
      options: `${serverOptions} -c search_path=${schema}`.trim(),
      connectionTimeoutMillis: connectLimitMs,
      query_timeout: queryLimitMs,
      keepAlive: true,
    },
    name: `PostgreSQL at ${address.hostname || address.searchParams.get('host') || 'localhost'}:${address.port || '5432'}`,
  };
}

async function prepareSchema(connection: Connection, name: string): Promise<void> {
  const client = new pg.Client(connection);
  client.on('error', () => {}); // the query that was under way says the same
  try {
    await client.connect();
    await runMigrations(client, schema);
  } catch (error) {
    const why = messageOf(error);
    throw new QueueUnavailable(
      `The job queue's tables could not be prepared in ${name}: ${why || 'it does not answer'}. The server must be reachable and its user allowed to create the schema "${schema}" (GRANT CREATE ON DATABASE).`,
      { cause: error },
    );
  } finally {
    await client.end();
  }
}

async function health(queue: OpenQueue, name: string): Promise<Health> {
  try {
    const waiting = await withinTime(queue.getWaitingCount(), connectLimitMs, `${name} did not answer`);
    return { ok: true, detail: `${name} answers; jobs waiting: ${waiting}.`, remedy: null };
  } catch (error) {
    const why = error instanceof Error && error.message !== '' ? error.message : 'no answer';
    return {
      ok: false,
      detail: `The job queue in ${name} can't be used: ${why}`,
      remedy: 'Start PostgreSQL, or correct DATABASE_URL. Jobs are delivered as soon as it answers.',
    };
  }
}
