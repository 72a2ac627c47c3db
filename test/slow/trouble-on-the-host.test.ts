import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PlanDetail } from '#api/contract/plans.ts';
import type { RunDetail } from '#api/contract/runs.ts';
import { createBreakableLink } from '../support/breakable-link.ts';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import { type HostBehindLink, mayMount, startHostBehindLink } from '../support/host-behind-link.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';
import { writeThreePeople } from '../support/three-people.ts';

/** What a person reads, over REST alone, when it is the machine that fails: the reason, what is true now, and the way on. */

const entry = fileURLToPath(new URL('../../src/cli/chiffon.ts', import.meta.url));
// Real machines and real runs, on whatever computer this is.
vi.setConfig({ testTimeout: 60_000 });

const directory = await temporaryDirectory();
const trial = join(directory.path, 'trial');
mkdirSync(trial);
const canMount = mayMount(trial);

let hosts: Record<'attic' | 'cellar' | 'loft' | 'shed', HostBehindLink>;
let config: string;
let chiffon: ChiffonProcess;
let owner: RestClient;

beforeAll(async () => {
  const start = (name: string, diskKb?: number) =>
    startHostBehindLink(directory.path, name, diskKb === undefined || !canMount ? {} : { diskKb });
  hosts = {
    attic: await start('attic'),
    cellar: await start('cellar'),
    loft: await start('loft'),
    shed: await start('shed', 1024),
  };
  const list = Object.values(hosts);
  for (const host of list) await host.plantService(`${host.name}-web`, 'echo "$1" >>said; echo "did $1"');
  await writeFile(
    join(directory.path, 'known_hosts'),
    list.map((host) => `${host.knownHostsLine}\n`).join(''),
  );
  config = await writeThreePeople(
    directory.path,
    `knownHostsFile: ${directory.path}/known_hosts\nhosts:\n${list.map((host) => host.setting).join('')}`,
  );
  chiffon = await startChiffonProcess({
    directory: join(directory.path, 'data'),
    args: ['--config', config],
  });
  owner = createRestClient(chiffon.url, chiffon.token);
  for (const { name } of list) await owner.call('POST', `/api/v1/machines/${name}/probe`);
}, 120_000);

afterAll(async () => {
  await chiffon?.stop();
  for (const host of Object.values(hosts ?? {})) await host.stop();
  await directory.remove();
}, 60_000);

async function drafted(words: string): Promise<PlanDetail> {
  const asked = await owner.ask(words);
  expect(asked.planId, asked.reply).not.toBeNull();
  return owner.drafted(asked.planId ?? '');
}

async function approve(plan: PlanDetail): Promise<string> {
  expect(plan.state, plan.note ?? '').toBe('awaiting_approval');
  const decided = await owner.decide(plan, 'approve');
  expect(decided.status, JSON.stringify(decided.body)).toBe(200);
  return decided.body.runId ?? '';
}

const ended = (runId: string, seconds = 40): Promise<RunDetail> =>
  owner.run(runId, ['completed', 'failed', 'cancelled', 'review'], seconds);

/** The machine takes the next run, and that one comes to its good end. */
async function expectFree(host: string): Promise<void> {
  const run = await ended(await approve(await drafted(`restart ${host}-web on ${host}`)));
  expect(run.state, JSON.stringify(run.tasks, null, 1)).toBe('completed');
}

describe('a machine that can’t be reached', () => {
  test('before the card: the answer names it and the reason, nothing ran, and other machines are not held up', async () => {
    const { attic } = hosts;
    await attic.link.cut();
    const plan = await drafted('restart attic-web on attic');
    expect(plan).toMatchObject({ state: 'rejected', runId: null });
    expect(plan.note).toMatch(/^attic \(127\.0\.0\.1, port \d+\) cannot be reached: connection refused\./);
    expect(plan.note).toContain('Nothing ran.');
    expect(plan.card).toMatchObject({ message: plan.note, steps: [] });
    await expectFree('cellar');

    await attic.link.mend();
    await expectFree('attic');
  });

  test('for a moment in the middle of a run: the step goes on, once, and no line of its output is lost', async () => {
    const { attic } = hosts;
    await attic.plantService(
      'long-thing',
      'echo run >>runs; i=0; while [ $i -lt 60 ]; do echo "line $i"; i=$((i+1)); sleep 0.05; done',
    );
    await owner.call('POST', '/api/v1/machines/attic/probe');
    const runId = await approve(await drafted('restart long-thing on attic'));
    await expect.poll(() => owner.log(runId).then(({ text }) => text)).toContain('line 5\n');
    await attic.link.cut();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await attic.link.mend();
    const run = await ended(runId);
    expect(run.state, run.summary ?? '').toBe('completed');
    expect(run.tasks.map((task) => task.attempts.length)).toEqual([1]);
    expect((await owner.log(runId)).text).toBe(
      Array.from({ length: 60 }, (_, line) => `line ${line}\n`).join(''),
    );
    expect(await attic.read('long-thing', 'runs')).toBe('run\n');
  });
});

