import { Detached } from '#flow/executor-port.ts';
import { type PerformTaskDeps, performTask } from '#flow/perform-task.ts';
import { type ProposePlanDeps, proposePlan } from '#flow/propose-plan.ts';
import type { DeliveryQueue, Job } from '#flow/queue-port.ts';

export interface Personas {
  /**
   * Takes no more work, lets running commands and slow drafts go (they are found again) and waits for what is being
   * written down, `graceMs` milliseconds at most.
   */
  stop(graceMs: number): Promise<void>;
}

/** How long a draft gets when the process stops, in milliseconds: one may be waiting for a machine that hangs. */
const draftGraceMs = 2_000;

/**
 * The worker loop. The planner drafts, the executor carries out; each job says whose it is, the ledger says whether
 * there is still something to do.
 *
 * @param settings.concurrency how many jobs are worked on at a time.
 * @param settings.newReference makes the name under which the log tells of a surprise.
 * @throws Error when the ledger or the queue can't be reached.
 */
export async function startPersonas(
  deps: Omit<PerformTaskDeps, 'stopping' | 'onRunStopped' | 'mayGoOn'> & ProposePlanDeps,
  queue: DeliveryQueue,
  settings: { readonly concurrency: number; readonly newReference: () => string },
): Promise<Personas> {
  const stopping = new AbortController();
  const watchers = new Map<string, Set<() => void>>();
  const onRunStopped = (run: string, stopped: () => void): (() => void) => {
    const those = watchers.get(run) ?? new Set();
    watchers.set(run, those.add(stopped));
    return () => {
      those.delete(stopped);
      if (those.size === 0) watchers.delete(run);
    };
  };
  const unlisten = await deps.ledger.listen({
    event: (event) => {
      if (event.kind !== 'run.cancelled' || event.run === undefined) return;
      for (const stopped of watchers.get(event.run) ?? []) stopped();
    },
  });

  const performers: Readonly<Record<Job['kind'], (id: string) => Promise<void>>> = {
    draft: (id) => letGoOf(proposePlan(deps, Number(id)), stopping.signal),
    task: (id) => performTask({ ...deps, stopping: stopping.signal, onRunStopped, mayGoOn }, id),
  };
  let busy = 0;
  const mayGoOn = (): boolean => busy < settings.concurrency;
  const handle = async (job: Job): Promise<void> => {
    busy += 1;
    try {
      await performers[job.kind](job.id);
    } finally {
      busy -= 1;
    }
  };
  const worker = await queue.work({
    concurrency: settings.concurrency,
    handle,
    onError: (job, error) => {
      // Let go of because this process ends; the ledger knows that it is unfinished.
      if (error instanceof Detached) return;
      const reference = settings.newReference();
      deps.log.error(
        { reference, job, error },
        'a job failed unexpectedly; it comes back as long as it is unfinished',
      );
    },
  });

  return {
    async stop(graceMs) {
      stopping.abort();
      await worker.stop(graceMs);
      await unlisten();
    },
  };
}

/** Waits for a draft, but not much longer once the process stops. It changes nothing halfway: it publishes at its end or not. */
async function letGoOf(draft: Promise<void>, stopping: AbortSignal): Promise<void> {
  const late = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  const hurry = (): void => {
    timer = setTimeout(late.resolve, draftGraceMs);
  };
  if (stopping.aborted) hurry();
  else stopping.addEventListener('abort', hurry, { once: true });
  // What becomes of it when nobody waits any more is told by its next try.
  draft.catch(() => {});
  try {
    await Promise.race([draft, late.promise]);
  } finally {
    stopping.removeEventListener('abort', hurry);
    clearTimeout(timer);
  }
}
