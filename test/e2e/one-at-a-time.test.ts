import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Machine } from '#api/contract/house.ts';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import { createRestClient, type RestClient } from '../support/rest-client.ts';

// Whole processes and real runs, on whatever computer this is.
vi.setConfig({ testTimeout: 60_000 });

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let chiffon: ChiffonProcess;
let owner: RestClient;
let services: string;

/** A service whose every command appends to a file and takes as long as the test says. */
async function plantService(name: string, seconds: number, exitCode = 0): Promise<void> {
  const folder = join(services, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'service.conf'), `name=${name}\ntitle=${name}\n`);
  await writeFile(
    join(folder, 'service.sh'),
    `#!/bin/sh\ncd "$(dirname "$0")"\n[ "$1" != halt ] || exit 0\necho "$1 begins" >>said\necho "working on $1"\nsleep ${seconds}\necho "$1 ends" >>said\nexit ${exitCode}\n`,
  );
  await chmod(join(folder, 'service.sh'), 0o755);
}

const said = (name: string): Promise<string> =>
  readFile(join(services, name, 'said'), 'utf8').catch(() => '');

async function approve(words: string): Promise<string> {
  const asked = await owner.ask(words);
  const plan = await owner.drafted(asked.planId ?? '');
  const decided = await owner.decide(plan, 'approve');
  expect(decided.status, JSON.stringify(plan.note)).toBe(200);
  return decided.body.runId ?? '';
}

beforeAll(async () => {
  directory = await temporaryDirectory();
  services = join(directory.path, 'data/sandbox/home/services');
  chiffon = await startChiffonProcess({ directory: join(directory.path, 'data') });
  owner = createRestClient(chiffon.url, chiffon.token);
  await plantService('slow-thing', 4);
  await plantService('endless-thing', 600);
  await plantService('broken-thing', 0, 7);
  await owner.call('POST', '/api/v1/machines/sandbox/probe');
}, 120_000);

afterAll(async () => {
  await chiffon?.stop();
  await directory?.remove();
}, 60_000);

test('one run that changes a host at a time, first come first served, and who waits is told for whom', async () => {
  const first = await approve('restart slow-thing');
  await owner.run(first, ['running']);
  const second = await approve('restart demo-web');
  const waiting = await owner.run(second, ['blocked']);
  expect(waiting.waitsFor).toMatch(/^P-1 \(.*slow-thing/);
  expect(waiting.card).toMatchObject({ state: 'waiting', stateWord: expect.stringContaining('P-1') });
  const machine = await owner.call<Machine>('GET', '/api/v1/machines/sandbox');
  expect(machine.body.heldBy?.runId).toBe(first);

  await owner.run(first, ['completed']);
  const done = await owner.run(second, ['completed', 'failed']);
  expect(done.state).toBe('completed');
  const { endedAt } = await owner.run(first, ['completed']);
  expect((done.startedAt ?? '') >= (endedAt ?? 'never')).toBe(true);
  expect((await owner.call<Machine>('GET', '/api/v1/machines/sandbox')).body.heldBy).toBeNull();
});

test('a stopped run kills the command on the host, starts nothing more, and lets go of the host', async () => {
  const runId = await approve('restart endless-thing');
  await owner.run(runId, ['running']);
  while (!(await said('endless-thing')).includes('begins'))
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await owner.call('POST', `/api/v1/runs/${runId}/cancel`)).status).toBe(200);
  const stopped = await owner.run(runId, ['cancelled']);
  expect(stopped.summary).toMatch(/^Stopped by /);
  const next = await owner.run(await approve('restart demo-web'), ['completed', 'failed']);
  expect(next.state).toBe('completed');
  expect((await owner.run(runId, ['cancelled'])).tasks[0]?.state).toBe('cancelled');
  expect(await said('endless-thing')).toBe('restart begins\n');
  expect((await owner.call('POST', `/api/v1/runs/${runId}/cancel`)).status).toBe(409);
});

test('a step that fails ends the run with the reason, keeps its log, and the card says what is true now', async () => {
  const runId = await approve('restart broken-thing');
  const run = await owner.run(runId, ['failed', 'completed']);
  expect(run).toMatchObject({ state: 'failed', summary: expect.stringMatching(/^Step 1 failed: .*7/) });
  expect(run.card).toMatchObject({
    state: 'failed',
    message: expect.stringContaining('No step was completed'),
  });
  expect((await owner.log(runId)).text).toContain('working on restart');
  expect(await said('broken-thing')).toBe('restart begins\nrestart ends\n');
  const failures = await owner.call<{ count: number }>(
    'GET',
    '/api/v1/audit?outcome=failed&since=1h&service=broken-thing',
  );
  expect(failures.body.count).toBeGreaterThan(0);
  expect((await owner.ask('what failed today')).reply).toContain('broken-thing');
});

test('what was recorded about a run holds an intention before and an outcome after every try', async () => {
  const { body } = await owner.call<{ events: { kind: string; run: string | null }[] }>(
    'GET',
    '/api/v1/audit?since=1h&limit=1000',
  );
  const of = (kind: string): number => body.events.filter((event) => event.kind === kind).length;
  expect(of('attempt.intended')).toBeGreaterThan(3);
  expect(of('attempt.ended')).toBe(of('attempt.intended'));
});
