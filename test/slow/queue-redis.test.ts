import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createDeliveryQueue } from '#queue/create-delivery-queue.ts';
import { redisHealth } from '#queue/redis-health.ts';
import { queueContract } from '../contracts/queue-contract.ts';
import { freePort } from '../support/free-port.ts';

const hangingWorker = fileURLToPath(new URL('../queue/hanging-worker.ts', import.meta.url));

interface RedisServer {
  readonly url: string;
  readonly client: Redis;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

async function startRedis(...settings: string[]): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'chiffon-redis-'));
  const port = await freePort();
  const client = new Redis({
    port,
    host: '127.0.0.1',
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: () => 50,
  });
  client.on('error', () => {}); // it is restarted on purpose
  let child: ChildProcess;

  async function start(): Promise<void> {
    child = spawn(
      'redis-server',
      ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory, '--save', '', ...settings],
      { stdio: 'ignore' },
    );
    await client.ping();
  }
  async function kill(): Promise<void> {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    client,
    start,
    kill,
    async stop() {
      client.disconnect();
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

queueContract('Redis', async () => {
  const redis = await startRedis('--appendonly', 'yes');
  return {
    url: redis.url,
    wipe: async () => void (await redis.client.flushall()),
    async dump() {
      const keys = await redis.client.keys('*:jobs:*');
      const hashes = await Promise.all(
        keys.map(async (key) =>
          (await redis.client.type(key)) === 'hash'
            ? redis.client.hgetall(key)
            : redis.client.get(key).catch(() => ''),
        ),
      );
      return JSON.stringify(hashes);
    },
    stop: () => redis.stop(),
  };
});

describe('Redis behind the delivery queue', () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  async function started(...settings: string[]): Promise<RedisServer> {
    const redis = await startRedis(...settings);
    cleanups.push(() => redis.stop());
    return redis;
  }
  async function opened(...options: Parameters<typeof createDeliveryQueue>) {
    const queue = await createDeliveryQueue(...options);
    cleanups.push(() => queue.close());
    return queue;
  }

  test.each([
    { settings: ['--appendonly', 'yes'], ok: true, says: 'keeps an append-only file', commands: [] },
    {
      settings: ['--appendonly', 'no'],
      ok: false,
      says: 'it forgets jobs when it restarts',
      commands: ['CONFIG SET appendonly yes', 'CONFIG REWRITE'],
    },
    {
      settings: ['--appendonly', 'yes', '--maxmemory-policy', 'allkeys-lru'],
      ok: false,
      says: 'allkeys-lru',
      commands: ['CONFIG SET maxmemory-policy noeviction', 'CONFIG REWRITE'],
    },
    {
      settings: ['--appendonly', 'no', '--maxmemory-policy', 'volatile-ttl'],
      ok: false,
      says: 'may drop jobs',
      commands: ['CONFIG SET maxmemory-policy noeviction', 'CONFIG SET appendonly yes'],
    },
  ])('health of a server started with $settings is ok: $ok', async ({ settings, ok, says, commands }) => {
    const redis = await started(...settings);
    const health = await (await opened({ url: redis.url })).health();
    expect(health.ok).toBe(ok);
    expect(health.detail).toContain(says);
    for (const command of commands) expect(health.remedy).toContain(command);
    expect(health.remedy === null).toBe(ok);
  });

  test('doing what the remedy says makes the server healthy', async () => {
    const redis = await started('--appendonly', 'no', '--maxmemory-policy', 'allkeys-lfu');
    const queue = await opened({ url: redis.url });
    const { remedy } = await queue.health();
    for (const [, command] of (remedy ?? '').matchAll(/-p \d+ (CONFIG SET \S+ \S+)/g)) {
      const [verb = '', ...words] = (command ?? '').split(' ');
      await redis.client.call(verb, ...words);
    }
    expect(await queue.health()).toMatchObject({ ok: true, remedy: null });
    // And the other way round, while it is in use.
    await redis.client.config('SET', 'appendonly', 'no');
    expect(await queue.health()).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('appendonly yes'),
    });
  });

  test('a server that can no longer write its append-only file is found out', async () => {
    const redis = await started('--appendonly', 'yes');
    const queue = await opened({ url: redis.url });
    const info = await redis.client.info();
    expect(info).toContain('aof_last_write_status:ok');
    const full = info.replace('aof_last_write_status:ok', 'aof_last_write_status:err');
    const health = await redisHealth({ info: async () => full }, 'Redis', 'redis-cli');
    expect(health).toMatchObject({
      ok: false,
      detail: expect.stringContaining("can't write its append-only file"),
    });
    expect(await queue.health()).toMatchObject({ ok: true });
  });

  test('with the times Chiffon runs with, a killed worker’s job is delivered again within 30 seconds', async () => {
    const redis = await started('--appendonly', 'yes');
    const child = spawn(process.execPath, [hangingWorker, redis.url, 'chiffon'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    const queue = await opened({ url: redis.url });
    await queue.add({ kind: 'task', id: 'orphan' });
    await vi.waitFor(() => expect(said).toContain('took orphan'), { timeout: 15_000 });
    child.kill('SIGKILL');
    const taken: string[] = [];
    await queue.work({ concurrency: 1, handle: async (job) => void taken.push(job.id), onError: () => {} });
    await vi.waitFor(() => expect(taken).toEqual(['orphan']), { timeout: 30_000, interval: 100 });
  }, 60_000);

  test('jobs accepted before the server was killed are delivered after it started again', async () => {
    const redis = await started('--appendonly', 'yes', '--appendfsync', 'always');
    const troubles: string[] = [];
    const queue = await opened({ url: redis.url, onTrouble: (sentence) => troubles.push(sentence) });
    for (const id of ['1', '2', '3']) await queue.add({ kind: 'task', id });
    await redis.kill();
    await redis.start();
    const taken: string[] = [];
    await queue.work({ concurrency: 1, handle: async (job) => void taken.push(job.id), onError: () => {} });
    await vi.waitFor(() => expect(taken).toEqual(['1', '2', '3']), { timeout: 15_000 });
    await redis.kill();
    await redis.start();
    await vi.waitFor(() => queue.add({ kind: 'draft', id: '4' }), { timeout: 15_000 });
    await vi.waitFor(() => expect(taken).toContain('4'), { timeout: 15_000 });
    expect(troubles.length).toBeLessThanOrEqual(4);
  });
});
