import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SandboxHost, startSandboxHost } from '#executors/ssh/sandbox/start-sandbox-host.ts';
import { type BreakableLink, createBreakableLink } from './breakable-link.ts';

/** A machine with a real SSH server that a Chiffon in another process reaches through a link the test can cut. */
export interface HostBehindLink {
  readonly name: string;
  readonly home: string;
  readonly link: BreakableLink;
  /** Its entry in the list of hosts of a configuration. */
  readonly setting: string;
  /** The line of a known-hosts file that trusts it at the link's address. */
  readonly knownHostsLine: string;
  /** Where the machine itself listens, for a link that is to lead to another one from now on. */
  readonly port: number;
  /** Makes a service whose command runs this shell text, in the service's folder. */
  plantService(name: string, script: string, port?: number): Promise<void>;
  /** What a file of a service's folder holds; empty when it is not there. */
  read(service: string, file: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts such a machine below a directory.
 *
 * @param options.diskKb gives its home folder a file system of its own, so large. Only root can; see `mayMount`.
 */
export async function startHostBehindLink(
  directory: string,
  name: string,
  options: { readonly diskKb?: number } = {},
): Promise<HostBehindLink> {
  const place = join(directory, name);
  const home = join(place, 'home');
  await mkdir(home, { recursive: true });
  if (options.diskKb !== undefined) mount(home, options.diskKb);
  const sandbox: SandboxHost = await startSandboxHost({ directory: place, name, log: () => {} });
  const link = await createBreakableLink({ host: '127.0.0.1', port: sandbox.host.port });
  return {
    name,
    home,
    link,
    port: sandbox.host.port,
    setting: `  - { name: ${name}, address: 127.0.0.1, port: ${link.port}, user: ${sandbox.host.user}, keyFiles: [${sandbox.host.keyFiles[0]}], agent: false }\n`,
    knownHostsLine: sandbox.knownHostsLine.replace(`:${sandbox.host.port} `, `:${link.port} `),
    async plantService(service, script, port) {
      const folder = join(home, 'services', service);
      await mkdir(folder, { recursive: true });
      await writeFile(
        join(folder, 'service.conf'),
        `name=${service}\ntitle=${service}\nport=${port ?? ''}\n`,
      );
      await writeFile(
        join(folder, 'service.sh'),
        `#!/bin/sh\ncd "$(dirname "$0")" || exit 1\n[ "$1" != halt ] || exit 0\n${script}\n`,
      );
      await chmod(join(folder, 'service.sh'), 0o755);
    },
    read: (service, file) => readFile(join(home, 'services', service, file), 'utf8').catch(() => ''),
    async stop() {
      await link.close();
      await sandbox.stop();
      if (options.diskKb !== undefined) spawnSync('/bin/umount', ['--lazy', home]);
    },
  };
}

function mount(folder: string, diskKb: number): void {
  const done = spawnSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${diskKb}k`, 'tmpfs', folder]);
  if (done.status !== 0) throw new Error(`a small file system could not be mounted: ${done.stderr}`);
}

/** Whether this user can give a folder a small file system of its own. */
export function mayMount(folder: string): boolean {
  if (process.getuid?.() !== 0) return false;
  if (spawnSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status !== 0) return false;
  return spawnSync('/bin/umount', [folder]).status === 0;
}
