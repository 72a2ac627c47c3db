/**
 * What the delivery queue costs on top of BullMQ: jobs a second and the time from `add` to the handler's start, each beside raw BullMQ
 * on the same server with the same concurrency and durability.
 *
 *     node bench/subjects/queue.ts                          an embedded PostgreSQL, and redis-server when it is installed
 *     node bench/subjects/queue.ts postgres://… redis://…   servers of your own
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgresBackend, Queue, Worker } from 'bullmq';
import type { Job } from '#flow/queue-port.ts';
import { startEmbeddedPostgres } from '#ledger/embedded-postgres.ts';
import { createDeliveryQueue } from '#queue/create-delivery-queue.ts';
import { type Measure, report } from '../measure.ts';

const jobs = 2_000;
const concurrency = 8;
const producers = 16;
const latencySamples = 200;

/** The least that both sides of the comparison can do. */
interface Contender {
  add(id: string): Promise<unknown>;
  work(onStart: (id: string) => void): Promise<void>;
  close(): Promise<void>;
}

async function chiffon(url: string, prefix: string): Promise<Contender> {
  const queue = await createDeliveryQueue({ url, prefix });
  return {
    add: (id) => queue.add({ kind: 'task', id }),
    async work(onStart) {
      await queue.work({ concurrency, handle: async (job) => onStart(job.id), onError: () => {} });
    },
    close: () => queue.close(),
  };
}

async function bullmq(url: string, prefix: string): Promise<Contender> {
  const postgres = url.startsWith('postgres');
  const kept = { removeOnComplete: true, removeOnFail: true };
  const queue = postgres
    ? new Queue<Job>(
        prefix,
        { connection: { connectionString: url, max: 4, migrate: true } } as never,
        createPostgresBackend as never,
      )
    : new Queue<Job>(prefix, { connection: { url } });
  await queue.waitUntilReady();
  let worker: { close(): Promise<void> } | undefined;
  return {
    add: (id) => queue.add('task', { kind: 'task', id }, { jobId: `task-${id}`, ...kept }),
    async work(onStart) {
      const handle = async (job: { data: Job }) => onStart(job.data.id);
      const started = postgres
        ? new Worker<Job>(
            prefix,
            handle,
            { connection: { connectionString: url, max: 5 }, concurrency } as never,
            createPostgresBackend as never,
          )
        : new Worker<Job>(prefix, handle, { connection: { url, maxRetriesPerRequest: null }, concurrency });
      worker = started;
      await started.waitUntilReady();
    },
    async close() {
      await worker?.close();
      await queue.close();
    },
  };
}

interface Figures {
  readonly addsPerSecond: number;
  readonly jobsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

async function measure(contender: Contender): Promise<Figures> {
  const started = new Map<string, () => void>();
  const start = (id: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    started.set(id, resolve);
    return promise;
  };
  try {
    const all = Array.from({ length: jobs }, (_, i) => start(`bulk${i}`));
    let next = 0;
    const addAll = async () => {
      while (next < jobs) await contender.add(`bulk${next++}`);
    };
    const addingSince = performance.now();
    await Promise.all(Array.from({ length: producers }, addAll));
    const addsPerSecond = (jobs / (performance.now() - addingSince)) * 1_000;

    const workingSince = performance.now();
    await contender.work((id) => started.get(id)?.());
    await Promise.all(all);
    const jobsPerSecond = (jobs / (performance.now() - workingSince)) * 1_000;

    const delays: number[] = [];
    for (let i = 0; i < latencySamples; i += 1) {
      const running = start(`one${i}`);
      const since = performance.now();
      await contender.add(`one${i}`);
      await running;
      delays.push(performance.now() - since);
    }
    delays.sort((a, b) => a - b);
    const at = (share: number) => delays[Math.floor(delays.length * share)] ?? 0;
    return { addsPerSecond, jobsPerSecond, p50: at(0.5), p99: at(0.99) };
  } finally {
    await contender.close();
  }
}

async function compare(name: string, url: string): Promise<readonly Measure[]> {
  const stamp = Date.now().toString(36);
  const open = [bullmq, chiffon];
  const best = new Map<(typeof open)[number], Figures>();
  // Taken in turns, best of three, so that a busy machine treats both alike.
  for (let round = 0; round < 3; round += 1) {
    for (const contend of open) {
      const figures = await measure(await contend(url, `bench-${contend.name}-${stamp}${round}`));
      const soFar = best.get(contend);
      best.set(contend, {
        addsPerSecond: Math.max(figures.addsPerSecond, soFar?.addsPerSecond ?? 0),
        jobsPerSecond: Math.max(figures.jobsPerSecond, soFar?.jobsPerSecond ?? 0),
        p50: Math.min(figures.p50, soFar?.p50 ?? Number.POSITIVE_INFINITY),
        p99: Math.min(figures.p99, soFar?.p99 ?? Number.POSITIVE_INFINITY),
      });
    }
  }
  const raw = best.get(bullmq);
  const own = best.get(chiffon);
  if (!raw || !own) throw new Error('nothing was measured');
  const beside = (key: keyof Figures) => ({
    ours: own[key],
    peer: { name: 'raw BullMQ', value: raw[key] },
  });
  const half = (key: 'addsPerSecond' | 'jobsPerSecond') => ({
    words: 'at least half of raw BullMQ',
    met: own[key] >= raw[key] / 2,
  });
  return [
    {
      what: `${name}: adds, ${producers} at once`,
      unit: 'adds/s',
      ...beside('addsPerSecond'),
      goal: half('addsPerSecond'),
    },
    {
      what: `${name}: jobs, concurrency ${concurrency}`,
      unit: 'jobs/s',
      ...beside('jobsPerSecond'),
      goal: half('jobsPerSecond'),
    },
    { what: `${name}: add to start, p50`, unit: 'ms', ...beside('p50') },
    { what: `${name}: add to start, p99`, unit: 'ms', ...beside('p99') },
  ];
}

async function startRedis(directory: string): Promise<{ url: string; child: ChildProcess }> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  probe.close();
  await once(probe, 'close');
  const options = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    directory,
    '--save',
    '',
    '--appendonly',
    'yes',
  ];
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const chunk of child.stdout) if (String(chunk).includes('Ready to accept connections')) break;
  child.stdout.resume();
  return { url: `redis://127.0.0.1:${port}`, child };
}

const given = process.argv.slice(2);
const rows: Measure[] = [];
for (const url of given) rows.push(...(await compare(new URL(url).protocol.slice(0, -1), url)));
if (given.length === 0) {
  const directory = await mkdtemp(join(tmpdir(), 'chiffon-bench-queue-'));
  const quiet = { info: () => {}, warn: () => {} };
  try {
    const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), log: quiet });
    try {
      rows.push(...(await compare('PostgreSQL', postgres.url)));
    } finally {
      await postgres.stop();
    }
    if (spawnSync('redis-server', ['--version']).status === 0) {
      const redis = await startRedis(directory);
      rows.push(...(await compare('Redis', redis.url).finally(() => redis.child.kill('SIGKILL'))));
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
report(rows);
