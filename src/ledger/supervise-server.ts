import { setTimeout as pause } from 'node:timers/promises';
import type { Access } from './cluster.ts';
import { problemFrom } from './embedded-postgres-problem.ts';
import { launch } from './launch-server.ts';
import { findPostmaster, serverPid, stopPostmaster } from './postmaster.ts';
import type { ServerPlace } from './server-place.ts';
import { alone, signOut } from './server-users.ts';

/** Starts the server again whenever it ended. Answers how to stop it: it stays when another process still uses it. */
export function supervise(server: {
  readonly directory: string;
  readonly place: ServerPlace;
  readonly access: Access;
  readonly log: ServerLog;
}): () => Promise<void> {
  const { directory, place, access, log } = server;
  const stopping = new AbortController();

  const watch = async (): Promise<void> => {
    let wait: number = againMs.first;
    while (!stopping.signal.aborted) {
      await rest(lookEveryMs, stopping.signal);
      if (stopping.signal.aborted || (await serverPid(place.home)) !== null) continue;
      try {
        log.warn({ port: access.port }, 'the embedded PostgreSQL ended; starting it again');
        await alone(directory, startAgain);
        wait = againMs.first;
      } catch (error) {
        log.warn({ error, againInMs: wait }, 'the embedded PostgreSQL could not be started again');
        await rest(wait, stopping.signal);
        wait = Math.min(wait * 2, againMs.longest);
      }
    }
  };

  const startAgain = async (): Promise<void> => {
    if (stopping.signal.aborted || (await findPostmaster(place.home, access))) return;
    // The address is known to everybody who uses the ledger, so it stays; whoever took the port meanwhile has to go.
    const said = await launch(place, access);
    if (said !== '') throw problemFrom('start again', place.home, said);
    log.info({ port: access.port }, 'the embedded PostgreSQL runs again');
  };

  const watching = watch();
  return async () => {
    stopping.abort();
    await watching;
    await alone(directory, async () => {
      const { othersRemain } = await signOut(directory);
      const pid = await serverPid(place.home);
      if (!othersRemain && pid !== null) await stopPostmaster(pid);
    });
  };
}

export interface ServerLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** How often the server is looked at, and how long to wait between tries to start it again. */
const lookEveryMs = 250;
const againMs = { first: 250, longest: 10_000 } as const;

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { ref: false, signal }).catch(() => {});
}
