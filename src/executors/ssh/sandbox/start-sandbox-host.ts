import { spawn } from 'node:child_process';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { HostAddress } from '../../host-address.ts';
import { knownHostsLine } from '../known-hosts.ts';
import { writeTrustedKey } from '../trust-host-key.ts';
import { installDemoWeb, type RenderService } from './demo-web.ts';
import { keptKeyPair } from './key-pair.ts';
import { boot, type Machine, powerOff } from './machine.ts';
import { startSshServer } from './ssh-server.ts';

export interface SandboxOptions {
  /** Everything of the sandbox is in here: keys, home folder, port. */
  readonly directory: string;
  readonly log: (message: string, fields?: Record<string, unknown>) => void;
  /** Where the sandbox's key is trusted, when given. */
  readonly knownHostsFile?: string;
  /** The name of the host; `sandbox` unless told. */
  readonly name?: string;
  /** How demo-web is supervised, which is installed on the first start; without it, nothing is installed. */
  readonly demoWeb?: RenderService;
  /** Replaces or adds variables of the commands' environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface SandboxHost {
  readonly host: HostAddress;
  /** The line of a known-hosts file that trusts it. */
  readonly knownHostsLine: string;
  /** Cuts every connection as a broken network would. */
  dropConnections(): void;
  /** Switches the machine off: nothing of it is left running. */
  stop(): Promise<void>;
}

/** Starts the sandbox: a host of one's own, reached like any other over SSH, on the loopback only. */
export async function startSandboxHost(options: SandboxOptions): Promise<SandboxHost> {
  const directory = resolve(options.directory);
  const { log, name = 'sandbox' } = options;
  const home = join(directory, 'home');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const hostKey = await keptKeyPair(join(directory, 'host_key'));
  const clientKey = await keptKeyPair(join(directory, 'client_key'));
  const environment = { ...commandEnvironment(home), ...options.environment };
  const machine: Machine = { home, environment, log };
  const installed = join(directory, 'installed');
  if (options.demoWeb !== undefined && !(await isThere(installed))) {
    await installDemoWeb(home, options.demoWeb);
    await writeFile(installed, '');
  }
  const portFile = join(directory, 'ssh_port');
  const server = await startSshServer({
    port: Number(await readFile(portFile, 'utf8').catch(() => '0')) || 0,
    hostKey: hostKey.private,
    allowedKey: clientKey.public,
    // The last argument names the process in the process list; the command itself does not see it.
    run: (command) =>
      spawn('/bin/sh', ['-c', command, home], { cwd: home, env: environment, detached: true, stdio: 'pipe' }),
  });
  await writeFile(portFile, String(server.port));
  await boot(machine);
  const key = publicBlob(hostKey.public);
  if (options.knownHostsFile !== undefined) {
    await writeTrustedKey(options.knownHostsFile, '127.0.0.1', server.port, key);
  }
  const host: HostAddress = {
    name,
    address: '127.0.0.1',
    port: server.port,
    user: userInfo().username,
    keyFiles: [join(directory, 'client_key')],
  };
  log('the sandbox listens', { port: server.port });
  return {
    host,
    knownHostsLine: knownHostsLine('127.0.0.1', server.port, key),
    dropConnections: server.dropConnections,
    stop: async () => {
      await server.close();
      await powerOff(machine);
    },
  };
}

/** What the commands need to reach the network as this computer does; nothing else of Chiffon's own environment. */
const passedOn =
  /^(https?_proxy|all_proxy|no_proxy|npm_config_(registry|cafile|noproxy)|ssl_cert_(file|dir)|node_extra_ca_certs|tz|tmpdir)$/i;

function commandEnvironment(home: string): Record<string, string> {
  const user = userInfo().username;
  const passed = Object.entries(process.env).filter(([key]) => passedOn.test(key)) as [string, string][];
  const path = [dirname(process.execPath), process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(
    delimiter,
  );
  const own = { HOME: home, USER: user, LOGNAME: user, SHELL: '/bin/sh', LANG: 'C.UTF-8', PATH: path };
  return { ...Object.fromEntries(passed), ...own };
}

function publicBlob(publicKey: string): Buffer {
  return Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
}

async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
