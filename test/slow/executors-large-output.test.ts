import { describe, expect, it } from 'vitest';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { opensshInstalled, startOpenssh } from '../executors/support/openssh-server.ts';
import { freshAttempt, shellStep } from '../executors/support/perform-command.ts';
import { contractJudge } from '../executors/support/sandbox-world.ts';

const bytes = 100_000_000;

describe.skipIf(!opensshInstalled)('a command that writes a hundred megabytes to each stream', () => {
  it('comes through whole, without Chiffon growing by more than 64 MB', async () => {
    const server = await startOpenssh();
    const { host, knownHostsFile } = server;
    const executor = createStepExecutor({ hosts: [host], knownHostsFile, judge: contractJudge });
    const count = { out: 0, err: 0, note: 0 };
    const perform = async (size: number) =>
      await executor.perform(
        shellStep(
          host.name,
          `head -c ${size} /dev/zero | tr '\\0' x; head -c ${size} /dev/zero | tr '\\0' y >&2`,
          280,
        ),
        {
          attemptId: freshAttempt(),
          resumeAt: { out: 0, err: 0 },
          onOutput: async ({ stream, text }) => {
            count[stream] += text.length;
            most = Math.max(most, process.memoryUsage.rss());
          },
          signal: new AbortController().signal,
          detach: new AbortController().signal,
        },
      );
    let most = 0;
    await perform(20_000_000);
    const before = process.memoryUsage.rss();
    most = before;
    Object.assign(count, { out: 0, err: 0 });
    expect(await perform(bytes)).toMatchObject({ outcome: 'succeeded' });
    expect(count).toMatchObject({ out: bytes, err: bytes });
    expect((most - before) / 1e6).toBeLessThan(64);
    await executor.close();
    await server.stop();
  });
});
