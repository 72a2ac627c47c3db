import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExecutorWorld, executorContract } from '../contracts/executor-contract.ts';
import {
  busyboxThere,
  startBusyboxHost,
  startSystemdHost,
  systemdThere,
  worldOn,
} from '../executors/support/other-hosts.ts';
import { freshAttempt, performCommand } from '../executors/support/perform-command.ts';

describe.skipIf(!busyboxThere)('on a host that has busybox and nothing else', () => {
  executorContract('the SSH executor', async () => await worldOn(startBusyboxHost()));

  describe('a command', () => {
    let world: ExecutorWorld;
    beforeAll(async () => {
      world = await worldOn(startBusyboxHost());
    });
    afterAll(async () => {
      await world.stop();
    });

    it('really runs under busybox', async () => {
      const { out } = await performCommand(
        world.executor,
        world.host,
        '/bin/sh --help 2>&1 | head -n 1; readlink -f "$(command -v sed)"',
      );
      expect(out).toMatch(/^BusyBox .*\n.*busybox\n$/);
    });

    it('is stopped with the daemon it left its group to', async () => {
      await expectStoppedWithDaemon(world);
    });
  });
});

describe.skipIf(!systemdThere)('on a host with a real systemd', () => {
  executorContract('the SSH executor', async () => await worldOn(startSystemdHost()));

  describe('a command', () => {
    let world: ExecutorWorld;
    beforeAll(async () => {
      world = await worldOn(startSystemdHost());
    });
    afterAll(async () => {
      await world.stop();
    });

    it('runs in a scope named after its attempt, whose name nobody can take while it runs', async () => {
      const attemptId = freshAttempt();
      const take = `systemd-run --quiet --scope --unit=chiffon-${attemptId} true 2>&1 || true`;
      const { out } = await performCommand(world.executor, world.host, `cat /proc/self/cgroup; ${take}`, {
        attemptId,
      });
      expect(out).toContain(`/system.slice/chiffon-${attemptId}.scope\n`);
      expect(out).toContain('already loaded');
    });

    it('outlives a restart of sshd with all its sessions', async () => {
      const attemptId = freshAttempt();
      const restart =
        'systemctl kill --kill-whom=all --signal=KILL sshd-test.service; systemctl restart sshd-test.service';
      const { result, out } = await performCommand(
        world.executor,
        world.host,
        `echo begun; ${restart}; sleep 1; echo done`,
        { attemptId },
      );
      expect([result.outcome, out]).toEqual(['succeeded', 'begun\ndone\n']);
    });

    it('is stopped with the daemon it left its group to, also one without a trace in its environment', async () => {
      await expectStoppedWithDaemon(world);
      await expectStoppedWithDaemon(world, 'env -i ');
    });
  });
});

/** Stops a command that has started a daemon in a session of its own, and looks for what is left. */
async function expectStoppedWithDaemon(world: ExecutorWorld, how = ''): Promise<void> {
  const nap = `sleep ${randomInt(10_000_000, 99_999_999)}`;
  const stop = new AbortController();
  const command = `${how}setsid ${nap} </dev/null >/dev/null 2>&1 & echo begun; sleep 600`;
  const { result } = await performCommand(world.executor, world.host, command, {
    signal: stop.signal,
    onOutput: async () => stop.abort(),
  });
  expect(result.outcome).toBe('cancelled');
  const { out } = await performCommand(world.executor, world.host, `pgrep -f '^${nap}$' || echo none`);
  expect(out).toBe('none\n');
}
