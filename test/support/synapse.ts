import { execFile, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { access, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const chroot = '/usr/sbin/chroot';

/** Where what takes minutes to prepare is kept between test runs. */
function cacheFolder(): string {
  return process.env['CHIFFON_TEST_CACHE'] ?? join(tmpdir(), 'chiffon-test-cache');
}

/**
 * A folder with Debian unstable and its matrix-synapse in it, made once: two to four minutes, 700 MB. Takes a
 * Debian machine, root and a mirror; says which of these is missing instead of leaving the tests out.
 */
export async function prepareSynapse(): Promise<string> {
  const root = join(cacheFolder(), 'synapse');
  if (await exists(join(root, 'usr/bin/synapse_homeserver'))) return root;
  if (process.getuid?.() !== 0)
    throw new Error('Preparing Synapse takes root: it unpacks a Debian into a folder (debootstrap).');
  await mkdir(cacheFolder(), { recursive: true });
  const building = await mkdtemp(join(cacheFolder(), 'synapse-building-'));
  try {
    const tree = join(building, 'root');
    await debootstrap(building, tree);
    await installSynapse(tree);
    await rename(tree, root).catch(async (error: unknown) => {
      // Somebody else was faster; theirs is as good.
      if (!(await exists(join(root, 'usr/bin/synapse_homeserver')))) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return root;
}

/** The mirror this machine's own packages come from, so that it is one that can be reached. */
async function mirror(): Promise<string> {
  const targets = await run('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI) $(LABEL)',
    'Created-By: Packages',
  ]).catch(() => null);
  const found = targets?.stdout
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, label]) => label === 'Debian')?.[0];
  if (found === undefined)
    throw new Error('Preparing Synapse takes a Debian machine with a mirror in its apt sources.');
  return found;
}

async function debootstrap(building: string, tree: string): Promise<void> {
  const arguments_ = ['--variant=minbase', 'sid', tree, await mirror()];
  const options = { maxBuffer: 100_000_000, timeout: 600_000 };
  if (await exists('/usr/sbin/debootstrap')) {
    await run('/usr/sbin/debootstrap', arguments_, options);
    return;
  }
  // Not installed: it is a shell script that runs from wherever it is unpacked.
  await run('apt-get', ['download', 'debootstrap'], { cwd: building });
  const archive = (await readdir(building)).find((name) => name.startsWith('debootstrap_'));
  if (archive === undefined) throw new Error('debootstrap could not be downloaded with apt-get.');
  const unpacked = join(building, 'debootstrap');
  await run('dpkg', ['-x', join(building, archive), unpacked]);
  await run('sh', [join(unpacked, 'usr/sbin/debootstrap'), ...arguments_], {
    ...options,
    env: { ...process.env, DEBOOTSTRAP_DIR: join(unpacked, 'usr/share/debootstrap') },
  });
}

async function installSynapse(tree: string): Promise<void> {
  // No service is started while packages are installed, and no question is asked.
  await writeFile(join(tree, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  for (const file of ['/etc/resolv.conf', '/etc/hosts'])
    await copyFile(file, join(tree, file)).catch(() => undefined);
  for (const name of await readdir('/etc/apt/apt.conf.d').catch(() => [])) {
    if (name.includes('proxy'))
      await copyFile(join('/etc/apt/apt.conf.d', name), join(tree, 'etc/apt/apt.conf.d', name));
  }
  await writeFile(
    join(tree, 'answers'),
    'matrix-synapse matrix-synapse/server-name string chiffon.test\nmatrix-synapse matrix-synapse/report-stats boolean false\n',
  );
  const inside = {
    maxBuffer: 100_000_000,
    timeout: 600_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  };
  await run(chroot, [tree, 'debconf-set-selections', '/answers'], inside);
  await run(chroot, [tree, 'apt-get', 'install', '-y', '--no-install-recommends', 'matrix-synapse'], inside);
}

/** One login. */
export interface SynapseAccount {
  readonly userId: string;
  readonly token: string;
  readonly device: string;
  readonly password: string;
}

/** A real homeserver on the loopback: SQLite, no federation, its own limits as they are by default. */
export interface Synapse {
  readonly url: string;
  /** Makes an account and logs it in. */
  register(localpart: string, displayName?: string): Promise<SynapseAccount>;
  /** Logs an account in once more: another device of it. */
  login(account: SynapseAccount): Promise<SynapseAccount>;
  /** Lifts the message limit from an account, as the documentation of Chiffon suggests for its own. */
  unlimit(userId: string): Promise<void>;
  /** Stops and starts the server on the same data and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSynapse(): Promise<Synapse> {
  const root = await prepareSynapse();
  await mkdir(join(root, 'srv'), { recursive: true });
  const data = await mkdtemp(join(root, 'srv', 'synapse-'));
  const inside = `/srv/${basename(data)}`;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const secret = randomBytes(16).toString('hex');
  await writeFile(join(data, 'homeserver.yaml'), configuration(inside, port, secret));
  await writeFile(join(data, 'log.yaml'), logging(inside));
  const python = ['-m', 'synapse.app.homeserver', '-c', `${inside}/homeserver.yaml`];
  const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', HOME: inside };
  await run(chroot, [root, 'python3', ...python, '--generate-keys'], { env: environment });

  const start = async (): Promise<() => Promise<void>> => {
    const server = spawn(chroot, [root, 'python3', ...python], {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    server.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
    const ended = new Promise<void>((resolve) => server.on('exit', () => resolve()));
    const deadline = performance.now() + 60_000;
    while (!(await answers(url))) {
      if (server.exitCode !== null || performance.now() > deadline) {
        server.kill('SIGKILL');
        const log = await readFile(join(data, 'homeserver.log'), 'utf8').catch(() => '');
        throw new Error(`Synapse did not start: ${said}\n${log.slice(-4_000)}`);
      }
      await sleep(100);
    }
    return async () => {
      server.kill('SIGTERM');
      const late = setTimeout(() => server.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    };
  };
  let end = await start();
  let admin: { readonly token: string } | null = null;
  return {
    url,
    register: (localpart, displayName) => register(url, secret, localpart, displayName),
    login: (account) => login(url, account),
    unlimit: async (userId) => {
      admin ??= await register(url, secret, 'admin', 'admin', true);
      const path = `/_synapse/admin/v1/users/${encodeURIComponent(userId)}/override_ratelimit`;
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${admin.token}` },
        body: JSON.stringify({ messages_per_second: 0, burst_count: 0 }),
      });
      if (!response.ok) throw new Error(`the limit was not lifted: ${await response.text()}`);
    },
    restart: async () => {
      await end();
      end = await start();
    },
    stop: async () => {
      await end();
      await rm(data, { recursive: true, force: true });
    },
  };
}

function configuration(inside: string, port: number, secret: string): string {
  return `server_name: chiffon.test
pid_file: ${inside}/homeserver.pid
listeners:
  - { port: ${port}, tls: false, type: http, bind_addresses: ['127.0.0.1'], resources: [{ names: [client] }] }
database: { name: sqlite3, args: { database: ${inside}/homeserver.db } }
log_config: ${inside}/log.yaml
media_store_path: ${inside}/media
signing_key_path: ${inside}/signing.key
registration_shared_secret: ${secret}
macaroon_secret_key: ${secret}
form_secret: ${secret}
report_stats: false
trusted_key_servers: []
federation_domain_whitelist: []
url_preview_enabled: false
`;
}

function logging(inside: string): string {
  return `version: 1
formatters: { plain: { format: '%(asctime)s %(levelname)s %(name)s %(message)s' } }
handlers: { file: { class: logging.FileHandler, formatter: plain, filename: ${inside}/homeserver.log } }
root: { level: WARNING, handlers: [file] }
disable_existing_loggers: false
`;
}

/** By the shared secret, as Synapse's own registration script does (admin API, register). */
async function register(
  url: string,
  secret: string,
  username: string,
  displayname = username,
  admin = false,
): Promise<SynapseAccount> {
  const address = `${url}/_synapse/admin/v1/register`;
  const { nonce } = (await (await fetch(address)).json()) as { nonce: string };
  const password = randomBytes(12).toString('hex');
  const mac = createHmac('sha1', secret)
    .update([nonce, username, password, admin ? 'admin' : 'notadmin'].join('\0'))
    .digest('hex');
  const response = await fetch(address, {
    method: 'POST',
    body: JSON.stringify({ nonce, username, displayname, password, admin, mac }),
  });
  return { ...loggedIn(await response.json()), password };
}

async function login(url: string, { userId, password }: SynapseAccount): Promise<SynapseAccount> {
  const response = await fetch(`${url}/_matrix/client/v3/login`, {
    method: 'POST',
    body: JSON.stringify({
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: userId },
      password,
    }),
  });
  return { ...loggedIn(await response.json()), password };
}

function loggedIn(answer: unknown): Omit<SynapseAccount, 'password'> {
  const { user_id, access_token, device_id } = answer as Record<string, string | undefined>;
  if (user_id === undefined || access_token === undefined || device_id === undefined)
    throw new Error(`Synapse let nobody in: ${JSON.stringify(answer)}`);
  return { userId: user_id, token: access_token, device: device_id };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/_matrix/client/versions`)).ok;
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
