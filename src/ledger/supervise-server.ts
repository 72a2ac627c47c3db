import { setTimeout as pause } from 'node:timers/promises';
import { type Access, clusterOf } from './cluster.ts';
import type { EmbeddedPostgresLog } from './embedded-postgres.ts';
import { problemFrom } from './embedded-postgres-problem.ts';
import { launch } from './launch-server.ts';
import { isAlive } from './living-process.ts';
import { findPostmaster, readPostmaster, stopPostmaster } from './postmaster.ts';
import type { ServerPlace } from './server-place.ts';
import { alone, signOut } from './server-users.ts';

/** Starts the server again whenever it ended, until `stop`, which stops it unless another process still uses it. */
export function supervise(server: {
  readonly directory: string;
  readonly place: ServerPlace;
  readonly access: Access;
  readonly adopted: boolean;
  readonly log: EmbeddedPostgresLog;
}): EmbeddedPostgres {
  const { directory, place, access, log } = server;
  const stopping = new AbortController();

  const watch = async (): Promise<void> => {
    let wait: number = againMs.first;
    while (!stopping.signal.aborted) {
      await rest(lookEveryMs, stopping.signal);
      const noted = await readPostmaster(clusterOf(place.home));
      if (stopping.signal.aborted || (noted !== null && (await isAlive(noted.pid)))) continue;
      try {
        log.warn({ port: access.port }, 'the embedded PostgreSQL ended; starting it again');
        await alone(directory, async () => await startAgain(stopping.signal));
        wait = againMs.first;
      } catch (error) {
        log.warn({ error, againInMs: wait }, 'the embedded PostgreSQL could not be started again');
        await rest(wait, stopping.signal);
        wait = Math.min(wait * 2, againMs.longest);
      }
    }
  };

  const startAgain = async (signal: AbortSignal): Promise<void> => {
    if (signal.aborted || (await findPostmaster(place.home, access))) return;
    // The address is known to everybody who uses the ledger, so it stays; whoever took the port meanwhile has to go.
    const said = await launch(place, access);
    if (said !== '') throw problemFrom('start again', place.home, said);
    log.info({ port: access.port }, 'the embedded PostgreSQL runs again');
  };

  const watching = watch();
  return {
    url: `postgresql://chiffon:${access.password}@127.0.0.1:${access.port}/chiffon`,
    adopted: server.adopted,
    stop: async () => {
      stopping.abort();
      await watching;
      await alone(directory, async () => {
        const { othersRemain } = await signOut(directory);
        const noted = await readPostmaster(clusterOf(place.home));
        if (!othersRemain && noted) await stopPostmaster(noted.pid);
      });
    },
  };
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { ref: false, signal }).catch(() => {});
}

/** How often the server is looked at, and how long to wait between tries to start it again. */
const lookEveryMs = 250;
const againMs = { first: 250, longest: 10_000 } as const;

