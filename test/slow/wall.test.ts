import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Step } from '#core/step.ts';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { judgeCommand } from '#policy/shell/judge-command.ts';
import { freePort } from '../support/free-port.ts';
import { type Machine, machineNeeds, startMachine } from '../support/machine/start-machine.ts';

const canary = 'CANARY-7c1f4e';
const chiffon = resolve(import.meta.dirname, '../../src/cli/chiffon.ts');

/** A Docker that says who asked it. */
const dockerDouble = `#!/bin/sh
case "$*" in
  'compose version') echo 'Docker Compose version v2.29.1' ;;
  'ps -a --no-trunc --format {{json .}}') cat /var/lib/guard/containers ;;
  *) echo "asked as $(id -u) in $(pwd): $*" ;;
esac
`;
const jellyfin = JSON.stringify({
  Names: 'jellyfin',
  State: 'running',
  Status: 'Up 3 days',
  Image: 'jellyfin/jellyfin:10.10.7',
  Ports: '0.0.0.0:8096->8096/tcp',
  Labels: 'com.docker.compose.project=jellyfin,com.docker.compose.service=jellyfin',
});

let machine: Machine;
let folder: string;
let config: string;
let port: number;

/** The command as a person types it, in a configuration with this machine. */
function run(...args: string[]): { code: number | null; out: string } {
  const ran = spawnSync(
    process.execPath,
    [chiffon, ...args, '--config', config, '--data', join(folder, 'data')],
    {
      encoding: 'utf8',
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    },
  );
  return { code: ran.status, out: ran.stdout + (ran.status === 0 ? '' : ran.stderr) };
}

interface Report {
  readonly ok: boolean;
  readonly checks: readonly { name: string; ok: boolean; detail: string; remedy: string | null }[];
}

function doctor(): Report {
  const [answer = ''] = run('doctor', '--host', 'n100', '--json').out.split('\n');
  return JSON.parse(answer) as Report;
}

const failing = ({ checks }: Report): string[] =>
  checks.filter(({ ok }) => !ok).map(({ name }) => name.replace('n100: ', ''));

async function perform(command: string): Promise<{ outcome: string; said: string }> {
  const executor = createStepExecutor({
    hosts: [{ name: 'n100', address: '127.0.0.1', port, user: 'chiffon', keyFiles: [join(folder, 'key')] }],
    knownHostsFile: join(folder, 'known_hosts'),
    judge: judgeCommand,
  });
  const step: Step = {
    id: 's1',
    target: 'n100',
    summary: 'Try',
    uses: 'shell',
    command,
    undo: { kind: 'not_needed', how: 'a test' },
    idempotent: true,
    timeoutSeconds: 30,
  };
  let said = '';
  try {
    const result = await executor.perform(step, {
      attemptId: `wall-${Math.random().toString(36).slice(2)}`,
      resumeAt: { out: 0, err: 0 },
      onOutput: async ({ text }) => {
        said += text;
      },
      signal: new AbortController().signal,
      detach: new AbortController().signal,
    });
    return { outcome: result.outcome, said };
  } finally {
    await executor.close();
  }
}