describe('a machine that shows another key', () => {
  test('a key nobody trusts: refused with the fingerprint and the command that trusts it', async () => {
    await writeFile(join(directory.path, 'known_hosts'), '');
    await hosts.cellar.link.cut();
    await hosts.cellar.link.mend();
    const plan = await drafted('restart cellar-web on cellar');
    expect(plan.state).toBe('rejected');
    expect(plan.note).toMatch(
      /key of cellar .* not known yet.*trust it with: npm run -s chiffon -- trust cellar SHA256:/,
    );
    await trustAll();
    await expectFree('cellar');
  });

  test('between the card and the run: the step fails loudly before anything is sent, and after trusting it the machine is free', async () => {
    const { loft, attic } = hosts;
    const plan = await drafted('restart loft-web on loft');
    const before = await loft.read('loft-web', 'said');
    // Something else now answers at the loft's address.
    await loft.link.cut();
    const impostor = await createBreakableLink({ host: '127.0.0.1', port: attic.port }, loft.link.port);
    const run = await ended(await approve(plan));
    expect(run.state).toBe('failed');
    expect(run.summary).toMatch(/^Step 1 failed: THE KEY OF LOFT HAS CHANGED\. .*nothing was sent/);
    expect(run.tasks[0]).toMatchObject({ state: 'failed', errorClass: 'host_key' });
    expect(run.card).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('No step was completed'),
    });
    expect(await loft.read('loft-web', 'said')).toBe(before);

    await impostor.close();
    await loft.link.mend();
    await expectFree('loft');
  });

  test('a machine that was set up anew is in use again after “chiffon trust”, without a restart of Chiffon', async () => {
    const { loft } = hosts;
    const other = `[127.0.0.1]:${loft.link.port} ${hosts.attic.knownHostsLine.split(' ').slice(1).join(' ')}`;
    await writeFile(join(directory.path, 'known_hosts'), `${knownHosts('loft')}${other}\n`);
    await loft.link.cut();
    await loft.link.mend();
    const refused = await drafted('restart loft-web on loft');
    expect(refused.note).toMatch(/THE KEY OF LOFT HAS CHANGED/);
    const [, command] = /chiffon -- (trust loft SHA256:\S+)/.exec(refused.note ?? '') ?? [];
    const trusting = spawn(
      process.execPath,
      [entry, ...(command ?? '').split(' '), '--config', config, '--data', join(directory.path, 'data')],
      { stdio: 'ignore' },
    );
    expect(await once(trusting, 'exit')).toEqual([0, null]);
    await expectFree('loft');
  });
});

describe.skipIf(!canMount)('a machine whose disk is full', () => {
  const filler = () => join(hosts.shed.home, 'filler');
  const fill = () => spawnSync('/bin/sh', ['-c', `cat /dev/zero >${filler()}`]);

  test('before the run: nothing is started, the card says why, and the machine is free once there is room', async () => {
    const plan = await drafted('restart shed-web on shed');
    fill();
    const run = await ended(await approve(plan));
    expect(run.state).toBe('failed');
    expect(run.tasks[0]).toMatchObject({ state: 'failed', errorClass: 'disk_full' });
    expect(run.summary).toMatch(/^Step 1 failed: nothing was started: .*disk is full/);
    expect(run.card.message).toContain('No step was completed');
    await rm(filler());
    await expectFree('shed');
  });

  test('in the middle of a step: it fails with the reason and keeps its log and its exit code', async () => {
    await hosts.shed.plantService('hungry', 'echo "begins"; cat /dev/zero >../../filler || exit 9');
    await owner.call('POST', '/api/v1/machines/shed/probe');
    const runId = await approve(await drafted('restart hungry on shed'));
    const run = await ended(runId);
    expect(run.state).toBe('failed');
    expect(run.tasks[0]).toMatchObject({ errorClass: 'disk_full', attempts: [{ exitCode: 9 }] });
    // The complaint itself found no room on that disk.
    expect(run.summary).toBe(
      'Step 1 failed: the disk of shed is full, so what the command said last may be lost. It ended with exit code 9',
    );
    expect((await owner.log(runId)).text).toContain('begins\n');
    await rm(filler());
    await expectFree('shed');
  });

  test('while it is full it can still be looked at and asked', async () => {
    fill();
    const probed = await owner.call<{ facts?: { diskFreeMb: number } }>(
      'POST',
      '/api/v1/machines/shed/probe',
    );
    expect(probed.status).toBe(200);
    await rm(filler());
  });
});

function knownHosts(except?: string): string {
  return Object.values(hosts)
    .filter((host) => host.name !== except)
    .map((host) => `${host.knownHostsLine}\n`)
    .join('');
}

async function trustAll(): Promise<void> {
  await writeFile(join(directory.path, 'known_hosts'), knownHosts());
}
