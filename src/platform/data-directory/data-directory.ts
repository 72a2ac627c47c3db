import { randomBytes } from 'node:crypto';
import { access, chmod, constants, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A data directory that can't be used: why, and what to do. */
export class DataDirectoryUnusable extends Error {
  override readonly name = 'DataDirectoryUnusable';
}

/** Makes the directory, or says why it can't be used. */
export async function openDataDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK | constants.X_OK);
    const probe = join(directory, `.writable-${process.pid}`);
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    const { code = 'an unknown error' } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      EACCES: 'this user may not write there',
      EPERM: 'this user may not write there',
      EROFS: 'it is on a read-only file system',
      ENOSPC: 'the disk is full',
      ENOTDIR: 'a part of the path is a file',
      EEXIST: 'there is a file of that name',
    };
    throw new DataDirectoryUnusable(
      `The data directory ${directory} can't be used: ${reasons[code] ?? code}. Nothing was started. Name another one with --data DIR, or make this one writable.`,
    );
  }
}

/**
 * A secret kept in a file of its own (mode 0600); made on first use. `fresh` tells that it was.
 *
 * @throws DataDirectoryUnusable when the file holds less than a secret: written while the disk was full, or emptied by hand.
 */
export async function keptSecret(
  file: string,
  bytes: number,
): Promise<{ readonly value: string; readonly fresh: boolean }> {
  try {
    const value = randomBytes(bytes).toString('base64url');
    await writeFile(file, `${value}\n`, { flag: 'wx', mode: 0o600, flush: true });
    return { value, fresh: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  await chmod(file, 0o600);
  const value = (await readFile(file, 'utf8')).trim();
  if (value.length < shortestKept) {
    throw new DataDirectoryUnusable(
      `${file} should hold a secret of Chiffon's own, but is ${value === '' ? 'empty' : 'too short to be one'}. Nothing was started. Delete it; the next start makes a new one, and everybody signs in again.`,
    );
  }
  return { value, fresh: false };
}

/** Characters; people may put a token of their own choice into the file. */
const shortestKept = 12;
