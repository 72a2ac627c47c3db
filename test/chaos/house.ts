import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpensshServer, startOpenssh } from '../executors/support/openssh-server.ts';
import { type BreakableLink, createBreakableLink } from '../support/breakable-link.ts';
import { freePort } from '../support/free-port.ts';
import { type RealServer, startPostgres, startRedis } from '../support/real-servers.ts';
import { plantDrill, writeDrillCommand } from './drills.ts';
import { type KeptProcess, keepProcess } from './kept-process.ts';
import type { Options, QueueKind } from './options.ts';

/** Everything a chaos run breaks: real servers, a real SSH daemon behind a network that can be cut, real Chiffons. */
export interface House {
  readonly queue: QueueKind;
  readonly folder: string;
  readonly url: string;
  readonly token: string;
  readonly configFile: string;
  /** The data folder of the front, where the git trail is. */
  readonly dataFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly database: RealServer;
  readonly redis: RealServer | null;
  readonly ssh: OpensshServer;
  readonly link: BreakableLink;
  /** Bot and API. */
  readonly front: KeptProcess;
  readonly workers: readonly KeptProcess[];
  readonly machines: readonly string[];
  /** What was written on the host. */
  journal(): Promise<string>;
  /** Stops what is under the processes; these are closed before. */
  close(): Promise<void>;
}

export async function openHouse(
  queue: QueueKind,
  folder: string,
  options: Options,
  onSurprise: (sentence: string) => void,
): Promise<House> {
  const logs = join(folder, 'logs');
  await mkdir(logs, { recursive: true });
  const [database, redis, ssh] = await Promise.all([
    startPostgres(),
    queue === 'redis' ? startRedis() : null,
    // It stands for many machines, each of which would have limits of its own.
    startOpenssh({ settings: ['MaxStartups 200:30:400'] }),
  ]);
  const link = await createBreakableLink({ host: '127.0.0.1', port: ssh.host.port });
  await plantDrill(ssh.home, options.parts);
  await writeDrillCommand(join(folder, 'commands'), options.parts);
  const machines = Array.from({ length: options.hosts }, (_, i) => `machine-${i + 1}`);
  const configFile = await writeConfig(folder, ssh, link, machines);
  const port = await freePort();
  const token = 'owner-token-of-the-chaos';
  const environment = {
    CHIFFON_TOKEN: token,
    // They start hundreds of times.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    DATABASE_URL: database.url,
    ...(redis === null ? {} : { REDIS_URL: redis.url }),
  };
  const keep = (name: string, services: string, ...more: string[]): KeptProcess =>
    keepProcess({
      name,
      args: ['--config', configFile, '--data', join(folder, name), '--services', services, ...more],
      environment,
      logs,
      onSurprise,
    });
  return {
    queue,
    folder,
    url: `http://127.0.0.1:${port}`,
    token,
    configFile,
    dataFolder: join(folder, 'front'),
    environment,
    database,
    redis,
    ssh,
    link,
    front: keep('front', 'bot,api', '--port', String(port)),
    workers: Array.from({ length: options.workers }, (_, i) => keep(`worker-${i + 1}`, 'worker')),
    machines,
    journal: () => readFile(join(ssh.home, 'journal'), 'utf8'),
    async close() {
      await link.close();
      await ssh.stop();
      await redis?.stop();
      await database.stop();
    },
  };
}

async function writeConfig(
  folder: string,
  ssh: OpensshServer,
  link: BreakableLink,
  machines: readonly string[],
): Promise<string> {
  const known = join(folder, 'known_hosts');
  const trusted = await readFile(ssh.knownHostsFile, 'utf8');
  await writeFile(known, trusted.replace(`]:${ssh.host.port} `, `]:${link.port} `));
  const file = join(folder, 'chiffon.yaml');
  const hosts = machines.map(
    (name) =>
      `  - { name: ${name}, address: 127.0.0.1, port: ${link.port}, user: ${ssh.host.user}, keyFiles: [${ssh.host.keyFiles[0]}], agent: false }\n`,
  );
  await writeFile(
    file,
    `commandsFolder: ${folder}/commands
knownHostsFile: ${known}
limits: { workers: 32 }
log: { format: json }
hosts:
${hosts.join('')}`,
  );
  return file;
}
