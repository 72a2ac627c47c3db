import { readFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { writeTrustedKey } from '#executors/ssh/trust-host-key.ts';
import { performCommand } from '../executors/support/perform-command.ts';
import { contractJudge, openSandboxWorld } from '../executors/support/sandbox-world.ts';

/** A way to a port that can be cut without either end hearing of it, as a pulled cable does. */
async function openCable(port: number) {
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    near.pipe(far).pipe(near);
    sockets.push(near, far);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    /** Everything that is connected now falls silent; new connections work. */
    pull() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

describe('a host that falls silent', () => {
  it('is noticed within thirty seconds, and the command is found again', async () => {
    const world = await openSandboxWorld();
    const [host] = world.hosts;
    if (host === undefined) throw new Error('the sandbox has no host');
    const cable = await openCable(host.port);
    const known = await readFile(world.knownHostsFile, 'utf8');
    const key = Buffer.from(known.trim().split(' ')[2] ?? '', 'base64');
    await writeTrustedKey(world.knownHostsFile, '127.0.0.1', cable.port, key);
    const executor = createStepExecutor({
      hosts: [{ ...host, port: cable.port }],
      knownHostsFile: world.knownHostsFile,
      judge: contractJudge,
    });
    let pulledAt = 0;
    const { result, out } = await performCommand(executor, host.name, 'echo begun; sleep 1; echo done', {
      onOutput: async () => {
        if (pulledAt > 0) return;
        pulledAt = performance.now();
        cable.pull();
      },
    });
    expect([result.outcome, out]).toEqual(['succeeded', 'begun\ndone\n']);
    expect(performance.now() - pulledAt).toBeLessThan(30_000);
    await executor.close();
    await cable.close();
    await world.stop();
  }, 60_000);
});
