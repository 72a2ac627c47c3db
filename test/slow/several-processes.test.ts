import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { journeys, type OpenHouse } from '../e2e/journeys.ts';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import { type RealServer, startPostgres, startRedis } from '../support/real-servers.ts';
import { threePeople, writeThreePeople } from '../support/three-people.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
const servers: RealServer[] = [];
const processes: ChiffonProcess[] = [];
let house: OpenHouse;

beforeAll(async () => {
  directory = await temporaryDirectory();
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  servers.push(postgres, redis);
  const config = await writeThreePeople(directory.path);
  const data = join(directory.path, 'data');
  const start = (services: string) =>
    startChiffonProcess({
      directory: data,
      args: ['--config', config, '--services', services],
      environment: { DATABASE_URL: postgres.url, REDIS_URL: redis.url },
    });
  const front = await start('bot,api');
  processes.push(front);
  processes.push(await start('worker'));
  house = threePeople(front);
}, 180_000);

afterAll(async () => {
  for (const chiffon of processes.toReversed()) await chiffon.stop();
  for (const server of servers) await server.stop();
  await directory?.remove();
}, 120_000);

describe('the same journeys on Redis and an external PostgreSQL, bot and worker as two processes', () =>
  journeys(() => house));

test('the worker killed in the middle of a run is replaced by another, and no step runs twice', async () => {
  const plan = await house.owner.drafted((await house.owner.ask('restart demo-web')).planId ?? '');
  const runId = (await house.owner.decide(plan, 'approve')).body.runId ?? '';
  const worker = processes[1];
  await worker?.kill();
  processes[1] = await startChiffonProcess({
    directory: worker?.directory ?? '',
    args: ['--config', join(directory.path, 'chiffon.yaml'), '--services', 'worker'],
    environment: { DATABASE_URL: servers[0]?.url ?? '', REDIS_URL: servers[1]?.url ?? '' },
  });
  const run = await house.owner.run(runId, ['completed', 'failed', 'review'], 90);
  expect(run.state, JSON.stringify(run.tasks, null, 1)).toBe('completed');
  expect(run.tasks.map((task) => task.attempts.length)).toEqual(run.tasks.map(() => 1));
}, 120_000);

test('a Redis that would forget the queue is refused at the start, with the command that helps', async () => {
  const forgetful = await startRedis(false);
  const start = startChiffonProcess({
    directory: join(directory.path, 'forgetful'),
    environment: { DATABASE_URL: servers[0]?.url ?? '', REDIS_URL: forgetful.url },
  });
  await expect(start).rejects.toThrow(
    /ended with 1 .*forgets jobs when it restarts.*Nothing was started.*CONFIG SET appendonly yes/s,
  );
  await forgetful.stop();
}, 60_000);
