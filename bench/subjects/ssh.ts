/**
 * What a plan costs on real SSH, ledger and redaction on: ten steps on one warm host beside ten OpenSSH calls over
 * ControlMaster, ten raw execs of ssh2 on one connection and an Ansible playbook of ten `raw` tasks; and ten steps on
 * each of fifty hosts beside `ansible-playbook -f 50`. One sshd on the loopback plays every host.
 *
 *     node bench/subjects/ssh.ts
 *     CHIFFON_BENCH_ROUNDS=3 CHIFFON_BENCH_HOSTS=5 node bench/subjects/ssh.ts     a quick look
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { HostAddress } from '#executors/host-address.ts';
import { createConnectionPool } from '#executors/ssh/connection-pool.ts';
import { type OpensshServer, startOpenssh } from '../../test/executors/support/openssh-server.ts';
import { type Measure, report } from '../measure.ts';
import { openWholeRoad, type WholeRoad } from '../support/whole-road.ts';

const run = promisify(execFile);
const steps = 10;
const manyHosts = Number(process.env['CHIFFON_BENCH_HOSTS'] ?? 50);
const rounds = Number(process.env['CHIFFON_BENCH_ROUNDS'] ?? 7);
/** As many as Ansible gets forks, and a few that wait for more: `limits.workers` may be set up to 64. */
const workers = 64;
const command = (step: number) => `echo ${step}`;
const commands = Array.from({ length: steps }, (_, i) => command(i + 1));

const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

/** Ten calls of the `ssh` program over one master connection. */
function controlMaster(server: OpensshServer) {
  const { host, directory, knownHostsFile } = server;
  const settings = [`UserKnownHostsFile=${knownHostsFile}`, `ControlPath=${join(directory, 'master')}`];
  const options = ['-F', 'none', '-p', String(host.port), '-i', host.keyFiles[0] ?? ''].concat(
    [...settings, 'BatchMode=yes'].flatMap((setting) => ['-o', setting]),
  );
  const at = `${host.user}@${host.address}`;
  execFileSync('ssh', [...options, '-o', 'ControlMaster=yes', '-fN', at], { stdio: 'ignore' });
  return {
    async tenCalls() {
      for (const line of commands) await run('ssh', [...options, at, line]);
    },
    close: () => spawnSync('ssh', [...options, '-O', 'exit', at], { stdio: 'ignore' }),
  };
}

/** Ten bare execs on one warm connection of ssh2: no claim, no detached command, no ledger. */
function rawExecs(server: OpensshServer) {
  const pool = createConnectionPool({ hosts: [server.host], knownHostsFile: server.knownHostsFile });
  return {
    async tenCalls() {
      for (const line of commands) {
        const channel = await pool.exec(server.host.name, line);
        channel.resume().stderr.resume();
        await new Promise((resolve) => channel.once('close', resolve));
      }
    },
    close: () => pool.close(),
  };
}

async function ansible(server: OpensshServer, hosts: readonly HostAddress[]) {
  const { directory, knownHostsFile } = server;
  const at = (file: string) => join(directory, file);
  const lines = hosts.map(
    ({ name, address, port, user, keyFiles: [key] }) =>
      `${name} ansible_host=${address} ansible_port=${port} ansible_user=${user} ansible_ssh_private_key_file=${key}`,
  );
  const tasks = commands.map((line) => `    - ansible.builtin.raw: ${line}\n`).join('');
  await writeFile(at('inventory'), `${lines.join('\n')}\n`);
  await writeFile(at('playbook.yml'), `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`);
  const env = {
    ...process.env,
    ANSIBLE_HOST_KEY_CHECKING: 'True',
    ANSIBLE_LOCAL_TEMP: at('ansible'),
    ANSIBLE_SSH_CONTROL_PATH_DIR: at('ansible-masters'),
    ANSIBLE_SSH_ARGS: `-C -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=${knownHostsFile}`,
  };
  return async (limit: string) => {
    const options = ['-i', at('inventory'), '-f', String(manyHosts), '--limit', limit, at('playbook.yml')];
    await run('ansible-playbook', options, { env, maxBuffer: 64 * 1024 * 1024 });
  };
}

