import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import type { HostAddress } from '#executors/host-address.ts';
import { startSandboxHost } from '#executors/ssh/sandbox/start-sandbox-host.ts';
import { freshAttempt, performCommand } from '../executors/support/perform-command.ts';
import { contractJudge, temporaryFolder } from '../executors/support/sandbox-world.ts';
import { sandboxProcess } from './support/executors-sandbox-process.ts';

describe('a sandbox whose process is killed', () => {
  it('is taken over by the next one: services and commands go on as if nothing had happened', async () => {
    const folder = await temporaryFolder();
    const directory = folder.path;
    const knownHostsFile = join(directory, 'known_hosts');
    const child: ChildProcess = spawn(process.execPath, [sandboxProcess, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // A process that is left behind would keep the test run from ending.
    onTestFinished(() => void child.kill('SIGKILL'));
    const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
    const hosts = [JSON.parse(String(line)) as HostAddress];
    const executor = createStepExecutor({ hosts, knownHostsFile, judge: contractJudge });
    const supervisor = () => readFileSync(join(directory, 'home/services/demo-web/service.pid'), 'utf8');
    const bootId = () => readFileSync(join(directory, 'home/.chiffon/boot_id'), 'utf8');
    const before = [supervisor(), bootId()];

    let next: Awaited<ReturnType<typeof startSandboxHost>> | undefined;
    const { result, out } = await performCommand(
      executor,
      'sandbox',
      'echo run >>runs; echo begun; sleep 2; cat runs',
      {
        attemptId: freshAttempt(),
        onOutput: async () => {
          if (next !== undefined) return;
          const gone = once(child, 'exit');
          child.kill('SIGKILL');
          await gone;
          next = await startSandboxHost({ directory, log: () => {}, knownHostsFile });
        },
      },
    );
    expect([result.outcome, out]).toEqual(['succeeded', 'begun\nrun\n']);
    expect([supervisor(), bootId()]).toEqual(before);
    await executor.close();
    await next?.stop();
    await folder.remove();
  });
});
