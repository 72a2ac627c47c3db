import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { PlanDetail } from '#api/contract/plans.ts';
import type { RunDetail } from '#api/contract/runs.ts';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import { type HostBehindLink, startHostBehindLink } from '../support/host-behind-link.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';
import { writeThreePeople } from '../support/three-people.ts';

/**
 * A stop in each phase of a run. One worker only: while it is busy on one machine, what is due on the other stays where
 * it is, queued or between two steps, for as long as a test needs.
 */

/** A number of seconds no other process on this computer sleeps for. */
const mark = `5${String(Date.now()).slice(-7)}`;
// Real machines and real runs, on whatever computer this is.
vi.setConfig({ testTimeout: 60_000 });

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let here: HostBehindLink;
let there: HostBehindLink;
let chiffon: ChiffonProcess;
let owner: RestClient;

beforeAll(async () => {
  directory = await temporaryDirectory();
  here = await startHostBehindLink(directory.path, 'here');
  there = await startHostBehindLink(directory.path, 'there');
  const hosts = [here, there];
  for (const host of hosts) {
    await host.plantService('quick', 'echo "$1" >>said');
    // Waits for a file, so that a test says when it ends.
    await host.plantService(
      'patient',
      'echo "$1" >>said; echo begun; until [ -e go ]; do sleep 0.05; done; rm go',
    );
    await host.plantService(
      'sleepy',
      `echo "$1" >>said; (sleep ${mark}; sleep ${mark}) & echo begun; sleep ${mark}`,
    );
  }
  // Two steps: the restart, and then the check that its port answers, which it never does.
  await here.plantService(
    'two-steps',
    'echo "$1" >>said; echo begun; until [ -e go ]; do sleep 0.05; done; rm go',
    9,
  );
  await writeFile(
    join(directory.path, 'known_hosts'),
    hosts.map((host) => `${host.knownHostsLine}\n`).join(''),
  );
  const config = await writeThreePeople(
    directory.path,
    `limits:\n  workers: 1\nknownHostsFile: ${directory.path}/known_hosts\nhosts:\n${hosts.map((host) => host.setting).join('')}`,
  );
  chiffon = await startChiffonProcess({
    directory: join(directory.path, 'data'),
    args: ['--config', config],
  });
  owner = createRestClient(chiffon.url, chiffon.token);
  for (const { name } of hosts) await owner.call('POST', `/api/v1/machines/${name}/probe`);
}, 120_000);

afterAll(async () => {
  await chiffon?.stop();
  await here?.stop();
  await there?.stop();
  await directory?.remove();
}, 60_000);

async function drafted(words: string): Promise<PlanDetail> {
  const asked = await owner.ask(words);
  const plan = await owner.drafted(asked.planId ?? '');
  expect(plan.state, plan.note ?? asked.reply).toBe('awaiting_approval');
  return plan;
}

async function approve(plan: PlanDetail): Promise<string> {
  const decided = await owner.decide(plan, 'approve');
  expect(decided.status, JSON.stringify(decided.body)).toBe(200);
  return decided.body.runId ?? '';
}

