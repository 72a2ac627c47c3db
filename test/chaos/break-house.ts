import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { House } from './house.ts';
import type { KeptProcess, Stopped } from './kept-process.ts';
import type { LedgerWatch } from './ledger-watch.ts';
import type { Fault } from './schedule.ts';

/** What was broken so far. */
export interface Damage {
  kills: number;
  /** Processes that died of them. */
  processes: number;
  /** Steps those had in their hands. */
  stepsHeld: number;
  drops: number;
  wipes: number;
  restarts: number;
  cuts: number;
  /** Steps that were under way in workers that were asked to stop. */
  stepsLetGo: number;
  readonly stops: Stopped[];
}

export function noDamage(): Damage {
  return {
    kills: 0,
    processes: 0,
    stepsHeld: 0,
    drops: 0,
    wipes: 0,
    restarts: 0,
    cuts: 0,
    stepsLetGo: 0,
    stops: [],
  };
}

/** How long a fault waits for what it is to hit to be up, in milliseconds. */
const upLimitMs = 15_000;

/** Lets one fault happen. Returns when the house may be broken again, which is before all of it has recovered. */
export async function breakHouse(
  house: House,
  watch: LedgerWatch,
  fault: Fault,
  damage: Damage,
  background: (work: Promise<void>) => void,
): Promise<void> {
  switch (fault.kind) {
    case 'kill worker': {
      const worker = fault.ready ? await oneUp(house.workers, fault.worker) : house.workers[fault.worker];
      return kill(worker === undefined ? [] : [worker], watch, damage);
    }
    case 'kill front':
      await oneUp([house.front], 0);
      return kill([house.front], watch, damage);
    case 'kill all':
      await oneUp([house.front], 0);
      return kill([house.front, ...house.workers], watch, damage);
    case 'drop sessions':
      house.ssh.dropConnections();
      damage.drops += 1;
      return;
    case 'cut network':
      await house.link.cut();
      await sleep(fault.forMs);
      await house.link.mend();
      damage.cuts += 1;
      return;
    case 'wipe queue':
      await wipe(house, fault.how);
      damage.wipes += 1;
      return;
    case 'restart database':
      await house.database.restart(fault.how, () => sleep(fault.downMs));
      damage.restarts += 1;
      return;
    case 'stop worker': {
      const worker = await oneUp(house.workers, fault.worker);
      const { pid } = worker;
      background(
        (async () => {
          const stopped = await worker.terminate();
          if (stopped === null) return;
          damage.stops.push(stopped);
          if (pid !== null) damage.stepsLetGo += await watch.gone(pid);
        })(),
      );
    }
  }
}

async function kill(victims: readonly KeptProcess[], watch: LedgerWatch, damage: Damage): Promise<void> {
  const killed = (await Promise.all(victims.map((victim) => victim.kill()))).filter((pid) => pid !== null);
  if (killed.length === 0) return;
  damage.kills += 1;
  damage.processes += killed.length;
  for (const pid of killed) damage.stepsHeld += await watch.gone(pid);
}

/** The one that was drawn, or the next behind it that is up; after a while the one that was drawn, whatever it does. */
async function oneUp(kept: readonly KeptProcess[], drawn: number): Promise<KeptProcess> {
  const inOrder = [...kept.slice(drawn), ...kept.slice(0, drawn)];
  for (const until = Date.now() + upLimitMs; Date.now() < until; ) {
    const found = inOrder.find(({ ready }) => ready);
    if (found !== undefined) return found;
    await sleep(20);
  }
  return inOrder[0] as KeptProcess;
}

async function wipe({ redis }: House, how: 'FLUSHALL' | 'file deleted'): Promise<void> {
  if (redis === null) return;
  if (how === 'file deleted') {
    const files = join(redis.directory, 'appendonlydir');
    return redis.restart('SIGKILL', () => rm(files, { recursive: true, force: true }));
  }
  const client = new Redis(redis.url, { lazyConnect: true });
  client.on('error', () => {});
  await client.flushall();
  client.disconnect();
}
