import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import type { StepExecutor } from '#flow/executor-port.ts';
import { type OpensshServer, opensshInstalled, startOpenssh } from '../executors/support/openssh-server.ts';
import { freshAttempt, performCommand, shellStep } from '../executors/support/perform-command.ts';
import { contractJudge, temporaryFolder } from '../executors/support/sandbox-world.ts';

const folder = await temporaryFolder();
const home = join(folder.path, 'small');
mkdirSync(home);
/** A file system of 64 KB; only root can make one. */
const mounted =
  opensshInstalled && spawnSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', home]).status === 0;

afterAll(async () => {
  // Lazily: what sshd started there may take a moment longer to end.
  if (mounted) spawnSync('/bin/umount', ['--lazy', home]);
  await folder.remove();
});

describe.skipIf(!mounted)('a host whose disk is full', () => {
  let server: OpensshServer;
  let executor: StepExecutor;
  beforeAll(async () => {
    server = await startOpenssh({
      settings: [`ForceCommand HOME=${home} /bin/sh -c "$SSH_ORIGINAL_COMMAND"`],
    });
    const { host, knownHostsFile } = server;
    executor = createStepExecutor({ hosts: [host], knownHostsFile, judge: contractJudge });
  });
  afterAll(async () => {
    await executor.close();
    await server.stop();
  });

  it('still tells the exit code of a command that filled it', async () => {
    const command = 'head -c 200000 /dev/zero >filler; exit 5';
    const { result } = await performCommand(executor, server.host.name, command);
    expect(result).toMatchObject({ outcome: 'failed', exitCode: 5, errorClass: 'disk_full' });
  });

  it('starts nothing and says why', async () => {
    expect(() => writeFileSync(join(home, 'filler'), Buffer.alloc(200_000))).toThrow('ENOSPC');
    const { result } = await performCommand(executor, server.host.name, 'echo hello');
    expect(result).toMatchObject({ outcome: 'failed', exitCode: null, errorClass: 'disk_full' });
    expect(result.summary).toContain('Nothing was started');
  });

  it('keeps the old file whole when the new one does not fit', async () => {
    const { command: _, ...common } = shellStep(server.host.name, 'unused');
    const result = await executor.perform(
      { ...common, uses: 'file', path: 'notes', content: 'x'.repeat(9_000), mode: '0644' },
      {
        attemptId: freshAttempt(),
        resumeAt: { out: 0, err: 0 },
        onOutput: async () => {},
        signal: new AbortController().signal,
        detach: new AbortController().signal,
      },
    );
    expect(result).toMatchObject({ outcome: 'failed', errorClass: 'disk_full' });
  });
});
