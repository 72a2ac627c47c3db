import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const setup = join(import.meta.dirname, 'setup.sh');

const programs =
  '/usr/bin/unshare /usr/bin/nsenter /usr/bin/sudo /usr/sbin/visudo /usr/sbin/sshd /usr/bin/setpriv /usr/bin/prlimit /usr/bin/systemctl /usr/sbin/losetup';

/** What is missing for a machine of one's own on this one; null when all is there. */
export const machineNeeds: string | null =
  userInfo().uid !== 0
    ? 'it takes root'
    : (programs.split(' ').find((program) => !existsSync(program)) ??
      (spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status === 0
        ? null
        : 'namespaces are not allowed') ??
      (spawnSync('losetup', ['-f']).status === 0 ? null : 'there are no loop devices'));

export interface Ran {
  readonly code: number | null;
  readonly out: string;
}

/** A machine in namespaces of its own: the programs of this one, everything else made up. Nothing in it reaches out. */
export interface Machine {
  /** Runs a script as root in it. */
  root(script: string): Ran;
  /** Starts its SSH server on a port of the loopback, anew when it runs; only with the network of this machine. */
  startSshd(port: number): Promise<void>;
  /** The SHA-256 of its disk. */
  disk(): string;
  stop(): Promise<void>;
}

/** @param canary stands in everything on it that is secret */
export async function startMachine(options: {
  readonly canary: string;
  readonly network: 'none' | 'loopback of this machine';
}): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), 'chiffon-machine-'));
  const alone = options.network === 'none' ? ['--net'] : [];
  const process_ = spawn(
    'unshare',
    [
      '--mount',
      '--pid',
      '--fork',
      '--uts',
      '--ipc',
      ...alone,
      '--kill-child',
      'sh',
      setup,
      folder,
      options.canary,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  await ready(process_);
  const inside = readFileSync(`/proc/${process_.pid}/task/${process_.pid}/children`, 'utf8')
    .trim()
    .split(' ')[0];
  const enter = ['--target', String(inside), '--mount', '--pid', '--uts', '--ipc', ...alone];
  const call = (program: readonly string[], input: string): Ran => {
    const ran = spawnSync('nsenter', [...enter, ...program], {
      input,
      encoding: 'utf8',
      timeout: 60_000,
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: ran.status, out: `${ran.stdout}${ran.stderr}` };
  };
  const servers: ChildProcess[] = [];
  return {
    root: (script) => call(['chroot', folder, 'sh', '-s'], script),
    async startSshd(port) {
      const last = servers.pop();
      if (last !== undefined) {
        const gone = new Promise((resolve) => last.once('exit', resolve));
        call(['chroot', folder, 'pkill', '-KILL', '-x', 'sshd'], '');
        await gone;
      }
      const server = spawn(
        'nsenter',
        [
          ...enter,
          'chroot',
          folder,
          '/usr/sbin/sshd',
          '-D',
          '-e',
          '-p',
          String(port),
          '-o',
          'ListenAddress=127.0.0.1',
        ],
        { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: '/usr/sbin:/usr/bin' } },
      );
      servers.push(server);
      await listening(server);
    },
    disk: () => call(['sha256sum', `${folder}/.disk.img`], '').out.split(' ')[0] ?? '',
    async stop() {
      for (const server of servers) server.kill('SIGKILL');
      const gone = new Promise((resolve) => process_.once('exit', resolve));
      // Its first process gone, the kernel ends all others in there.
      if (inside !== undefined) process.kill(Number(inside), 'SIGKILL');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ready(child: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (piece) => {
      said += String(piece);
      if (said.includes('ready')) resolve();
    });
    child.stderr?.on('data', (piece) => {
      said += String(piece);
    });
    child.once('exit', (code) => reject(new Error(`the machine did not come up (${code}): ${said}`)));
  });
}

async function listening(server: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on('data', (piece) => {
      said += String(piece);
      if (said.includes('Server listening')) resolve();
    });
    server.once('exit', (code) => reject(new Error(`sshd did not start (${code}): ${said}`)));
  });
}
