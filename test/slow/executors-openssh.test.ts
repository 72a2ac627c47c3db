import { existsSync } from 'node:fs';
import { describe } from 'vitest';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { executorContract } from '../contracts/executor-contract.ts';
import { opensshInstalled, startOpenssh } from '../executors/support/openssh-server.ts';
import { closedPort, contractJudge } from '../executors/support/sandbox-world.ts';

/** A world whose host is a real OpenSSH server with the given settings. */
const openWorld = async (settings: readonly string[]) => {
  const server = await startOpenssh({ settings });
  const hosts = [server.host, { ...server.host, name: 'gone', port: await closedPort() }];
  const durable = { connectSeconds: 1, graceSeconds: 2 };
  const another = () =>
    createStepExecutor({ hosts, knownHostsFile: server.knownHostsFile, judge: contractJudge, durable });
  const executor = another();
  return {
    host: server.host.name,
    unreachableHost: 'gone',
    executor,
    another,
    async stop() {
      await executor.close();
      await server.stop();
    },
  };
};

describe.skipIf(!opensshInstalled)('against a real OpenSSH server', () => {
  executorContract('the SSH executor', async () => await openWorld([]));
  executorContract(
    'the SSH executor with one session a connection',
    async () => await openWorld(['MaxSessions 1']),
  );
  executorContract(
    'the SSH executor behind a talkative login',
    async () =>
      await openWorld([
        'ForceCommand echo Welcome; echo "a warning" >&2; /bin/sh -c "$SSH_ORIGINAL_COMMAND"',
      ]),
  );
  describe.skipIf(!existsSync('/usr/bin/fish'))('whose users have fish', () => {
    executorContract(
      'the SSH executor',
      async () => await openWorld(['ForceCommand /usr/bin/fish -c "$SSH_ORIGINAL_COMMAND"']),
    );
  });
});
