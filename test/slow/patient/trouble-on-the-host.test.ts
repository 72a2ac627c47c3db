import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Machine } from '#api/contract/house.ts';
import type { PlanDetail } from '#api/contract/plans.ts';
import type { RunDetail } from '#api/contract/runs.ts';
import {
  type ChiffonProcess,
  startChiffonProcess,
  temporaryDirectory,
} from '../../support/chiffon-process.ts';
import { type HostBehindLink, startHostBehindLink } from '../../support/host-behind-link.ts';
import { createRestClient, type RestClient } from '../../support/rest-client.ts';
import { writeThreePeople } from '../../support/three-people.ts';

/** Troubles that take as long as Chiffon's patience does. Each has a machine of its own, and all happen at the same time. */

const names = ['mute', 'sick', 'endless', 'unreachable', 'away', 'lost'] as const;
type Name = (typeof names)[number];

/** A number of seconds no other process on this computer sleeps for. */
const mark = `4${String(Date.now()).slice(-7)}`;
/** The patience with a machine that goes away in the middle of a command, three tries of it, and some. */
const longestSeconds = 3 * 120 + 120;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let hosts: Readonly<Record<Name, HostBehindLink>>;
let chiffon: ChiffonProcess;
let owner: RestClient;
const sick = createServer((_, response) => {
  response.statusCode = 500;
  response.end('out of order');
});

beforeAll(async () => {
  directory = await temporaryDirectory();
  const started = await Promise.all(names.map((name) => startHostBehindLink(directory.path, name)));
  hosts = Object.fromEntries(started.map((host) => [host.name, host])) as unknown as typeof hosts;
  sick.listen(0, '127.0.0.1');
  await once(sick, 'listening');
  const sickPort = (sick.address() as AddressInfo).port;
  for (const host of started) await host.plantService('quick', 'echo "$1" >>said');
  await hosts.mute.plantService('thing', 'echo "$1" >>said; echo "started, it seems"', 9);
  await hosts.sick.plantService('thing', 'echo "$1" >>said', sickPort);
  await hosts.endless.plantService('thing', `echo "$1" >>said; echo begun; sleep ${mark}`);
  await hosts.unreachable.plantService('thing', 'echo "$1" >>said');
  // Counts how many of it run at the same time.
  await hosts.away.plantService(
    'thing',
    'echo "$1" >>said; mkdir busy || { echo "twice at once" >>said; exit 1; }; trap "rmdir busy; exit 1" TERM; echo begun; if [ -e again ]; then rmdir busy; else : >again; sleep 600 & wait; fi',
  );
  await hosts.lost.plantService('thing', 'echo "$1" >>said; echo begun; sleep 3');
  await writeFile(
    join(directory.path, 'known_hosts'),
    started.map((host) => `${host.knownHostsLine}\n`).join(''),
  );
  const config = await writeThreePeople(
    directory.path,
    `limits:\n  workers: 12\nknownHostsFile: ${directory.path}/known_hosts\nhosts:\n${started.map((host) => host.setting).join('')}`,
  );
  chiffon = await startChiffonProcess({
    directory: join(directory.path, 'data'),
    args: ['--config', config],
  });
  owner = createRestClient(chiffon.url, chiffon.token);
  for (const name of names) await owner.call('POST', `/api/v1/machines/${name}/probe`);
}, 120_000);

