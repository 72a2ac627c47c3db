// Started as a process of its own by the queue's contract, to be killed while it works: takes a job and never returns.
import { createDeliveryQueue } from '#queue/create-delivery-queue.ts';

const [url, prefix, lockMs, checkMs] = process.argv.slice(2);
if (!url || !prefix) throw new Error('usage: hanging-worker URL PREFIX [LOCK_MS CHECK_MS]');

const queue = await createDeliveryQueue({
  url,
  prefix,
  ...(lockMs && checkMs ? { recovery: { lockMs: Number(lockMs), checkMs: Number(checkMs) } } : {}),
});
await queue.work({
  concurrency: 1,
  handle: (job) => {
    console.log(`took ${job.id}`);
    return new Promise(() => {});
  },
  onError: () => {},
});
console.log('working');
