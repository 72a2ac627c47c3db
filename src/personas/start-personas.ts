import { type PerformTaskDeps, performTask } from '#flow/perform-task.ts';
import { type ProposePlanDeps, proposePlan } from '#flow/propose-plan.ts';
import type { DeliveryQueue, Job } from '#flow/queue-port.ts';

export interface Personas {
  /** Takes no more work, lets running commands go (they are found again) and waits for what is being written down. */
  stop(graceMs: number): Promise<void>;
}

/**
 * The worker loop. The planner drafts, the executor carries out; each job says whose it is, the ledger says whether
 * there is still something to do.
 */
export async function startPersonas(
  deps: Omit<PerformTaskDeps, 'stopping' | 'onRunStopped'> & ProposePlanDeps,
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
    draft: (id) => proposePlan(deps, Number(id)),
    task: (id) => performTask({ ...deps, stopping: stopping.signal, onRunStopped }, id),
  };
  const worker = await queue.work({
    concurrency: settings.concurrency,
    handle: (job) => performers[job.kind](job.id),
    onError: (job, error) => {
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
