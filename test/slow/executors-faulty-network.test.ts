import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { writeTrustedKey } from '#executors/ssh/trust-host-key.ts';
import { performCommand } from '../executors/support/perform-command.ts';
import { contractJudge, openSandboxWorld } from '../executors/support/sandbox-world.ts';
import { createFaultyLink, faults } from '../support/faulty-link.ts';

/** Times in which the network is at fault. CHIFFON_FAULT_WINDOWS=200 for a night. */
const windows = Number(process.env['CHIFFON_FAULT_WINDOWS'] ?? 16);
const windowMs = 700;
const calmMs = 300;
const commands = 6;

it(`${windows} times of trouble in the network lose and repeat nothing, and work goes on soon after`, async () => {
  const world = await openSandboxWorld();
  const [host] = world.hosts;
  if (host === undefined) throw new Error('the sandbox has no host');
  const link = await createFaultyLink({ host: '127.0.0.1', port: host.port });
  const known = readFileSync(world.knownHostsFile, 'utf8');
  await writeTrustedKey(
    world.knownHostsFile,
    '127.0.0.1',
    link.port,
    Buffer.from(known.trim().split(' ')[2] ?? '', 'base64'),
  );
  const executor = createStepExecutor({
    hosts: [{ ...host, port: link.port }],
    knownHostsFile: world.knownHostsFile,
    judge: contractJudge,
  });
  let over = false;
  let troubled = 0;
  let longestMs = 0;
  let lastHeard = performance.now();
  const network = (async () => {
    while (troubled < windows) {
      link.set(faults[troubled % faults.length] ?? null);
      await pause(windowMs);
      link.set(null);
      troubled += 1;
      const mended = performance.now();
      // Work goes on: something is heard again after the network is back.
      while (lastHeard < mended && !over) await pause(10);
      longestMs = Math.max(longestMs, performance.now() - mended);
      await pause(calmMs);
    }
    over = true;
  })();
  const runs: number[] = [];
  // As long as there is trouble, somebody works.
  const work = async (worker: number) => {
    for (let turn = 0; !over; turn += 1) {
      const name = `net-${worker}-${turn}`;
      const command = `echo ${name} >>runs; i=0; while [ $i -lt 60 ]; do echo "line $i ü"; echo "err $i" >&2; i=$((i+1)); sleep 0.02; done`;
      const { result, out, err } = await performCommand(executor, host.name, command, {
        onOutput: async () => void (lastHeard = performance.now()),
      });
      expect(result).toMatchObject({ outcome: 'succeeded' });
      expect(out).toBe(Array.from({ length: 60 }, (_, i) => `line ${i} ü\n`).join(''));
      expect(err).toBe(Array.from({ length: 60 }, (_, i) => `err ${i}\n`).join(''));
      runs.push(worker);
    }
  };
  await Promise.all(Array.from({ length: commands }, (_, worker) => work(worker)));
  await network;
  const started = readFileSync(join(world.home, 'runs'), 'utf8').trim().split('\n');
  expect(new Set(started).size).toBe(started.length);
  expect(started.length).toBe(runs.length);
  expect(troubled).toBe(windows);
  expect(longestMs).toBeLessThan(30_000);
  await executor.close();
  await link.close();
  await world.stop();
}, 1_200_000);
