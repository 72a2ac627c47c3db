import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { birthOf, isAlive } from './living-process.ts';

/*
 * Several processes may use one embedded server: Chiffon itself, and the terminal's commands beside it. Each leaves
 * a file with its number, so that the server is stopped by whoever leaves last and never under somebody else.
 */

/** Notes that this process uses the server. */
export async function signIn(directory: string): Promise<void> {
  await mkdir(join(directory, 'users'), { recursive: true });
  await writeFile(join(directory, 'users', String(process.pid)), await birthOf(process.pid));
}

/** Takes this process's note away and answers whether another living process uses the server. */
export async function signOut(directory: string): Promise<{ readonly othersRemain: boolean }> {
  const folder = join(directory, 'users');
  await rm(join(folder, String(process.pid)), { force: true });
  let othersRemain = false;
  for (const name of await readdir(folder)) {
    if (await isTheSame(Number(name), await readNote(join(folder, name)))) othersRemain = true;
    else await rm(join(folder, name), { force: true });
  }
  return { othersRemain };
}

/** Runs `work` while no other process does the same in this directory; a lock of a process that died is ignored. */
export async function alone<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const lock = join(directory, 'starting');
  while (!(await take(lock))) await pause(50);
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  // Written beside it and linked into place, so that the lock is never seen half-written.
  const own = `${lock}.${process.pid}`;
  await writeFile(own, `${process.pid} ${await birthOf(process.pid)}`);
  try {
    await link(own, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(own, { force: true });
  }
  const note = await readNote(lock);
  const [pid = '', birth = ''] = note.split(' ');
  if (note !== '' && !(await isTheSame(Number(pid), birth))) await removeDead(lock, note);
  return false;
}

/** Of those who found a dead one's lock, renaming succeeds for one; whoever gets a newer lock puts it back. */
async function removeDead(lock: string, note: string): Promise<void> {
  const taken = `${lock}.dead.${process.pid}`;
  try {
    await rename(lock, taken);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await readNote(taken)) !== note) await rename(taken, lock);
  await rm(taken, { force: true });
}

async function readNote(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}

async function isTheSame(pid: number, birth: string): Promise<boolean> {
  return Number.isInteger(pid) && pid > 0 && (await isAlive(pid)) && (await birthOf(pid)) === birth;
}