const onOneHost = async (road: WholeRoad, host: string) => {
  const proposal = await road.propose(host, commands);
  return await timed(async () => await (await road.approve(proposal))());
};

const onAllHosts = async (road: WholeRoad, hosts: readonly HostAddress[]) => {
  const proposals: Awaited<ReturnType<WholeRoad['propose']>>[] = [];
  for (const { name } of hosts) proposals.push(await road.propose(name, commands));
  return await timed(async () => {
    const ends: Promise<void>[] = [];
    for (const proposal of proposals) ends.push((await road.approve(proposal))());
    await Promise.all(ends);
  });
};

async function measure(server: OpensshServer, road: WholeRoad, hosts: readonly HostAddress[]) {
  const first = hosts[0]?.name ?? '';
  const master = controlMaster(server);
  const raw = rawExecs(server);
  const playbook = await ansible(server, hosts);
  const one = { chiffon: [], master: [], raw: [], ansible: [] } as Record<string, number[]>;
  const many = { chiffon: [], ansible: [] } as Record<string, number[]>;
  // Once for nothing, so that every side is warm.
  await onOneHost(road, first);
  await master.tenCalls();
  await raw.tenCalls();
  await playbook(first);
  for (let round = 0; round < rounds; round += 1) {
    one['chiffon']?.push(await onOneHost(road, first));
    one['master']?.push(await timed(master.tenCalls));
    one['raw']?.push(await timed(raw.tenCalls));
    one['ansible']?.push(await timed(() => playbook(first)));
    console.error(
      `round ${round + 1}`,
      Object.fromEntries(Object.entries(one).map(([k, v]) => [k, v.at(-1)])),
    );
  }
  await onAllHosts(road, hosts);
  await playbook('all');
  for (let round = 0; round < Math.ceil(rounds / 3); round += 1) {
    many['chiffon']?.push(await onAllHosts(road, hosts));
    many['ansible']?.push(await timed(() => playbook('all')));
  }
  master.close();
  await raw.close();
  const figure = (times: readonly number[] | undefined) => median(times ?? []);
  return {
    one: {
      chiffon: figure(one['chiffon']),
      master: figure(one['master']),
      raw: figure(one['raw']),
      ansible: figure(one['ansible']),
    },
    many: { chiffon: figure(many['chiffon']), ansible: figure(many['ansible']) },
  };
}

function measuresOf({ one, many }: Awaited<ReturnType<typeof measure>>): readonly Measure[] {
  const ten = `${steps} steps on one warm host`;
  return [
    {
      what: ten,
      unit: 'ms',
      ours: one.chiffon,
      peer: { name: 'OpenSSH, ControlMaster', value: one.master },
      goal: {
        words: 'at most 1.25 times ten OpenSSH calls',
        met: one.chiffon <= 1.25 * one.master,
      },
      note: 'from the yes to the end of the run, each step claimed, durable and recorded',
    },
    {
      what: ten,
      unit: 'ms',
      ours: one.chiffon,
      peer: { name: 'ssh2, bare execs', value: one.raw },
      note: 'what the same connection can do without claim, detached command and ledger',
    },
    {
      what: ten,
      unit: 'ms',
      ours: one.chiffon,
      peer: { name: 'ansible-playbook, raw', value: one.ansible },
      goal: { words: 'at least 5 times faster than Ansible', met: one.chiffon * 5 <= one.ansible },
    },
    {
      what: `${steps} steps on each of ${manyHosts} hosts`,
      unit: 'ms',
      ours: many.chiffon,
      peer: { name: `ansible-playbook -f ${manyHosts}, raw`, value: many.ansible },
      goal: { words: 'at least 3 times faster than Ansible', met: many.chiffon * 3 <= many.ansible },
      note: `${workers} workers`,
    },
  ];
}

const server = await startOpenssh({ settings: ['MaxStartups 1000:30:2000', 'MaxSessions 100'] });
try {
  const hosts = Array.from({ length: manyHosts }, (_, i) => ({ ...server.host, name: `host${i}` }));
  const road = await openWholeRoad(hosts, server.knownHostsFile, workers);
  try {
    report(measuresOf(await measure(server, road, hosts)));
  } finally {
    await road.close();
  }
} finally {
  await server.stop();
}
