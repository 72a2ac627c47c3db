import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandJudge } from '#executors/command-judge.ts';
import { createStepExecutor, type StepExecutorOptions } from '#executors/create-step-executor.ts';
import type { HostAddress } from '#executors/host-address.ts';
import { type SandboxOptions, startSandboxHost } from '#executors/ssh/sandbox/start-sandbox-host.ts';
import type { ExecutorWorld } from '../../contracts/executor-contract.ts';

/** Denies what the contract calls denied and lets everything else run. */
export const contractJudge: CommandJudge = (command) =>
  command === 'reboot'
    ? { verdict: 'deny', rule: 'floor.host-power', reason: 'it would switch the host off.' }
    : { verdict: 'allow', rule: 'test', reason: 'a test' };

/** A folder of its own under the system's temporary folder. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'chiffon-executors-'));
  return { path, remove: async () => await rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A port nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface SandboxWorld extends ExecutorWorld {
  readonly directory: string;
  readonly home: string;
  readonly knownHostsFile: string;
  readonly hosts: readonly HostAddress[];
  dropConnections(): void;
}

/** The real executor against a sandbox host, without its demo service unless asked for. */
export async function openSandboxWorld(
  options: Partial<SandboxOptions> = {},
  durable: StepExecutorOptions['durable'] = { connectSeconds: 1, graceSeconds: 2 },
): Promise<SandboxWorld> {
  const folder = await temporaryFolder();
  const knownHostsFile = join(folder.path, 'known_hosts');
  const sandbox = await startSandboxHost({
    directory: join(folder.path, 'sandbox'),
    log: () => {},
    knownHostsFile,
    ...options,
  });
  const gone: HostAddress = { ...sandbox.host, name: 'gone', port: await closedPort() };
  const hosts = [sandbox.host, gone];
  const another = () =>
    createStepExecutor({ hosts, knownHostsFile, judge: contractJudge, durable: durable ?? {} });
  const executor = another();
  return {
    host: sandbox.host.name,
    unreachableHost: gone.name,
    executor,
    another,
    directory: folder.path,
    home: join(folder.path, 'sandbox', 'home'),
    knownHostsFile,
    hosts,
    dropConnections: sandbox.dropConnections,
    async stop() {
      await executor.close();
      await sandbox.stop();
      await folder.remove();
    },
  };
}
