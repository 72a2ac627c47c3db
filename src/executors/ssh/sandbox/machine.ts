import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The small machine behind the sandbox host: its home folder, the environment of its commands and its log. */
export interface Machine {
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: (message: string, fields?: Record<string, unknown>) => void;
}

/**
 * Boots the machine: services that are enabled are started. After a power-off, or when the computer itself was
 * restarted, it is a new boot; after a crash of Chiffon it is the same one, and what still runs is taken over.
 */
export async function boot(machine: Machine): Promise<void> {
  const chiffon = join(machine.home, '.chiffon');
  await mkdir(chiffon, { recursive: true, mode: 0o700 });
  const kernel = (await read('/proc/sys/kernel/random/boot_id')) ?? '';
  const bootId = join(chiffon, 'boot_id');
  const [present = '', below = ''] = ((await read(bootId)) ?? '').split('\n');
  if (present === '' || below !== kernel.trim()) {
    await writeFile(bootId, `${randomUUID()}\n${kernel.trim()}\n`);
    await forgetProcesses(machine);
    machine.log('the sandbox boots');
  } else {
    machine.log('the sandbox was still up; its services are taken over');
  }
  for (const service of await services(machine)) {
    if (!(await exists(join(service, 'enabled')))) continue;
    const said = await serviceScript(machine, service, 'start');
    machine.log('service at boot', { service, said });
  }
}

/** Switches the machine off: services are stopped, running commands are cut off, nothing is left. */
export async function powerOff(machine: Machine): Promise<void> {
  // Running commands go the way they would on a real machine: at once, without an exit code.
  const [present = ''] = ((await read(join(machine.home, '.chiffon', 'boot_id'))) ?? '').split('\n');
  for (const attempt of await folders(join(machine.home, '.chiffon', 'attempts'))) {
    if (await exists(join(attempt, 'exit'))) continue;
    // The process numbers of an earlier boot may be anybody's by now.
    if ((await read(join(attempt, 'boot_id')))?.trim() !== present) continue;
    await killGroup(attempt, 'pid');
    await killGroup(attempt, 'group');
  }
  await Promise.all((await services(machine)).map((service) => serviceScript(machine, service, 'halt')));
  await killRest(machine.home);
  await rm(join(machine.home, '.chiffon', 'boot_id'), { force: true });
  machine.log('the sandbox is switched off');
}

async function forgetProcesses(machine: Machine): Promise<void> {
  for (const service of await services(machine))
    await rm(join(service, '.starting'), { recursive: true, force: true });
}

/** Kills the group named in a file of an attempt, if its leader is still a process of this attempt. */
async function killGroup(attempt: string, file: string): Promise<void> {
  const pid = Number((await read(join(attempt, file)))?.trim());
  if (!Number.isInteger(pid) || pid <= 1) return;
  const line = await read(`/proc/${pid}/cmdline`);
  if (line !== null && line !== '' && !line.includes(attempt)) return;
  kill(-pid);
  kill(pid);
}

/** Kills whatever else lives in the home folder: processes that commands left behind carry it in their environment. */
async function killRest(home: string): Promise<void> {
  for (let round = 0; round < 50; round++) {
    const pids = (await readdir('/proc').catch(() => []))
      .map(Number)
      .filter((pid) => pid > 1 && pid !== process.pid);
    const own = await Promise.all(
      pids.map(async (pid) =>
        ((await read(`/proc/${pid}/environ`)) ?? '').split('\0').includes(`HOME=${home}`),
      ),
    );
    const left = pids.filter((_, index) => own[index]);
    if (left.length === 0) return;
    for (const pid of left) kill(pid);
    await sleep(20);
  }
}

function kill(target: number): void {
  try {
    process.kill(target, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function serviceScript(machine: Machine, service: string, verb: string): Promise<string> {
  return await new Promise((resolve) => {
    const options = { cwd: machine.home, env: { ...machine.environment }, timeout: 40_000 };
    execFile('/bin/sh', [join(service, 'service.sh'), verb], options, (error, stdout, stderr) => {
      const said = `${stdout}${stderr}`.trim();
      if (error !== null)
        machine.log('a service did not obey', { service, verb, said, error: error.message });
      resolve(said);
    });
  });
}

async function services(machine: Machine): Promise<string[]> {
  const all = await folders(join(machine.home, 'services'));
  const scripted = await Promise.all(all.map((folder) => exists(join(folder, 'service.sh'))));
  return all.filter((_, index) => scripted[index]);
}

async function folders(parent: string): Promise<string[]> {
  try {
    const entries = await readdir(parent, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(parent, entry.name));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

async function read(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return null;
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
