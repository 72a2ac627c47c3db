import { chown, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Access, clusterOf, serverEnvironment } from './cluster.ts';
import { answers, readPostmaster, stopPostmaster } from './postmaster.ts';
import { type ServerPlace, startProgram } from './server-place.ts';
import { serverArguments } from './server-settings.ts';

/**
 * Starts the server once and waits until it answers: an empty text, or what it said before it ended. It lives in a
 * session of its own and isn't this process's to wait for at its end.
 */
export async function launch(place: ServerPlace, access: Access): Promise<string> {
  const words = join(place.home, 'start.log');
  await mkdir(join(place.home, 'log'), { recursive: true, mode: 0o700 });
  if (place.owner !== null) await chown(join(place.home, 'log'), place.owner, place.owner);
  const file = await open(words, 'w', 0o600);
  const child = startProgram(place, 'postgres', serverArguments(place.home, access.port), {
    cwd: place.home,
    env: serverEnvironment(),
    detached: true,
    stdio: ['ignore', file.fd, file.fd],
  });
  child.unref();
  let ended = false;
  let failure = '';
  child.once('exit', () => {
    ended = true;
  });
  child.once('error', (error) => {
    ended = true;
    failure = error.message;
  });
  await file.close();
  const deadline = Date.now() + startWithinMs;
  while (!ended) {
    const noted = await readPostmaster(clusterOf(place.home));
    if (noted?.ready && noted.pid === child.pid && (await answers(access.port, access))) return '';
    if (Date.now() > deadline) {
      if (child.pid !== undefined) await stopPostmaster(child.pid);
      break;
    }
    await pause(30);
  }
  return `${failure}${await readFile(words, 'utf8')}` || 'it ended without a word';
}

/** How long the server may take until it answers; after a crash it first repeats what its log holds. */
const startWithinMs = 120_000;
