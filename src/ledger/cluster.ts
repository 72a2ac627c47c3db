import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresProblem, problemFrom } from './embedded-postgres-problem.ts';
import { exists, giveTree } from './server-files.ts';
import { type ServerPlace, startProgram } from './server-place.ts';
import { namedUser } from './server-user.ts';

/** What it takes to connect; kept in a file only Chiffon's user may read. */
export interface Access {
  readonly port: number;
  /** The password of `chiffon`, who owns the ledger's database and is no superuser. */
  readonly password: string;
  /** The password of `chiffon_login`, which the ledger works as and which owns nothing. */
  readonly loginPassword: string;
  /** The password of `postgres`, the server's superuser: for setting up and for recognising the server. */
  readonly adminPassword: string;
}

/** The folder with the cluster, inside the server's home. */
export function clusterOf(home: string): string {
  return join(home, 'cluster');
}

/** Null when there is none, or one that a power cut left half-written. */
export async function readAccess(directory: string): Promise<Access | null> {
  const file = join(directory, 'access.json');
  if (!(await exists(file))) return null;
  try {
    const access = JSON.parse(await readFile(file, 'utf8')) as Omit<Access, 'loginPassword'> &
      Partial<Access>;
    if (access.loginPassword !== undefined) return { ...access, loginPassword: access.loginPassword };
    // Written by a version that had one role.
    const completed = { ...access, loginPassword: freshPassword() };
    await writeAccess(directory, completed);
    return completed;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export async function writeAccess(directory: string, access: Access): Promise<void> {
  const file = join(directory, 'access.json');
  await writeFile(`${file}.new`, JSON.stringify(access), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

function freshPassword(): string {
  return randomBytes(24).toString('hex');
}

export function freshAccess(port: number): Access {
  return {
    port,
    password: freshPassword(),
    loginPassword: freshPassword(),
    adminPassword: freshPassword(),
  };
}

/** An empty cluster and what the first start writes, in bytes. */
const roomNeeded = 100 * 1024 * 1024;

/**
 * Creates the cluster when there is none: UTF-8, sorted by code point, with checksums on every page. Finished
 * clusters get their name at the very end, so one that was interrupted is begun anew.
 */
export async function createCluster(place: ServerPlace, adminPassword: string): Promise<void> {
  const cluster = clusterOf(place.home);
  if (await exists(join(cluster, 'PG_VERSION'))) return await keepOwner(cluster, place.owner);
  const disk = await statfs(place.home);
  if (disk.bavail * disk.bsize < roomNeeded) throw problemFrom('be set up', place.home, 'ENOSPC');

  const unfinished = `${cluster}.unfinished`;
  const passwordFile = join(place.home, 'password.unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, `${adminPassword}\n`, { mode: 0o600 });
  const builder = place.owner === null ? null : await namedUser();
  if (builder !== null) {
    for (const path of [place.home, unfinished, passwordFile]) await chown(path, builder, builder);
  }
  try {
    await initdb(place, builder, unfinished, passwordFile);
  } finally {
    await rm(passwordFile, { force: true });
    if (place.owner !== null) {
      await giveTree(unfinished, place.owner);
      await chown(place.home, place.owner, place.owner);
    }
  }
  await rename(unfinished, cluster);
}

/** A cluster that root copied here, from a backup for example, belongs to root, and the server may not touch it. */
async function keepOwner(cluster: string, owner: number | null): Promise<void> {
  if (owner !== null && (await stat(cluster)).uid !== owner) await giveTree(cluster, owner);
}

async function initdb(
  place: ServerPlace,
  builder: number | null,
  into: string,
  passwordFile: string,
): Promise<void> {
  const child = startProgram(
    place,
    'initdb',
    [
      `--pgdata=${into}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
    ],
    { cwd: place.home, env: serverEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] },
    builder,
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => (said += part.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw problemFrom('be set up', place.home, said);
}

/** Nothing of the user's own PostgreSQL (PGHOST, PGDATA …) and languages reaches the server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

/** @throws EmbeddedPostgresProblem when the cluster's passwords are gone. */
export function accessLost(directory: string): EmbeddedPostgresProblem {
  return new EmbeddedPostgresProblem(
    'failed',
    `The ledger in ${directory} is there, but access.json with its passwords is gone. Restore that file from a backup, or restore the whole ledger with "chiffon restore".`,
  );
}
