import { join } from 'node:path';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import type { HostAddress } from '#executors/host-address.ts';
import { startSandboxHost } from '#executors/ssh/sandbox/start-sandbox-host.ts';
import type { StepExecutor } from '#flow/executor-port.ts';
import { renderServiceScript } from '#planning/composing/service-files.ts';
import { judgeCommand } from '#policy/shell/judge-command.ts';
import { describeHouse } from './describe-house.ts';
import { sandboxName } from './open-planner.ts';
import type { Parts } from './parts.ts';

/** What reaches the machines. Only a worker has it. */
export interface Hands {
  readonly executor: StepExecutor;
  /** The machines' names, in the order of the configuration. */
  readonly hosts: readonly string[];
}

/** Opens the way to the machines. Every command passes the judge right before it runs. */
export async function openHands(parts: Parts): Promise<Hands> {
  const { config, shutdown } = parts;
  const hosts = await reachableHosts(parts);
  const executor = createStepExecutor({ hosts, knownHostsFile: config.knownHostsFile, judge: judgeCommand });
  shutdown.onStop('the connections to the machines', () => executor.close());
  return { executor, hosts: hosts.map(({ name }) => name) };
}

/** The configured machines; without any, a sandbox on the loopback that is a real SSH server. */
async function reachableHosts({ config, log, shutdown }: Parts): Promise<readonly HostAddress[]> {
  if (config.hosts.length > 0) return config.hosts.map(describeHouse.address);
  const sandbox = await startSandboxHost({
    directory: join(config.data, sandboxName),
    knownHostsFile: config.knownHostsFile,
    log: (message, fields) => log.info(fields ?? {}, message),
    demoWeb: renderServiceScript,
  });
  shutdown.onStop('the sandbox host', () => sandbox.stop());
  return [sandbox.host];
}
