import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenHouse } from '../e2e/journeys.ts';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import { threePeople, writeThreePeople } from '../support/three-people.ts';

/** npm compiles SQLite on the way, so this takes minutes. */
const deployMs = 900_000;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let config: string;
let chiffon: ChiffonProcess;
let house: OpenHouse;

async function start(): Promise<void> {
  chiffon = await startChiffonProcess({
    directory: join(directory.path, 'data'),
    args: ['--config', config],
  });
  house = threePeople(chiffon);
}

/** Where the deployed Uptime Kuma answers. */
let link = '';

beforeAll(async () => {
  directory = await temporaryDirectory();
  config = await writeThreePeople(directory.path);
  await start();
}, 120_000);

afterAll(async () => {
  await chiffon?.stop();
  await directory?.remove();
}, 60_000);

test(
  '“deploy kuma” survives SIGKILL in the middle, starts no step twice, and ends with the real Uptime Kuma answering',
  async () => {
    const asked = await house.owner.ask('deploy kuma');
    const plan = await house.owner.drafted(asked.planId ?? '');
    expect(plan).toMatchObject({
      state: 'awaiting_approval',
      risk: 'change',
      title: 'Deploy Uptime Kuma 2.0.0-dev.0 on sandbox',
    });
    const runId = (await house.operator.decide(plan, 'approve')).body.runId ?? '';
    for (;;) {
      const { tasks } = await house.owner.run(runId, ['running']);
      if (tasks.some((task) => task.state === 'running' && task.summary.includes('npm'))) break;
      await sleep(100);
    }
    await sleep(3000);
    await chiffon.kill();
    await start();

    const run = await house.owner.run(runId, ['completed', 'failed', 'review'], deployMs / 1000);
    expect(run.state, JSON.stringify(run.tasks, null, 1)).toBe('completed');
    expect(run.tasks.map((task) => task.attempts.length)).toEqual(run.tasks.map(() => 1));
    link = run.card.link ?? '';
    const answer = await fetch(new URL('/api/entry-page', link));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toHaveProperty('type');
    const records = Object.assign(
      {},
      ...run.tasks.flatMap((task) => task.attempts.map((attempt) => attempt.records)),
    );
    expect(records).toMatchObject({ package: 'uptime-kuma', version: '2.0.0-dev.0' });
  },
  deployMs,
);

test('a second “deploy kuma” finds it already there and changes nothing', async () => {
  const asked = await house.owner.ask('deploy kuma');
  const answered =
    asked.planId === null ? asked : { reply: (await house.owner.drafted(asked.planId)).note ?? '' };
  expect(answered.reply).toMatch(/already/i);
});

test('“remove kuma” is refused to an operator, done for the owner with the code, and leaves nothing behind', async () => {
  const asked = await house.operator.ask('remove kuma');
  const plan = await house.operator.drafted(asked.planId ?? '');
  expect(plan).toMatchObject({ state: 'awaiting_approval', risk: 'destructive', confirmCode: null });
  expect(await house.operator.decide(plan, 'approve', { code: 'AAAAAA' })).toMatchObject({
    status: 403,
    body: { code: 'not_yours' },
  });

  const seen = await house.owner.plan(plan.planId);
  expect(await house.owner.decide(seen, 'approve')).toMatchObject({
    status: 403,
    body: { code: 'code_needed' },
  });
  expect(await house.owner.decide(seen, 'approve', { code: 'AAAAAA' })).toMatchObject({
    status: 403,
    body: { code: 'code_wrong' },
  });
  const decided = await house.owner.decide(seen, 'approve', { code: seen.confirmCode ?? '' });
  expect(decided.status).toBe(200);
  const run = await house.owner.run(decided.body.runId ?? '', ['completed', 'failed'], 120);
  expect(run.state, JSON.stringify(run.tasks, null, 1)).toBe('completed');

  expect(existsSync(join(directory.path, 'data/sandbox/home/services/uptime-kuma'))).toBe(false);
  await expect(fetch(link)).rejects.toThrow();
  expect(await processesNaming('services/uptime-kuma')).toEqual([]);
}, 180_000);

/** Command lines of living processes below this test's directory that hold a text. */
async function processesNaming(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(directory.path) && line.includes(text)) found.push(line.replaceAll('\0', ' '));
  }
  return found;
}
