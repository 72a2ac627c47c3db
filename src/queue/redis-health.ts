import type { Redis } from 'ioredis';
import type { Health } from './backend.ts';

/**
 * Whether a Redis answers and keeps what it accepted: with any eviction policy but `noeviction` it may drop jobs when memory
 * is short, and without the append-only file it forgets all of them when it restarts (BullMQ's guide "Going to production").
 * All is read from INFO, which hosted servers allow where they forbid CONFIG.
 *
 * @param client how to reach it from a shell, e.g. `redis-cli -h 127.0.0.1 -p 6379`.
 */
export async function redisHealth(redis: Pick<Redis, 'info'>, name: string, client: string): Promise<Health> {
  let info: string;
  try {
    info = await redis.info();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      detail: `The job queue in ${name} can't be used: ${why}`,
      remedy: 'Start Redis, or correct REDIS_URL. Jobs are delivered as soon as it answers.',
    };
  }
  const policy = fieldOf(info, 'maxmemory_policy');
  const lastWrite = fieldOf(info, 'aof_last_write_status') ?? 'ok';
  const faults: string[] = [];
  const settings: string[] = [];
  if (policy !== 'noeviction') {
    faults.push(`it may drop jobs when memory is short (maxmemory-policy is ${policy ?? 'unknown'})`);
    settings.push(`${client} CONFIG SET maxmemory-policy noeviction`);
  }
  if (fieldOf(info, 'aof_enabled') !== '1') {
    faults.push('it forgets jobs when it restarts (appendonly is off)');
    settings.push(`${client} CONFIG SET appendonly yes`);
  } else if (lastWrite !== 'ok') {
    faults.push(`it can't write its append-only file (aof_last_write_status is ${lastWrite})`);
  }
  if (faults.length === 0) {
    return {
      ok: true,
      detail: `${name} answers, evicts nothing and keeps an append-only file.`,
      remedy: null,
    };
  }
  return {
    ok: false,
    detail: `${name} answers, but ${faults.join(' and ')}.`,
    remedy:
      settings.length > 0
        ? [...settings, `${client} CONFIG REWRITE`].join(' && ')
        : `Make room on the disk of ${name}, and see that it may write into its folder.`,
  };
}

/** A `name:value` line of Redis's INFO answer. */
function fieldOf(info: string, field: string): string | undefined {
  return info
    .split(/\r?\n/)
    .find((line) => line.startsWith(`${field}:`))
    ?.slice(field.length + 1);
}
