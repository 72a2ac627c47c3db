import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let chiffon: ChiffonProcess;
let owner: RestClient;
let service: string;
const lines = 100;

beforeAll(async () => {
  directory = await temporaryDirectory();
  chiffon = await startChiffonProcess({ directory: join(directory.path, 'data') });
  owner = createRestClient(chiffon.url, chiffon.token);
  service = join(directory.path, 'data/sandbox/home/services/talker');
  await mkdir(service, { recursive: true });
  await writeFile(join(service, 'service.conf'), 'name=talker\ntitle=talker\n');
  await writeFile(
    join(service, 'service.sh'),
    `#!/bin/sh\ncd "$(dirname "$0")"\n[ "$1" != halt ] || exit 0\necho "$1" >>said\ni=0; while [ $i -lt ${lines} ]; do echo "line $i"; i=$((i+1)); sleep 0.05; done\n`,
  );
  await chmod(join(service, 'service.sh'), 0o755);
  await owner.call('POST', '/api/v1/machines/sandbox/probe');
}, 120_000);

afterAll(async () => {
  await chiffon?.stop();
  await directory?.remove();
}, 60_000);

beforeEach(() => {
  onTestFailed(() => {
    const { exitCode, signalCode } = chiffon.child;
    console.error(
      `Chiffon: exit ${exitCode ?? signalCode ?? 'none'}; it said last:\n${chiffon.stderr().slice(-4_000)}`,
    );
  });
});

/** Kills the embedded server and answers what people were told until it was back. */
async function killDatabase(): Promise<readonly { status: number; detail: string }[]> {
  const file = join(directory.path, 'data/postgres/cluster/postmaster.pid');
  const pid = Number((await readFile(file, 'utf8')).split('\n')[0]);
  process.kill(pid, 'SIGKILL');
  const told: { status: number; detail: string }[] = [];
  const until = Date.now() + 30_000;
  const newPid = async () => Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  for (;;) {
    const { status, body } = await owner.call<{ detail?: string }>('GET', '/api/v1/plans');
    told.push({ status, detail: body.detail ?? '' });
    if (status === 200 && ![pid, 0].includes(await newPid())) return told;
    if (Date.now() > until) throw new Error(`the database did not come back: ${JSON.stringify(told.at(-1))}`);
    await sleep(10);
  }
}

test('killed in the middle of a run: a clear sentence meanwhile, no line and no step lost, and everything goes on by itself', async () => {
  const plan = await owner.drafted((await owner.ask('restart talker')).planId ?? '');
  const runId = (await owner.decide(plan, 'approve')).body.runId ?? '';
  await expect
    .poll(() => owner.log(runId).then(({ text }) => text), { timeout: 10_000 })
    .toContain('line 5\n');

  const told = [...(await killDatabase()), ...(await killDatabase())];
  const refusals = told.filter(({ status }) => status !== 200);
  expect(refusals.length).toBeGreaterThan(0);
  for (const { status, detail } of refusals) {
    expect(status).toBe(503);
    expect(detail).toMatch(/database/i);
  }

  const run = await owner.run(runId, ['completed', 'failed', 'review'], 60);
  expect(run.state, JSON.stringify(run.tasks, null, 1)).toBe('completed');
  expect(run.tasks.map((task) => task.attempts.length)).toEqual([1]);
  expect((await owner.log(runId)).text).toBe(
    Array.from({ length: lines }, (_, line) => `line ${line}\n`).join(''),
  );
  expect(await readFile(join(service, 'said'), 'utf8')).toBe('restart\n');
  expect(chiffon.child.exitCode).toBeNull();
}, 120_000);

test('killed between card and decision: the card is still there, and its run is carried out', async () => {
  const plan = await owner.drafted((await owner.ask('restart demo-web')).planId ?? '');
  await killDatabase();
  const decided = await owner.decide(await owner.plan(plan.planId), 'approve');
  expect(decided.status, JSON.stringify(decided.body)).toBe(200);
  expect((await owner.run(decided.body.runId ?? '', ['completed', 'failed'], 60)).state).toBe('completed');
  const verified = await owner.call<{ ok: boolean }>('GET', '/api/v1/audit/verify');
  expect(verified.body.ok).toBe(true);
}, 120_000);