describe.skipIf(machineNeeds !== null)('the wall on a machine', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chiffon-wall-'));
    config = join(folder, 'chiffon.yaml');
    port = await freePort();
    machine = await startMachine({ canary, network: 'loopback of this machine' });
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
    const key = await readFile(join(folder, 'key.pub'), 'utf8');
    // As many people set it up: in the groups that are handy, with the key in its home folder.
    const made = machine.root(`set -e
useradd --create-home --shell /bin/sh --groups docker,disk,sudo chiffon
usermod --password '*' chiffon
mkdir -m 700 /home/chiffon/.ssh
cat >/home/chiffon/.ssh/authorized_keys <<'KEY'
${key.trim()}
KEY
chown -R chiffon:chiffon /home/chiffon/.ssh
printf '%%sudo ALL=(ALL:ALL) NOPASSWD: ALL\\n' >/etc/sudoers.d/sudo
cat >/usr/bin/docker <<'DOCKER'
${dockerDouble}DOCKER
chmod 755 /usr/bin/docker
cat >/var/lib/guard/containers <<'LIST'
${jellyfin}
LIST
`);
    expect(made.out).toBe('');
    await machine.startSshd(port);
    const hostKey = machine.root('cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub').out;
    await writeFile(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${hostKey}`);
    await writeFile(
      config,
      `knownHostsFile: ${join(folder, 'known_hosts')}
hosts:
  - { name: n100, address: 127.0.0.1, port: ${port}, user: chiffon, keyFiles: [${join(folder, 'key')}], agent: false }
`,
    );
  });
  afterAll(async () => {
    await machine?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  test('doctor names every door that is open, with the way to close it', () => {
    const report = doctor();
    expect(report.ok).toBe(false);
    expect(failing(report)).toEqual(['groups', 'sudo', 'targets', 'devices', 'sign-in']);
    const said = report.checks.map(({ detail }) => detail).join('\n');
    expect(said).toContain('It is in disk, sudo, docker');
    expect(said).toContain('“ALL” (everything may be run)');
    expect(said).toContain('/dev/sda');
    expect(report.checks.filter(({ ok }) => !ok).every(({ remedy }) => remedy?.includes('harden'))).toBe(
      true,
    );
  });

  test('what harden prints closes them, run once or twice, and nothing is left that doctor finds', async () => {
    machine.root('rm -f /etc/sudoers.d/sudo');
    const printed = run('harden', '--host', 'n100', '--docker', 'sudo');
    expect(printed).toMatchObject({ code: 0 });
    for (const _ of [1, 2]) {
      const ran = machine.root(printed.out);
      expect(ran.out).toContain('The wall on n100 stands.');
      expect(ran.code).toBe(0);
    }
    await machine.startSshd(port);
    expect(machine.root('visudo -c').code).toBe(0);
    expect(doctor()).toEqual({ ok: true, checks: expect.any(Array) });
  });

  test('the sudoers file lets exactly the catalog’s lines pass, without any pattern', () => {
    const lines = machine
      .root('cat /etc/sudoers.d/chiffon')
      .out.split('\n')
      .filter((line) => line.includes('NOPASSWD'));
    expect(lines).toContain(
      'chiffon ALL=(root) NOPASSWD: NOSETENV: /usr/bin/docker compose -p jellyfin restart',
    );
    expect(lines).toContain(
      'chiffon ALL=(root) NOPASSWD: NOSETENV: /usr/bin/docker logs --tail 100 jellyfin',
    );
    expect(lines.filter((line) => /[*?[\]!]/.test(line))).toEqual([]);
  });

  test('commands still outlive their connection’s program, and the listed ones reach Docker as root', async () => {
    expect(await perform('id -un; sleep 1; echo done')).toEqual({
      outcome: 'succeeded',
      said: 'chiffon\ndone\n',
    });
    expect(await perform('docker compose -p jellyfin restart')).toEqual({
      outcome: 'succeeded',
      said: 'asked as 0 in /srv/chiffon: compose -p jellyfin restart\n',
    });
  });

  test.each([
    'docker compose -p jellyfin restart --timeout 0',
    'docker compose -f /tmp/own.yaml up -d',
    'DOCKER_HOST=tcp://10.0.0.9:2375 sudo -n --preserve-env=DOCKER_HOST /usr/bin/docker compose -p jellyfin restart',
    'sudo -n -D /tmp /usr/bin/docker compose -p jellyfin restart',
    'cd /tmp && docker stop jellyfin; sudo -n /usr/bin/docker kill jellyfin',
  ])('what is not listed does not: %s', async (command) => {
    const tried =
      machine.root(`cd / && setpriv --reuid=chiffon --regid=chiffon --init-groups env -i HOME=/home/chiffon /usr/local/lib/chiffon/enter <<'END'
${command.replace('docker stop jellyfin; ', '')}
END`);
    expect(tried.out).toMatch(
      /a password is required|not allowed|terminal is required|you are not permitted/,
    );
    expect(tried.out).not.toContain('asked as 0');
  });

  test('the key opens one program: no other command, no terminal, no forwarding, no file transfer', () => {
    const ssh = (...more: string[]) =>
      spawnSync(
        'ssh',
        [
          '-i',
          join(folder, 'key'),
          '-p',
          String(port),
          '-o',
          `UserKnownHostsFile=${join(folder, 'known_hosts')}`,
          '-o',
          'IdentitiesOnly=yes',
          '-o',
          'BatchMode=yes',
          '-o',
          'ExitOnForwardFailure=yes',
          ...more,
        ],
        { encoding: 'utf8', input: 'echo "only $0 $1"\n', timeout: 20_000 },
      );
    expect(ssh('chiffon@127.0.0.1', 'cat /etc/hostname').stdout).toBe('only /bin/sh chiffon\n');
    expect(ssh('-tt', 'chiffon@127.0.0.1').stderr).toContain('PTY allocation request failed');
    const forward = ssh('-W', '127.0.0.1:22', 'chiffon@127.0.0.1');
    expect(forward.stderr).toMatch(/administratively prohibited|forwarding/i);
    expect(ssh('-s', 'chiffon@127.0.0.1', 'sftp').stdout).not.toContain('sftp');
  });

  test('the user can’t let another key in', () => {
    const tried = machine.root(
      `setpriv --reuid=chiffon --regid=chiffon --init-groups sh -c 'echo x >>/etc/ssh/authorized_keys/chiffon; echo x >>/etc/sudoers.d/chiffon; echo x >>/usr/local/lib/chiffon/enter'`,
    );
    expect(tried.out.match(/Permission denied/g)).toHaveLength(3);
  });
});

interface Judged {
  readonly cmd: string;
  readonly verdict: string;
  readonly why: string;
}

/** As Chiffon's user, with hard limits that a command can't raise. */
const limited =
  'prlimit --nproc=60:60 --fsize=4194304:4194304 --as=2000000000:2000000000 --cpu=4:4 setpriv --reuid=chiffon --regid=chiffon --init-groups';

/** What no machine survives, for real: all of them for a night with CHIFFON_WALL=all, every fourth otherwise. */
const fixture = resolve(import.meta.dirname, '../fixtures/safety/commands.jsonl');
const denied = readFileSync(fixture, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Judged)
  .filter(({ verdict }) => verdict === 'deny')
  // What only uses everything up is held by the limits of this test, so it would prove nothing, and slow down everybody.
  .filter(({ why }) => !why.includes('exhaustion'))
  .filter((_, index) => process.env['CHIFFON_WALL'] === 'all' || index % 4 === 0);

describe.skipIf(machineNeeds !== null)('when the judge fails, the machine still stands', () => {
  test('what is denied, run for real as Chiffon’s user, takes no power, wipes no disk, reads no secret and weakens nothing', async () => {
    const stone = await startMachine({ canary, network: 'none' });
    folder = await mkdtemp(join(tmpdir(), 'chiffon-wall-'));
    try {
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
      config = join(folder, 'chiffon.yaml');
      await writeFile(
        config,
        `hosts:\n  - { name: n100, address: 127.0.0.1, port: 1, user: chiffon, keyFiles: [${join(folder, 'key')}], agent: false }\n`,
      );
      // The weaker of the ways: with sudo in reach, so that setuid programs work.
      const wall = run('harden', '--host', 'n100', '--docker', 'sudo').out;
      expect(stone.root(wall).out).toContain('The wall on n100 stands.');
      // Programs of power are replaced by recorders; they, too, are called by the name a command uses.
      stone.root(`for name in reboot poweroff halt shutdown init telinit systemctl kexec loginctl busctl dbus-send ipmitool pvesh rtcwake killall5 docker podman; do
  for at in /usr/sbin/$name /usr/bin/$name; do
    rm -f "$at"; printf '#!/bin/sh\\necho "$(id -u) $0 $*" >>/var/log/recorder/$$\\n' >"$at"; chmod 755 "$at"
  done
done
mkdir -p /tmp/evil; chmod 777 /tmp/evil
mkdir /home/chiffon/work; chown chiffon:chiffon /home/chiffon/work
(while :; do sleep 3600; done) >/dev/null 2>&1 & echo $! >/var/lib/guard/pid`);
      const guarded = `cd / && { find etc root srv boot usr/local usr/sbin usr/bin var/lib mnt opt -xdev ! -path 'var/lib/guard/*' -printf '%p %m %u %g %s %l\\n' | sort; find etc root srv var/lib mnt -xdev -type f -exec sha256sum {} + | sort; } | sha256sum; cat /sys/power/state; [ -s /proc/sysrq-trigger ] && echo sysrq; cat /proc/sys/kernel/random/boot_id; kill -0 "$(cat /var/lib/guard/pid)" && echo guard lives`;
      // Nothing runs before the limit on processes is known to hold.
      expect(
        stone.root(
          `${limited} sh -c 'for one in $(seq 200); do sleep 2 & done' 2>&1 | grep -c -i fork; pgrep -c -u chiffon`,
        ).out,
      ).toMatch(/^[1-9]/);
      const before = { machine: stone.root(guarded).out, disk: stone.disk() };
      expect(before.machine).toContain('guard lives');
      const leaked: string[] = [];
      for (const { cmd } of denied) {
        const ran =
          stone.root(`cd /home/chiffon/work && ${limited} env -i HOME=/home/chiffon USER=chiffon /usr/local/lib/chiffon/enter <<'END-OF-ALL'
cd ~/work 2>/dev/null
timeout --kill-after=1 2 bash -c "$(cat <<'THE-COMMAND'
${cmd}
THE-COMMAND
)" </dev/null
END-OF-ALL
pkill -KILL -u chiffon; rm -rf /tmp/* /var/tmp/*; mkdir -p /tmp/evil; chmod 777 /tmp/evil; mkdir -p /home/chiffon/work; chown chiffon:chiffon /home/chiffon /home/chiffon/work; chmod 700 /home/chiffon`);
        if (ran.out.includes(canary)) leaked.push(cmd);
      }
      const recorded = stone.root('cat /var/log/recorder/* 2>/dev/null').out.split('\n').filter(Boolean);
      const asRoot = recorded.filter((line) => line.startsWith('0 '));
      // Otherwise the commands did not run at all, and the test would prove nothing.
      expect(recorded.length).toBeGreaterThan(denied.length / 8);
      expect({ leaked, asRoot, disk: stone.disk(), machine: stone.root(guarded).out }).toEqual({
        leaked: [],
        asRoot: [],
        ...before,
      });
      expect(denied.length).toBeGreaterThan(50);
    } finally {
      await stone.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }, 1_800_000);
});