afterAll(async () => {
  await chiffon?.stop();
  for (const host of Object.values(hosts ?? {})) await host.stop();
  sick.close();
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

const begun = (runId: string) =>
  expect.poll(() => owner.log(runId).then(({ text }) => text), { timeout: 20_000 }).toContain('begun\n');
const ended = (runId: string): Promise<RunDetail> =>
  owner.run(runId, ['completed', 'failed', 'cancelled', 'review'], longestSeconds);

async function expectFree(name: Name): Promise<void> {
  const run = await ended(await approve(await drafted(`restart quick on ${name}`)));
  expect(run.state, JSON.stringify(run.tasks, null, 1)).toBe('completed');
}

describe.concurrent('a trouble that takes its time', { timeout: (longestSeconds + 60) * 1000 }, () => {
  test('a service that never answers: the check fails with what was seen, and what was done is said', async () => {
    const run = await ended(await approve(await drafted('restart thing on mute')));
    expect(run.state).toBe('failed');
    expect(run.tasks).toMatchObject([
      { state: 'completed' },
      { state: 'failed', errorClass: 'network_error' },
    ]);
    expect(run.card.message).toMatch(
      /^Step 2 failed: http:\/\/127\.0\.0\.1:9\/\S* did not answer within 2 min; last: connection refused\. Done and still in place: step 1\.$/,
    );
    expect((await owner.log(run.runId)).text).toContain('started, it seems\n');
    await expectFree('mute');
  });

  test('a service that answers but never becomes healthy: the reason names its answer', async () => {
    const run = await ended(await approve(await drafted('restart thing on sick')));
    expect(run.tasks.at(-1)).toMatchObject({ state: 'failed', errorClass: 'unhealthy' });
    expect(run.card.message).toMatch(/did not become healthy within 2 min; last: it answered 500 instead of/);
    await expectFree('sick');
  });

  test('a step that exceeds its time limit: stopped on the machine with everything it started, log kept', async () => {
    const runId = await approve(await drafted('restart thing on endless'));
    await begun(runId);
    const run = await ended(runId);
    expect(run.tasks).toMatchObject([{ state: 'failed', errorClass: 'timed_out' }]);
    expect(run.card.message).toBe(
      'Step 1 failed: stopped on endless: it did not end within 2 min. Its last line was: begun. No step was completed.',
    );
    const left = execFileSync('ps', ['-e', '-o', 'stat=,args='], { encoding: 'utf8' }).split('\n');
    expect(left.filter((line) => line.includes(`sleep ${mark}`) && !line.startsWith('Z'))).toEqual([]);
    await expectFree('endless');
  });

  test('a machine that goes away between the card and the run: nothing was started, and that is said', async () => {
    const { unreachable } = hosts;
    const plan = await drafted('restart thing on unreachable');
    await unreachable.link.cut();
    const run = await ended(await approve(plan));
    expect(run.tasks).toMatchObject([{ state: 'failed', errorClass: 'network_error' }]);
    expect(run.card.message).toMatch(
      /^Step 1 failed: unreachable \(127\.0\.0\.1, port \d+\) cannot be reached: connection refused\. No step was completed/,
    );
    await unreachable.link.mend();
    expect(await unreachable.read('thing', 'said')).toBe('');
    await expectFree('unreachable');
  });

  test('a machine that is away longer than Chiffon waits: what may run twice is tried again, and never two at once', async () => {
    const { away } = hosts;
    const runId = await approve(await drafted('restart thing on away'));
    await begun(runId);
    await away.link.cut();
    await expect
      .poll(async () => (await owner.run(runId, ['running'])).tasks[0]?.attempts.length, { timeout: 200_000 })
      .toBe(2);
    await away.link.mend();
    const run = await ended(runId);
    expect(run.state, JSON.stringify(run.tasks, null, 1)).toBe('completed');
    expect(run.tasks[0]?.attempts).toMatchObject([{ outcome: 'unknown' }, { outcome: 'succeeded' }]);
    expect(await away.read('thing', 'said')).toBe('restart\nrestart\n');
    await expectFree('away');
  });

  test('a machine that never comes back: the outcome is unknown, a person says what is true, and the next run goes on', async () => {
    const { lost } = hosts;
    const runId = await approve(await drafted('restart thing on lost'));
    await begun(runId);
    const waiting = await drafted('restart quick on lost');
    await lost.link.cut();
    const run = await ended(runId);
    expect(run.state).toBe('review');
    expect(run.card).toMatchObject({ state: 'unknown', stateWord: 'Outcome unknown' });
    expect(run.card.message).toMatch(
      /lost could not be reached for 2 min while the command may be running.*Look at the machine and say what is true/,
    );
    const machine = await owner.call<Machine>('GET', '/api/v1/machines/lost');
    expect(machine.body.heldBy?.runId).toBe(runId);
    const next = await approve(waiting);
    expect((await owner.run(next, ['blocked'])).card.state).toBe('waiting');

    await lost.link.mend();
    expect(await lost.read('thing', 'said')).toBe('restart\n');
    const settled = await owner.call<RunDetail>('POST', `/api/v1/runs/${runId}/reconcile`, {
      verdict: 'completed',
    });
    expect(settled.status, JSON.stringify(settled.body)).toBe(200);
    expect((await ended(runId)).state).toBe('completed');
    expect((await ended(next)).state).toBe('completed');
  });
});
