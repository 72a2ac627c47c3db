import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DeliveryQueue, Job, QueueWorker } from '#flow/queue-port.ts';
import { createDeliveryQueue } from '#queue/create-delivery-queue.ts';
import { type BreakableLink, createBreakableLink } from '../support/breakable-link.ts';

/** A real server that holds jobs, as the contract needs it. */
export interface QueueServer {
  /** The address that leads straight to it. */
  readonly url: string;
  /** Throws away everything it holds. */
  wipe(): Promise<void>;
  /** Everything that is stored about jobs, as text. */
  dump(): Promise<string>;
  stop(): Promise<void>;
}

const soon = { timeout: 15_000, interval: 10 };
const quickRecovery = { lockMs: 2_000, checkMs: 500 };
const hangingWorker = fileURLToPath(new URL('../queue/hanging-worker.ts', import.meta.url));

/** What every delivery queue promises, whatever holds its jobs. */
export function queueContract(name: string, startServer: () => Promise<QueueServer>): void {
  describe(`delivery queue on ${name}`, () => {
    let server: QueueServer;
    let link: BreakableLink;
    let linkUrl: string;
    let prefix: string;
    let counter = 0;
    const open = new Set<DeliveryQueue>();
    const children = new Set<ChildProcess>();

    beforeAll(async () => {
      server = await startServer();
      const address = new URL(server.url);
      link = await createBreakableLink({ host: address.hostname, port: Number(address.port) });
      address.hostname = '127.0.0.1';
      address.port = String(link.port);
      linkUrl = address.href;
    });
    afterAll(async () => {
      await link?.close();
      await server?.stop();
    });
    beforeEach(() => {
      counter += 1;
      prefix = `contract${counter}`;
    });
    afterEach(async () => {
      await link.mend();
      for (const child of children) child.kill('SIGKILL');
      children.clear();
      await Promise.all([...open].map((queue) => queue.close()));
      open.clear();
    });

    async function openQueue(options: Partial<Parameters<typeof createDeliveryQueue>[0]> = {}) {
      const queue = await createDeliveryQueue({ url: server.url, prefix, ...options });
      open.add(queue);
      return queue;
    }

    /** Works and writes down what was taken; `handle` may hold a job up. */
    async function record(
      queue: DeliveryQueue,
      concurrency = 1,
      handle: (job: Job) => Promise<void> | void = () => {},
    ) {
      const taken: string[] = [];
      const errors: string[] = [];
      const worker: QueueWorker = await queue.work({
        concurrency,
        handle: async (job) => {
          taken.push(job.id);
          await handle(job);
        },
        onError: (job, error) => errors.push(`${job.id}: ${String(error)}`),
      });
      return { taken, errors, worker };
    }

    const add = (queue: DeliveryQueue, ...ids: string[]) =>
      ids.reduce((before, id) => before.then(() => queue.add({ kind: 'task', id })), Promise.resolve());
    const count = (list: readonly string[], id: string) => list.filter((other) => other === id).length;

    test('every job that was added is delivered, with its kind and its id as they were', async () => {
      const queue = await openQueue();
      const jobs: Job[] = [
        { kind: 'draft', id: '142' },
        { kind: 'task', id: '142' },
        { kind: 'task', id: 'a:b/c d' },
        { kind: 'task', id: 'größer – 家' },
        { kind: 'task', id: `"';--{}%\\` },
      ];
      const delivered: Job[] = [];
      await queue.work({
        concurrency: 2,
        handle: async (job) => void delivered.push(job),
        onError: () => {},
      });
      for (const job of jobs) await queue.add(job);
      await vi.waitFor(() => expect(delivered).toHaveLength(jobs.length), soon);
      expect(delivered).toEqual(expect.arrayContaining(jobs));
    });

    test('jobs added before anyone works, also by another process, wait for the first worker', async () => {
      await add(await openQueue(), 'early-1', 'early-2');
      const { taken } = await record(await openQueue());
      await vi.waitFor(() => expect(taken).toEqual(['early-1', 'early-2']), soon);
    });

    test('one worker with concurrency 1 starts jobs in the order they were added', async () => {
      const queue = await openQueue();
      const ids = Array.from({ length: 30 }, (_, i) => `t-${i}`);
      await add(queue, ...ids);
      const { taken } = await record(queue);
      await vi.waitFor(() => expect(taken).toEqual(ids), soon);
    });

    test('the same job added again while it waits is one job', async () => {
      const queue = await openQueue();
      await add(queue, 'twice', 'twice', 'other', 'twice', 'last');
      const { taken } = await record(queue);
      await vi.waitFor(() => expect(taken).toContain('last'), soon);
      expect(taken).toEqual(['twice', 'other', 'last']);
    });

    test('a job may be added again after it was done', async () => {
      const queue = await openQueue();
      const { taken } = await record(queue);
      for (const times of [1, 2, 3]) {
        await add(queue, 'again');
        await vi.waitFor(() => expect(count(taken, 'again')).toBe(times), soon);
      }
    });

    test('a job added while it is being worked on is delivered once more, however often it was added', async () => {
      const queue = await openQueue();
      const gate = Promise.withResolvers<void>();
      let first = true;
      const { taken } = await record(queue, 2, async (job) => {
        if (job.id === 'busy' && first) {
          first = false;
          await gate.promise;
        }
      });
      await add(queue, 'busy');
      await vi.waitFor(() => expect(taken).toEqual(['busy']), soon);
      await add(queue, 'busy', 'busy', 'meanwhile');
      await vi.waitFor(() => expect(taken).toContain('meanwhile'), soon);
      expect(count(taken, 'busy')).toBe(1);
      gate.resolve();
      await vi.waitFor(() => expect(count(taken, 'busy')).toBe(2), soon);
      await add(queue, 'last');
      await vi.waitFor(() => expect(taken).toContain('last'), soon);
      expect(count(taken, 'busy')).toBe(2);
    });

    test('whatever the order of adding and working, a handler starts after every add', async () => {
      const queue = await openQueue();
      let clock = 0;
      const lastAdd = new Map<string, number>();
      const lastStart = new Map<string, number>();
      await queue.work({
        concurrency: 3,
        handle: async (job) => {
          lastStart.set(job.id, ++clock);
          await nextTurn();
          if (job.id.endsWith('!')) throw new Error('this one fails');
        },
        onError: () => {},
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom('a', 'b', 'c', 'd!'), { minLength: 1, maxLength: 25 }),
          fc.boolean(),
          async (ids, atOnce) => {
            const adding = ids.map((id) => () => {
              lastAdd.set(id, ++clock);
              return queue.add({ kind: 'task', id });
            });
            if (atOnce) await Promise.all(adding.map((go) => go()));
            else for (const go of adding) await go();
            await vi.waitFor(() => {
              for (const id of ids) expect(lastStart.get(id) ?? 0).toBeGreaterThan(lastAdd.get(id) ?? 0);
            }, soon);
          },
        ),
        { numRuns: 20 },
      );
    });

    test('a handler that throws is reported, the job is dropped, and the next one comes', async () => {
      const queue = await openQueue();
      const { taken, errors } = await record(queue, 1, (job) => {
        if (job.id === 'bad') throw new Error('no luck');
      });
      await add(queue, 'bad', 'good');
      await vi.waitFor(() => expect(taken).toContain('good'), soon);
      expect(taken).toEqual(['bad', 'good']);
      expect(errors).toEqual(['bad: Error: no luck']);
      await add(queue, 'bad');
      await vi.waitFor(() => expect(errors).toHaveLength(2), soon);
      expect(await server.dump()).not.toContain('no luck');
    });

    test('as many handlers run at once as the concurrency says, and no more', async () => {
      const queue = await openQueue();
      const gate = Promise.withResolvers<void>();
      let running = 0;
      let most = 0;
      const { taken } = await record(queue, 3, async () => {
        most = Math.max(most, ++running);
        await gate.promise;
        await nextTurn();
        running -= 1;
      });
      await add(queue, ...Array.from({ length: 9 }, (_, i) => `p-${i}`));
      await vi.waitFor(() => expect(running).toBe(3), soon);
      gate.resolve();
      await vi.waitFor(() => expect(taken).toHaveLength(9), soon);
      expect(most).toBe(3);
    });

    test('what is stored of a job is its kind and its id, nothing else that came along', async () => {
      const queue = await openQueue();
      const job: Job & { password: string } = { kind: 'task', id: 'slim', password: 'hunter22' };
      await queue.add(job);
      const stored = await server.dump();
      expect(stored).toContain('slim');
      expect(stored).not.toContain('hunter22');
    });

    test('two installations with different prefixes on one server do not see each other’s jobs', async () => {
      const mine = await record(await openQueue());
      const other = await openQueue({ prefix: `${prefix}-other` });
      const theirs = await record(other);
      await add(other, 'theirs');
      await vi.waitFor(() => expect(theirs.taken).toEqual(['theirs']), soon);
      expect(mine.taken).toEqual([]);
    });

    test('stopping waits for a running handler and takes no more jobs', async () => {
      const queue = await openQueue();
      const gate = Promise.withResolvers<void>();
      let finished = false;
      const { taken, worker } = await record(queue, 1, async () => {
        await gate.promise;
        finished = true;
      });
      await add(queue, 'running', 'left');
      await vi.waitFor(() => expect(taken).toEqual(['running']), soon);
      const stopping = worker.stop(10_000);
      gate.resolve();
      await stopping;
      expect(finished).toBe(true);
      expect(taken).toEqual(['running']);
      const next = await record(await openQueue());
      await vi.waitFor(() => expect(next.taken).toEqual(['left']), soon);
    });

    test('stopping returns within its grace when a handler hangs, and the next worker has the job at once', async () => {
      const queue = await openQueue();
      const { taken, worker } = await record(queue, 2, () => new Promise(() => {}));
      await add(queue, 'hangs', 'hangs-too');
      await vi.waitFor(() => expect(taken).toHaveLength(2), soon);
      const began = performance.now();
      await worker.stop(1_500);
      expect(performance.now() - began).toBeLessThan(3_000);
      // The default lock of 10 s would make this fail if the jobs had not been handed back.
      const next = await record(await openQueue(), 2);
      await vi.waitFor(() => expect([...next.taken].sort()).toEqual(['hangs', 'hangs-too']), {
        ...soon,
        timeout: 8_000,
      });
    });

    test('stopping returns within its grace while the backend is away', async () => {
      const queue = await openQueue({ url: linkUrl });
      const { taken, worker } = await record(queue, 1, () => new Promise(() => {}));
      await add(queue, 'stuck');
      await vi.waitFor(() => expect(taken).toEqual(['stuck']), soon);
      await link.cut();
      const began = performance.now();
      await worker.stop(1_500);
      expect(performance.now() - began).toBeLessThan(3_000);
    });

    test('a job whose worker was killed is delivered again once the lock has run out', async () => {
      const { lockMs, checkMs } = quickRecovery;
      const queue = await openQueue({ recovery: quickRecovery });
      const child = spawn(process.execPath, [hangingWorker, server.url, prefix, `${lockMs}`, `${checkMs}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.add(child);
      let said = '';
      child.stdout?.on('data', (chunk) => {
        said += chunk;
      });
      await vi.waitFor(() => expect(said).toContain('working'), soon);
      await add(queue, 'orphan');
      await vi.waitFor(() => expect(said).toContain('took orphan'), soon);
      const { taken } = await record(queue);
      await add(queue, 'orphan');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const killed = performance.now();
      // Once for the worker that died and once for the add while it was held.
      await vi.waitFor(() => expect(count(taken, 'orphan')).toBeGreaterThanOrEqual(2), soon);
      expect(performance.now() - killed).toBeLessThan(lockMs + 2 * checkMs + 6_000);
    });

    test('a job outlives more dead workers than BullMQ forgives by itself', async () => {
      const { lockMs, checkMs } = { lockMs: 600, checkMs: 200 };
      const queue = await openQueue({ recovery: { lockMs, checkMs } });
      await add(queue, 'survivor');
      for (let round = 0; round < 3; round += 1) {
        const child = spawn(
          process.execPath,
          [hangingWorker, server.url, prefix, `${lockMs}`, `${checkMs}`],
          {
            stdio: ['ignore', 'pipe', 'inherit'],
          },
        );
        children.add(child);
        let said = '';
        child.stdout?.on('data', (chunk) => {
          said += chunk;
        });
        await vi.waitFor(() => expect(said).toContain('took survivor'), soon);
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      const { taken } = await record(queue);
      await vi.waitFor(() => expect(taken).toContain('survivor'), soon);
    });

    test('after everything stored was wiped, a worker goes on with jobs added later', async () => {
      const troubles: string[] = [];
      const queue = await openQueue({ onTrouble: (sentence) => troubles.push(sentence) });
      const gate = Promise.withResolvers<void>();
      const { taken } = await record(queue, 2, async (job) => {
        if (job.id === 'held' && count(taken, 'held') === 1) await gate.promise;
      });
      await add(queue, 'before', 'held');
      await vi.waitFor(() => expect(taken).toEqual(['before', 'held']), soon);
      await add(queue, 'held');
      await server.wipe();
      await add(queue, 'after', 'before', 'held');
      await vi.waitFor(
        () => expect([...taken].sort()).toEqual(['after', 'before', 'before', 'held', 'held']),
        soon,
      );
      gate.resolve();
      await add(queue, 'end');
      await vi.waitFor(() => expect(taken).toContain('end'), soon);
      // A server may end a worker's query in favour of the wipe; that it says so is right.
      expect(troubles.filter((sentence) => !sentence.includes('deadlock'))).toEqual([]);
    });

    test('a backend that goes away and comes back is found again, with one sentence for each', async () => {
      const troubles: string[] = [];
      const queue = await openQueue({ url: linkUrl, onTrouble: (sentence) => troubles.push(sentence) });
      const { taken } = await record(queue, 2);
      await add(queue, 'before');
      await vi.waitFor(() => expect(taken).toEqual(['before']), soon);
      await link.cut();
      await expect(queue.add({ kind: 'task', id: 'refused' })).rejects.toThrow();
      await vi.waitFor(() => expect(troubles).toHaveLength(1), soon);
      expect((await queue.health()).ok).toBe(false);
      await link.mend();
      await vi.waitFor(() => add(queue, 'after'), soon);
      await vi.waitFor(() => expect(taken).toContain('after'), soon);
      await vi.waitFor(() => expect(troubles).toHaveLength(2), soon);
      expect(troubles[0]).toMatch(/is not reachable .* Jobs wait until it is back\.$/);
      expect(troubles[1]).toMatch(/is reachable again\.$/);
      expect((await queue.health()).ok).toBe(true);
    });

    test('a worker that loses the backend while it handles a job delivers that job again or ends it, but never loses it', async () => {
      const queue = await openQueue({ url: linkUrl, recovery: quickRecovery });
      const gate = Promise.withResolvers<void>();
      const { taken } = await record(queue, 1, () => gate.promise);
      await add(queue, 'cut-off');
      await vi.waitFor(() => expect(taken).toEqual(['cut-off']), soon);
      await link.cut();
      gate.resolve();
      await link.mend();
      await vi.waitFor(() => add(queue, 'next'), soon);
      await vi.waitFor(() => expect(taken).toContain('next'), soon);
      await vi.waitFor(() => add(queue, 'cut-off'), soon);
      await vi.waitFor(() => expect(count(taken, 'cut-off')).toBeGreaterThanOrEqual(2), soon);
    });

    test('opening a queue where nothing answers fails with a sentence that names the place', async () => {
      await link.cut();
      await expect(createDeliveryQueue({ url: linkUrl, prefix })).rejects.toThrow(`127.0.0.1:${link.port}`);
    });
  });
}