async function stop(runId: string): Promise<RunDetail> {
  const answer = await owner.call<RunDetail>('POST', `/api/v1/runs/${runId}/cancel`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return owner.run(runId, ['cancelled']);
}

const begun = (runId: string) =>
  expect.poll(() => owner.log(runId).then(({ text }) => text), { timeout: 10_000 }).toContain('begun\n');
const letGo = (host: HostBehindLink, service: string) =>
  writeFile(join(host.home, 'services', service, 'go'), '');
const over = (runId: string) => owner.run(runId, ['completed', 'failed', 'cancelled', 'review']);

async function expectFree(host: HostBehindLink): Promise<void> {
  const run = await over(await approve(await drafted(`restart quick on ${host.name}`)));
  expect(run.state, JSON.stringify(run.tasks, null, 1)).toBe('completed');
}

const sleepers = () =>
  execFileSync('ps', ['-e', '-o', 'stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`sleep ${mark}`) && !line.startsWith('Z'));

test('queued: it never starts, says so, and its machine is free', async () => {
  const busy = await drafted('restart patient on there');
  const queued = await drafted('restart sleepy on here');
  const busyRun = await approve(busy);
  await begun(busyRun);
  const runId = await approve(queued);
  const stopped = await stop(runId);
  expect(stopped.tasks).toMatchObject([{ state: 'cancelled', startedAt: null, attempts: [] }]);
  expect(stopped.card).toMatchObject({
    state: 'stopped',
    message: 'Stopped by Anna. No step was completed; 1 step was not started.',
  });
  await letGo(there, 'patient');
  expect((await over(busyRun)).state).toBe('completed');
  await expectFree(here);
  expect(await here.read('sleepy', 'said')).toBe('');
});

test('waiting for the run that holds the machine: the holder goes on, and who waits behind gets the next turn', async () => {
  const [first, second, third] = [
    await drafted('restart patient on here'),
    await drafted('restart sleepy on here'),
    await drafted('restart quick on here'),
  ];
  const holder = await approve(first);
  await begun(holder);
  const waiting = await approve(second);
  await owner.run(waiting, ['blocked']);
  const behind = await approve(third);
  await owner.run(behind, ['blocked']);
  const stopped = await stop(waiting);
  expect(stopped).toMatchObject({ waitsFor: null, tasks: [{ state: 'cancelled', attempts: [] }] });
  expect((await owner.run(holder, ['running', 'completed'])).state).toBe('running');
  await letGo(here, 'patient');
  expect((await over(holder)).state).toBe('completed');
  expect((await over(behind)).state).toBe('completed');
  expect(await here.read('sleepy', 'said')).toBe('');
});

test('running: the whole process group is gone from the machine', async () => {
  const runId = await approve(await drafted('restart sleepy on here'));
  await begun(runId);
  expect(sleepers().length).toBeGreaterThan(0);
  const answered = await stop(runId);
  expect(answered.card.message).toMatch(/Step 1 (is being stopped|was under way)/);
  await expect
    .poll(async () => (await owner.run(runId, ['cancelled'])).tasks[0]?.state, { timeout: 20_000 })
    .toBe('cancelled');
  expect(sleepers()).toEqual([]);
  const { card, tasks } = await owner.run(runId, ['cancelled']);
  expect(tasks[0]?.attempts).toMatchObject([{ outcome: 'cancelled' }]);
  expect(card.message).toMatch(
    /^Stopped by Anna\. No step was completed\. Step 1 was under way: Stopped on here by request after \d+ s\.$/,
  );
  await expectFree(here);
});

test('running on a machine that can’t be reached: stopped at once for people, on the machine as soon as it is back', async () => {
  const runId = await approve(await drafted('restart patient on here'));
  await begun(runId);
  await here.link.cut();
  const stopped = await stop(runId);
  expect(stopped.card.message).toContain('Step 1 is being stopped on the machine');
  const next = await owner.call<{ heldBy: { runId: string } | null }>('GET', '/api/v1/machines/here');
  expect(next.body.heldBy?.runId).toBe(runId);
  await here.link.mend();
  await expect
    .poll(async () => (await owner.run(runId, ['cancelled'])).tasks[0]?.state, { timeout: 20_000 })
    .toBe('cancelled');
  await expectFree(here);
});

test('between two steps: what is done stays done and is said, the next step never starts', async () => {
  const [two, other] = [
    await drafted('restart two-steps on here'),
    await drafted('restart patient on there'),
  ];
  expect(two.steps.map((step) => step.uses)).toEqual(['shell', 'http']);
  const runId = await approve(two);
  await begun(runId);
  const next = await approve(other);
  await owner.run(next, ['running']);
  await letGo(here, 'two-steps');
  // The only worker now has the other machine's step, which was due before this run's second.
  await begun(next);
  expect((await owner.run(runId, ['running'])).tasks.map((task) => task.state)).toEqual([
    'completed',
    'pending',
  ]);
  const stopped = await stop(runId);
  expect(stopped.tasks.map((task) => task.state)).toEqual(['completed', 'cancelled']);
  expect(stopped.card.message).toBe(
    'Stopped by Anna. Done and still in place: step 1; 1 step was not started.',
  );
  await letGo(there, 'patient');
  expect((await over(next)).state).toBe('completed');
  await expectFree(here);
  expect((await owner.run(runId, ['cancelled'])).tasks[1]?.attempts).toEqual([]);
});

test('while it asks whether the service answers: the asking ends', async () => {
  const runId = await approve(await drafted('restart two-steps on here'));
  await begun(runId);
  await letGo(here, 'two-steps');
  await expect
    .poll(async () => (await owner.run(runId, ['running'])).tasks[1]?.state, { timeout: 10_000 })
    .toBe('running');
  await stop(runId);
  await expect
    .poll(async () => (await owner.run(runId, ['cancelled'])).tasks[1]?.state, { timeout: 10_000 })
    .toBe('cancelled');
  await expectFree(here);
});
