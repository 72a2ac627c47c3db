import { writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import { type HostBehindLink, startHostBehindLink } from '../support/host-behind-link.ts';
import { createRestClient } from '../support/rest-client.ts';
import { writeThreePeople } from '../support/three-people.ts';

const names = ['one', 'two', 'three', 'four'];
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let hosts: readonly HostBehindLink[] = [];
let chiffon: ChiffonProcess;
let config: string;
const sockets = new Set<Socket>();
/** A machine that takes connections and then says nothing: whoever looks at it has to wait. */
const silent = createServer((socket) => void sockets.add(socket));

const start = (...more: string[]) =>
  startChiffonProcess({ directory: join(directory.path, 'data'), args: ['--config', config, ...more] });

beforeAll(async () => {
  directory = await temporaryDirectory();
  hosts = await Promise.all(names.map((name) => startHostBehindLink(directory.path, name)));
  for (const host of hosts) {
    await host.plantService(
      'patient',
      'echo "$1" >>said; echo begun; until [ -e go ]; do sleep 0.05; done; echo ended',
    );
  }
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  await writeFile(
    join(directory.path, 'known_hosts'),
    hosts.map((host) => `${host.knownHostsLine}\n`).join(''),
  );
  const settings = hosts.map((host) => host.setting);
  const hung = (settings[0] ?? '').replace('name: one', 'name: hung').replace(/port: \d+/, `port: ${port}`);
  config = await writeThreePeople(
    directory.path,
    `knownHostsFile: ${directory.path}/known_hosts\nhosts:\n${settings.join('')}${hung}`,
  );
  chiffon = await start();
}, 120_000);

afterAll(async () => {
  await chiffon?.stop();
  for (const host of hosts) await host.stop();
  for (const socket of sockets) socket.destroy();
  silent.close();
  await directory?.remove();
}, 60_000);

test('asked to stop with steps under way and a machine that hangs, it ends soon and cleanly; started again, every step goes on where it was', async () => {
  const before = createRestClient(chiffon.url, chiffon.token);
  for (const name of names) await before.call('POST', `/api/v1/machines/${name}/probe`);
  const runs: string[] = [];
  for (const name of names) {
    const plan = await before.drafted((await before.ask(`restart patient on ${name}`)).planId ?? '');
    runs.push((await before.decide(plan, 'approve')).body.runId ?? '');
  }
  for (const run of runs) {
    await expect.poll(() => before.log(run).then(({ text }) => text), { timeout: 20_000 }).toBe('begun\n');
  }
  // Steps that take long on every machine keep nobody from being answered.
  const question = await before.drafted((await before.ask('how much disk is free on two')).planId ?? '');
  expect((await before.run(question.runId ?? '', ['completed', 'failed'])).state).toBe('completed');

  // Somebody has just asked for a plan on the machine that hangs, too.
  await before.ask('restart patient on hung');
  const since = performance.now();
  expect(await chiffon.stop(), chiffon.stderr()).toBe(0);
  expect(performance.now() - since).toBeLessThan(12_000);
  expect(chiffon.stderr()).not.toMatch(/did not stop in time|not everything came to rest/);

  // A start that fails leaves the unfinished runs alone.
  const taken = String((silent.address() as { port: number }).port);
  await expect(start('--port', taken)).rejects.toThrow(`Port ${taken} on 127.0.0.1 is taken`);

  chiffon = await start();
  for (const host of hosts) await writeFile(join(host.home, 'services/patient/go'), '');
  const after = createRestClient(chiffon.url, chiffon.token);
  for (const [index, id] of runs.entries()) {
    const run = await after.run(id, ['completed', 'failed', 'review'], 60);
    expect(run.state, JSON.stringify(run.tasks, null, 1)).toBe('completed');
    expect(run.tasks.map((task) => task.attempts.length)).toEqual([1]);
    expect((await after.log(id)).text).toBe('begun\nended\n');
    expect(await hosts[index]?.read('patient', 'said')).toBe('restart\n');
  }
}, 180_000);
