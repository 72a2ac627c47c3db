import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { type OpensshServer, opensshInstalled, startOpenssh } from '../executors/support/openssh-server.ts';
import { performCommand } from '../executors/support/perform-command.ts';
import { contractJudge, temporaryFolder } from '../executors/support/sandbox-world.ts';
import { mayMount } from '../support/host-behind-link.ts';

function executorFor(server: OpensshServer) {
  const { host, knownHostsFile } = server;
  const executor = createStepExecutor({ hosts: [host], knownHostsFile, judge: contractJudge });
  onTestFinished(async () => {
    await executor.close();
    await server.stop();
  });
  return executor;
}

describe.skipIf(!opensshInstalled)('sixty-four commands at once on one host', () => {
  it.each([
    ['as OpenSSH is set up by default', ['MaxSessions 10', 'MaxStartups 10:30:100']],
    ['with one session a connection', ['MaxSessions 1', 'MaxStartups 10:30:100']],
    ['that turns away whoever logs in beside two others', ['MaxSessions 10', 'MaxStartups 2:100:2']],
  ])('all get through, each once, %s', async (_, settings) => {
    const server = await startOpenssh({ settings });
    const executor = executorFor(server);
    const all = await Promise.all(
      Array.from({ length: 64 }, (_, i) =>
        performCommand(executor, server.host.name, `sleep 0.2; echo ${i}`),
      ),
    );
    expect(all.map(({ result }) => result.outcome)).toEqual(Array(64).fill('succeeded'));
    expect(all.map(({ out }) => out)).toEqual(Array.from({ length: 64 }, (_, i) => `${i}\n`));
  });
});

const scratch = await temporaryFolder();
const mountable = opensshInstalled && mayMount(scratch.path);

describe.skipIf(!mountable)('a host whose home folder', () => {
  const startOn = async (options: string) => {
    const folder = await temporaryFolder();
    const home = join(folder.path, 'home');
    mkdirSync(home);
    const mounted = spawnSync('/bin/mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', home]);
    if (mounted.status !== 0) throw new Error(`the file system could not be mounted: ${mounted.stderr}`);
    onTestFinished(async () => {
      spawnSync('/bin/umount', ['-l', home]);
      await folder.remove();
    });
    return await startOpenssh({
      settings: [`ForceCommand HOME=${home} /bin/sh -c "$SSH_ORIGINAL_COMMAND"`],
    });
  };

  it('is read-only starts nothing and says so', async () => {
    const server = await startOn('ro');
    const { result } = await performCommand(executorFor(server), server.host.name, 'echo no');
    expect(result).toMatchObject({ outcome: 'failed', exitCode: null, errorClass: 'permission_denied' });
    expect(result.summary).toMatch(/^Nothing was started: .*Read-only file system/);
  });

  it('may execute no programs runs commands all the same', async () => {
    const server = await startOn('noexec,size=1m');
    const { result, out } = await performCommand(executorFor(server), server.host.name, 'echo fine');
    expect([result.outcome, out]).toEqual(['succeeded', 'fine\n']);
  });

  it('has no room left, not even for a folder, starts nothing and says so', async () => {
    const server = await startOn('size=1m,nr_inodes=1');
    const { result } = await performCommand(executorFor(server), server.host.name, 'echo no');
    expect(result).toMatchObject({ outcome: 'failed', exitCode: null, errorClass: 'disk_full' });
    expect(result.summary).toMatch(/^Nothing was started: .*its disk is full/);
  });

  it('loses its last room between the claim and the command starts nothing either, and leaves no claim', async () => {
    // Room for .chiffon, attempts and the runner, and for the claim, but not for what belongs into it.
    const server = await startOn('size=1m,nr_inodes=6');
    const executor = executorFor(server);
    const { result } = await performCommand(executor, server.host.name, 'echo no', { attemptId: 'tight' });
    expect(result).toMatchObject({ outcome: 'failed', exitCode: null, errorClass: 'disk_full' });
    const again = await performCommand(executor, server.host.name, 'echo no', { attemptId: 'tight' });
    expect(again.result).toMatchObject({ outcome: 'failed', exitCode: null, errorClass: 'disk_full' });
  });
});
