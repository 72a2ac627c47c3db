import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostAddress } from '#executors/host-address.ts';
import { closedPort, temporaryFolder } from './sandbox-world.ts';

const sshd = '/usr/sbin/sshd';

/** Whether OpenSSH's server and its key generator are installed. */
export const opensshInstalled = existsSync(sshd) && existsSync('/usr/bin/ssh-keygen');

export interface OpensshServer {
  readonly host: HostAddress;
  readonly directory: string;
  readonly home: string;
  readonly knownHostsFile: string;
  /** Ends every session as a broken network would: the processes that serve the connections are killed. */
  dropConnections(): void;
  /** Gives the server another host key, as a host that was set up anew has. */
  changeHostKey(): Promise<void>;
  stop(): Promise<void>;
}

/** A real OpenSSH server on a free port of the loopback, with keys, home folder and configuration of its own. */
export async function startOpenssh(
  options: {
    readonly name?: string;
    readonly settings?: readonly string[];
    /** Makes of the server's command line the one that is really started, in a host of another kind. */
    readonly within?: (command: readonly string[], directory: string) => readonly string[];
  } = {},
): Promise<OpensshServer> {
  const folder = await temporaryFolder();
  const at = (file: string) => join(folder.path, file);
  const generate = (file: string, ...more: string[]) =>
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', at(file), ...more]);
  generate('host_key');
  generate('other_host_key');
  generate('client_key');
  await mkdir(at('home'), { mode: 0o700 });
  await writeFile(at('authorized_keys'), await readFile(at('client_key.pub')), { mode: 0o600 });
  const port = await closedPort();
  const configuration = (hostKey: string) =>
    [
      `HostKey ${at(hostKey)}`,
      `AuthorizedKeysFile ${at('authorized_keys')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
      'ListenAddress 127.0.0.1',
      `Port ${port}`,
      'PidFile none',
      'LogLevel QUIET',
      `SetEnv HOME=${at('home')}`,
      ...(options.settings ?? []),
    ].join('\n');
  // Privilege separation wants this folder; a package's start script would make it.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });

  const launch = async (hostKey: string) => {
    await writeFile(at('sshd_config'), `${configuration(hostKey)}\n`);
    const plain = [sshd, '-D', '-e', '-f', at('sshd_config')];
    const [program = sshd, ...args] = options.within?.(plain, folder.path) ?? plain;
    const child = spawn(program, args, { stdio: 'ignore' });
    for (let tries = 0; !(await answers(port)); tries++) {
      if (tries > 200 || child.exitCode !== null) throw new Error('sshd did not start');
      await sleep(25);
    }
    return child;
  };
  const end = async (child: typeof server) => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  const dropConnections = () => {
    const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/, 3));
    const below = (parent: number): number[] =>
      rows.flatMap(([pid, ppid, program]) =>
        Number(ppid) === parent && program?.startsWith('sshd') ? [Number(pid), ...below(Number(pid))] : [],
      );
    for (const pid of below(server.pid ?? -1)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  };
  let server = await launch('host_key');
  const publicKey = await readFile(at('host_key.pub'), 'utf8');
  await writeFile(at('known_hosts'), `[127.0.0.1]:${port} ${publicKey.split(' ').slice(0, 2).join(' ')}\n`);
  return {
    host: {
      name: options.name ?? 'openssh',
      address: '127.0.0.1',
      port,
      user: userInfo().username,
      keyFiles: [at('client_key')],
    },
    directory: folder.path,
    home: at('home'),
    knownHostsFile: at('known_hosts'),
    dropConnections,
    async changeHostKey() {
      dropConnections();
      await end(server);
      server = await launch('other_host_key');
    },
    async stop() {
      dropConnections();
      await end(server);
      await folder.remove();
    },
  };
}

async function answers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
