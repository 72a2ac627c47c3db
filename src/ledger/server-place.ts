import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chown, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresProblem } from './embedded-postgres-problem.ts';
import { exists, giveTree } from './server-files.ts';
import { serverUser } from './server-user.ts';

/** Where the server's programs and files lie, and as whom its programs run. */
export interface ServerPlace {
  /** The folder with PostgreSQL's `bin`. */
  readonly native: string;
  /** The folder that holds the cluster and the server's log. */
  readonly home: string;
  /** Who the server runs as and who owns `home`; null where Chiffon's own user will do. */
  readonly owner: number | null;
  /** What `setpriv` adds, when the server's user can't do without. */
  readonly rights: readonly string[];
}

/**
 * PostgreSQL refuses to run as root, so root's Chiffon gives the server a user of its own: a bare number that nobody
 * else uses, without an entry anywhere. That user usually can't reach the server's files: the data directory may lie
 * below /root, and node_modules too. Three ways are tried, the one with the fewest rights first:
 *
 * 1. as that user, where everything can be reached;
 * 2. with the one capability to pass through and read what it doesn't own (CAP_DAC_READ_SEARCH), by `setpriv` of
 *    util-linux. It still writes only its own files. `no_setuid_fixup` keeps access(2) from dropping the capability:
 *    PostgreSQL asks access(2) whether its own programs may be run;
 * 3. with programs and cluster in a place everybody can reach, for root in a container that withholds the capability.
 *
 * @throws EmbeddedPostgresProblem when none works.
 */
export async function findServerPlace(
  directory: string,
  native: string,
  reachable = '/var/lib/chiffon',
): Promise<ServerPlace> {
  if (process.getuid?.() !== 0) return { native, home: directory, owner: null, rights: [] };
  const owner = await serverUser(directory);
  await chown(directory, owner, owner);
  const pointer = join(directory, 'moved-to');
  if (!(await exists(pointer))) {
    for (const rights of [[], passThrough]) {
      const place = { native, home: directory, owner, rights };
      if (canReach(place)) return place;
    }
  }
  const moved: ServerPlace = {
    native: await reachablePrograms(native, reachable),
    home: await reachableHome(directory, pointer, reachable, owner),
    owner,
    rights: [],
  };
  if (canReach(moved)) return moved;
  throw new EmbeddedPostgresProblem(
    'unreachable',
    `PostgreSQL doesn't run as root, and the user it would run as (number ${owner}) can reach neither ${directory} nor ${reachable}. Start Chiffon as an ordinary user, or choose a data directory that others may enter with --data.`,
  );
}

/** Starts a program of PostgreSQL as the server's user. */
export function startProgram(
  place: ServerPlace,
  program: 'initdb' | 'postgres',
  args: readonly string[],
  options: SpawnOptions,
  user = place.owner,
): ChildProcess {
  const file = join(place.native, 'bin', program);
  if (user === null) return spawn(file, args, options);
  if (place.rights.length === 0) return spawn(file, args, { ...options, uid: user, gid: user });
  return spawn('setpriv', [...asUser(user, place.rights), file, ...args], options);
}

const passThrough: readonly string[] = [
  '--inh-caps=-all,+dac_read_search',
  '--ambient-caps=-all,+dac_read_search',
  '--bounding-set=-all,+dac_read_search',
  '--securebits=+no_setuid_fixup',
  '--no-new-privs',
];

function asUser(user: number, rights: readonly string[]): readonly string[] {
  return [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', ...rights];
}

/** Tries it: only the kernel knows what a container, a mount or a security module allows. */
function canReach({ native, home, owner, rights }: ServerPlace): boolean {
  const question = 'test -x "$1" && test -r "$2" && test -w "$3" && test -x "$3"';
  const words = [
    '-c',
    question,
    'sh',
    join(native, 'bin', 'postgres'),
    join(native, 'share', 'postgresql'),
    home,
  ];
  const user = owner ?? 0;
  const answer =
    rights.length === 0
      ? spawnSync('/bin/sh', words, { cwd: '/', uid: user, gid: user })
      : spawnSync('setpriv', [...asUser(user, rights), '/bin/sh', ...words], { cwd: '/' });
  return answer.status === 0;
}

/** A copy of the programs that everybody may run; one for each version. */
async function reachablePrograms(native: string, reachable: string): Promise<string> {
  const version = await readFile(join(native, '..', 'package.json'), 'utf8');
  const copy = join(reachable, `postgres-${shortHash(version)}`);
  if (await exists(copy)) return copy;
  await mkdir(reachable, { recursive: true, mode: 0o755 });
  const unfinished = `${copy}.${process.pid}`;
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await rename(unfinished, copy);
  return copy;
}

/** The cluster's folder outside the data directory; the data directory keeps a file that says where. */
async function reachableHome(
  directory: string,
  pointer: string,
  reachable: string,
  owner: number,
): Promise<string> {
  if (await exists(pointer)) return (await readFile(pointer, 'utf8')).trim();
  const home = join(reachable, `ledger-${shortHash(directory)}`);
  await rm(home, { recursive: true, force: true });
  await cp(directory, home, { recursive: true, verbatimSymlinks: true });
  await giveTree(home, owner);
  await writeFile(pointer, `${home}\n`);
  return home;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
