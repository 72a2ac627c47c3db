import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A running process of this data directory. */
export interface Holder {
  readonly service: string;
  readonly pid: number;
}

export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Claims a data directory for services: one bot, one worker and one api may share it, two of a kind may not.
 * A lock of a process that died, or whose number now belongs to another process, is taken over.
 */
export async function lockDataDirectory(
  directory: string,
  services: readonly string[],
): Promise<
  { readonly ok: true; readonly lock: DirectoryLock } | { readonly ok: false; readonly holder: Holder }
> {
  const taken: string[] = [];
  const release = async (): Promise<void> => {
    for (const file of taken) await rm(file, { force: true });
  };
  for (const service of services) {
    const file = lockFile(directory, service);
    const holder = await claim(file, service);
    if (holder !== null) {
      await release();
      return { ok: false, holder };
    }
    taken.push(file);
  }
  return { ok: true, lock: { release } };
}

/** The living process that runs a service on a data directory; null when none does. */
export function holderOf(directory: string, service: string): Promise<Holder | null> {
  return livingHolder(lockFile(directory, service), service);
}

function lockFile(directory: string, service: string): string {
  return join(directory, `${service}.pid`);
}

/** Puts the lock file in its place, or answers the living process that has it. */
async function claim(file: string, service: string): Promise<Holder | null> {
  // Written aside and put in its place whole: a lock without its content would look like one nobody holds.
  const draft = `${file}.new-${process.pid}`;
  await writeFile(draft, `${process.pid} ${birthOf(process.pid) ?? ''}\n`, { mode: 0o644 });
  try {
    while (!(await put(draft, file))) {
      const holder = await livingHolder(file, service);
      if (holder !== null) return holder;
      const taken = await takeAway(file, service);
      if (taken !== null) return taken;
    }
    return null;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Gives a file a second name that nothing has yet; false when something has it. */
async function put(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Takes a dead process's lock away; when another process was quicker and what was taken is its lock, puts it back. */
async function takeAway(file: string, service: string): Promise<Holder | null> {
  const aside = `${file}.old-${process.pid}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
  try {
    const holder = await livingHolder(aside, service);
    if (holder !== null) await put(aside, file);
    return holder;
  } finally {
    await rm(aside, { force: true });
  }
}

async function livingHolder(file: string, service: string): Promise<Holder | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '';
    throw error;
  });
  const [pid = '', birth = ''] = text.trim().split(' ');
  const number = Number(pid);
  if (!Number.isSafeInteger(number) || number <= 0 || !isAlive(number)) return null;
  return birth === '' || birthOf(number) === null || birthOf(number) === birth
    ? { service, pid: number }
    : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process was born, in clock ticks since boot (field 22 of /proc/PID/stat); null where there is no /proc. */
function birthOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
