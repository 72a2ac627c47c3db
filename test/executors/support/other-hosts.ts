import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import type { ExecutorWorld } from '../../contracts/executor-contract.ts';
import { type OpensshServer, opensshInstalled, startOpenssh } from './openssh-server.ts';
import { closedPort, contractJudge } from './sandbox-world.ts';

/** A world for the contract whose host is a given OpenSSH server. */
export async function worldOn(starting: Promise<OpensshServer>): Promise<ExecutorWorld> {
  const server = await starting;
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
}

/** Only root can give a process file systems of its own. */
const mayUnshare =
  opensshInstalled && spawnSync('/usr/bin/unshare', ['--mount', '--pid', '--fork', 'true']).status === 0;

export const busyboxThere = mayUnshare && existsSync('/bin/busybox');

/** A host as Alpine is: /bin/sh is busybox, and busybox's programs are the only ones on the path. */
export async function startBusyboxHost(): Promise<OpensshServer> {
  return await startOpenssh({
    name: 'busybox',
    settings: ['ForceCommand PATH=$HOME/../applets /bin/sh -c "$SSH_ORIGINAL_COMMAND"'],
    within(command, directory) {
      const applets = join(directory, 'applets');
      mkdirSync(applets);
      const names = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n');
      for (const name of names) symlinkSync('/bin/busybox', join(applets, name));
      const setUp = 'mount --make-rprivate / && mount --bind /bin/busybox /bin/sh && exec "$@"';
      return ['/usr/bin/unshare', '--mount', '/bin/bash', '-c', setUp, 'busybox', ...command];
    },
  });
}

export const systemdThere =
  mayUnshare && existsSync('/lib/systemd/systemd') && existsSync('/bin/systemd-run');

/** A host whose first process is a real systemd, with sshd as a service of it; in namespaces of its own. */
export async function startSystemdHost(): Promise<OpensshServer> {
  return await startOpenssh({
    name: 'systemd',
    within(command, directory) {
      const units = join(directory, 'units');
      mkdirSync(units);
      writeFileSync(join(units, 'only.target'), '[Unit]\nDefaultDependencies=no\nWants=sshd-test.service\n');
      // As Debian's ssh.service: a restart leaves the sessions alone.
      const service = `ExecStart=${command.join(' ')}\nKillMode=process\n`;
      writeFileSync(
        join(units, 'sshd-test.service'),
        `[Unit]\nDefaultDependencies=no\n[Service]\n${service}`,
      );
      const boot = join(directory, 'boot');
      writeFileSync(
        boot,
        `set -e
mount --make-rprivate /
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
umount -R /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /run/systemd/system /run/sshd
cp ${units}/* /run/systemd/system
export container=test
exec /lib/systemd/systemd --system --unit=only.target --log-target=null
`,
      );
      const namespaces = ['--pid', '--mount', '--cgroup', '--ipc', '--uts', '--fork', '--kill-child'];
      return ['/usr/bin/unshare', ...namespaces, '/bin/sh', boot];
    },
  });
}
