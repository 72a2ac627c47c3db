import { readFile, stat } from 'node:fs/promises';
import { EmbeddedPostgresProblem } from './embedded-postgres-problem.ts';

/**
 * The number of the user root's server runs as: the directory's owner when that isn't root, otherwise one nobody
 * uses, from the range that systemd's list of users keeps free of any purpose (60578 to 61183). Inside a container
 * that maps only part of the numbers, a user with a name takes its place.
 */
export async function serverUser(directory: string): Promise<number> {
  const present = (await stat(directory)).uid;
  if (present !== 0) return present;
  const taken = new Set((await users()).map((user) => user.number));
  for (let number = 60_777; number <= 61_183; number += 1) {
    if (!taken.has(number) && (await isMapped(number))) return number;
  }
  return await namedUser();
}

/**
 * The number of a user with a name. `initdb` insists that its user has one; the server doesn't.
 *
 * @throws EmbeddedPostgresProblem when the machine knows none but root.
 */
export async function namedUser(): Promise<number> {
  const ordinary = (await users()).filter((user) => user.number !== 0);
  const chosen = ordinary.find((user) => user.name === 'nobody') ?? ordinary[0];
  if (chosen !== undefined) return chosen.number;
  throw new EmbeddedPostgresProblem(
    'no_user',
    'PostgreSQL is set up only by a user with a name, and this machine knows none but root. Add one to /etc/passwd (for example "nobody"), or start Chiffon as an ordinary user.',
  );
}

async function users(): Promise<readonly { readonly name: string; readonly number: number }[]> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
  return lines.flatMap((line) => {
    const [name, , number] = line.split(':');
    return name && number && /^\d+$/.test(number) ? [{ name, number: Number(number) }] : [];
  });
}

/** Lines of "first inside, first outside, how many" (user_namespaces(7)); absent where there are no such things. */
async function isMapped(number: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const ranges = (await readFile('/proc/self/uid_map', 'utf8')).trim().split('\n');
  return ranges.some((range) => {
    const [first = 0, , count = 0] = range.trim().split(/\s+/).map(Number);
    return number >= first && number < first + count;
  });
}
