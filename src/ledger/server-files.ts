import { lchown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether there is something of this name. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Gives a folder and everything in it to a user and the group of the same number. */
export async function giveTree(path: string, user: number): Promise<void> {
  await lchown(path, user, user);
  if (!(await lstat(path)).isDirectory()) return;
  for (const name of await readdir(path)) await giveTree(join(path, name), user);
}
