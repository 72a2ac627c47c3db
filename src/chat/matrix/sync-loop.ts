import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { SurfaceMemory } from '#chat/surface-port.ts';
import type { FlowLog } from '#flow/log-port.ts';
import { completeSync } from './complete-sync.ts';
import type { Batch, HomeserverClient } from './homeserver-client.ts';
import { HomeserverError, isFinal, isTokenRefused, KeysUnsaved } from './homeserver-error.ts';
import type { Waits } from './matrix-settings.ts';

/** How far the rooms were read. */
const Progress = z.object({ since: z.string(), last: z.record(z.string(), z.string()) });
type Progress = z.infer<typeof Progress>;

const memoryKey = 'sync';
/** Only what is used: no presence, no typing, no receipts. */
const filter = JSON.stringify({
  presence: { types: [] },
  room: {
    ephemeral: { types: [] },
    account_data: { types: [] },
    state: { lazy_load_members: true },
    timeline: { limit: 50 },
  },
});

export interface SyncLoopDeps {
  readonly client: HomeserverClient;
  readonly memory: Pick<SurfaceMemory, 'recall' | 'remember'>;
  readonly userId: string;
  readonly waits: Waits;
  readonly log: FlowLog;
  readonly isWanted: (room: string) => boolean;
  /** Gets everything ready that a sync needs; called again after every failure until it succeeds. */
  readonly prepare: () => Promise<void>;
  /** Acts on what happened. The batch counts as read only when this is done. */
  readonly perform: (batch: Batch) => Promise<void>;
  readonly onConnected: () => void;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Reads what happens until it is stopped. How far it has read is written down only after everything up to there was
 * acted on, so nothing is lost when it is interrupted; what then comes twice has the same id.
 */
export async function runSyncLoop(deps: SyncLoopDeps, stopping: AbortSignal): Promise<void> {
  const { client, memory, userId, waits, log, isWanted } = deps;
  let progress: Progress | null = null;
  let recalled = false;
  let prepared = false;
  let connected = false;
  let failures = 0;
  while (!stopping.aborted) {
    try {
      if (!recalled) progress = await recallProgress(memory);
      recalled = true;
      if (!prepared) await deps.prepare();
      prepared = true;
      const since: string | null = progress?.since ?? null;
      // The first sync answers at once, also after a failure, so that it shows that everything works.
      const answer = await askForNews(client, since, connected ? waits.sync : 0, waits);
      connected = true;
      deps.onConnected();
      const lastOf = (room: string): string | null => progress?.last[room] ?? null;
      const sync = await completeSync({ client, userId, log }, answer, since, lastOf, isWanted);
      await deps.perform(await client.readSync(sync.raw));
      if (sync.next !== since) {
        const next: Progress = {
          since: sync.next,
          last: { ...progress?.last, ...Object.fromEntries(sync.last) },
        };
        await memory.remember(memoryKey, JSON.stringify(next));
        progress = next;
      }
      failures = 0;
    } catch (error) {
      if (stopping.aborted) return;
      connected = false;
      failures += 1;
      // Whatever was got ready may be what fails now: the account, the token, the encryption.
      if (isTokenRefused(error) || error instanceof KeysUnsaved) prepared = false;
      if (error instanceof UnknownPlace) {
        log.warn(
          { error: error.message },
          'the Matrix homeserver does not know the place to go on from; reading begins anew',
        );
        progress = null;
      }
      deps.onTrouble(error);
      await pause(waitAfter(error, failures, waits), stopping);
    }
  }
}

/** The homeserver does not know how far we read: its database is another one now. */
class UnknownPlace extends HomeserverError {}

/** @throws HomeserverError, HomeserverAway */
async function askForNews(
  client: HomeserverClient,
  since: string | null,
  timeout: number,
  waits: Waits,
): Promise<unknown> {
  try {
    return await client.call({
      method: 'GET',
      path: '/_matrix/client/v3/sync',
      query: { filter, since, timeout },
      timeoutMs: waits.sync + waits.answer,
    });
  } catch (error) {
    if (since === null || !isFinal(error) || error.statusCode !== 400) throw error;
    throw new UnknownPlace(error);
  }
}

async function recallProgress(memory: Pick<SurfaceMemory, 'recall'>): Promise<Progress | null> {
  const kept = await memory.recall(memoryKey);
  if (kept === null) return null;
  try {
    return Progress.parse(JSON.parse(kept));
  } catch {
    return null;
  }
}

function waitAfter(error: unknown, failures: number, waits: Waits): number {
  if (isTokenRefused(error)) return waits.refused;
  const backOff = Math.min(waits.retryMost, waits.retryFirst * 2 ** Math.min(failures - 1, 20));
  return error instanceof HomeserverError ? Math.max(error.retryAfterMs ?? 0, backOff) : backOff;
}

async function pause(ms: number, stopping: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: stopping });
  } catch {
    // Stopped: the loop sees it.
  }
}
