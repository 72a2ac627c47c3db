import { hostname } from 'node:os';
import { deliverOutbox } from '#flow/deliver-outbox.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import { lookAtHost } from '#flow/look-at-host.ts';
import { parkOverduePlans } from '#flow/park-overdue-plans.ts';
import type { Planner } from '#flow/planner-port.ts';
import type { DeliveryQueue } from '#flow/queue-port.ts';
import { startPersonas } from '#personas/start-personas.ts';
import { newReference } from '#platform/reference.ts';
import { systemClock } from '#platform/system-clock.ts';
import type { Hands } from './open-hands.ts';
import { type Parts, runs } from './parts.ts';

/** How long a worker that fell silent keeps an attempt, in seconds. */
const leaseSeconds = 10;
/** How often lost work is looked for, and how long it must have been lost, in seconds. */
const sweepEverySeconds = 3;
const strandedAfterSeconds = 5;
/** How often the queue's place is looked at, in milliseconds: its settings may be changed under way. */
const lookAtQueueEveryMs = 30_000;
/** How often unanswered proposals are looked for, in milliseconds. */
const parkEveryMs = 60_000;
/** How often the machines are looked at without being asked, in milliseconds. */
const lookEveryMs = 600_000;
/** A machine somebody looked at so short a while ago needs no look, in milliseconds. */
const stillFreshMs = 60_000;
/**
 * How long running work gets to be written down at the end, in milliseconds. Less than the half of the whole grace that one
 * release may use: what is not done by then is still handed back.
 */
const drainMs = 10_000;

/** Starts what happens by itself: the personas (where there are hands), the delivery of jobs, the regular rounds. */
export async function startWork(
  parts: Parts,
  with_: {
    readonly ledger: Ledger;
    readonly queue: DeliveryQueue;
    readonly planner: Planner;
    readonly hands: Hands | null;
  },
): Promise<void> {
  const { config, log, redactor, shutdown } = parts;
  const { ledger, queue, planner, hands } = with_;
  if (hands !== null) {
    const { executor } = hands;
    const deps = { ledger, planner, executor, clock: systemClock, redaction: redactor, log, leaseSeconds };
    const personas = await startPersonas(
      { ...deps, worker: `${hostname()}-${process.pid}`, answerWithinHours: config.policy.answerWithinHours },
      queue,
      { concurrency: config.limits.workers, newReference },
    );
    shutdown.onStop('the personas', () => personas.stop(drainMs));
    shutdown.onStop('the look at the machines', lookRegularly(parts, ledger, hands));
  }
  const timing = { everySeconds: sweepEverySeconds, sweepAfterSeconds: strandedAfterSeconds };
  shutdown.onStop('the outbox', await deliverOutbox({ ledger, queue, log }, timing));
  shutdown.onStop('the look at the queue', watchQueue(parts, queue));
  if (runs(config, 'bot')) shutdown.onStop('the round of open proposals', parkRegularly(parts, ledger));
}

/**
 * Looks at every machine now and then, so that the pages and the words people use know what is there. Each has a round
 * of its own: one that does not answer holds up none of the others, and nobody waits for it at the end. Several workers,
 * or one that starts again and again, don't look twice within a minute.
 */
function lookRegularly({ log }: Parts, ledger: Ledger, hands: Hands): () => void {
  let stopped = false;
  const looking = new Set<string>();
  const look = async (host: string): Promise<void> => {
    if (looking.has(host)) return;
    looking.add(host);
    try {
      const seen = (await ledger.hosts()).find((row) => row.host === host);
      const freshAfter = systemClock.now().getTime() - stillFreshMs;
      if (seen !== undefined && Date.parse(seen.triedAt) > freshAfter) return;
      await lookAtHost({ ledger, executor: hands.executor }, host, 'chiffon');
    } catch (error) {
      if (!stopped) log.warn({ host, error }, 'a machine could not be looked at');
    } finally {
      looking.delete(host);
    }
  };
  const lookAtAll = (): void => {
    for (const host of hands.hosts) void look(host);
  };
  lookAtAll();
  const timer = setInterval(lookAtAll, lookEveryMs);
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}

/** Says in the log when the queue would no longer keep what it accepts, and when it does again; once each. */
function watchQueue({ log }: Parts, queue: DeliveryQueue): () => void {
  let wasOk = true;
  const look = async (): Promise<void> => {
    const { ok, detail, remedy } = await queue.health();
    if (ok !== wasOk) log[ok ? 'info' : 'warn']({ remedy }, detail);
    wasOk = ok;
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => log.warn({ error }, 'the queue could not be looked at'));
  }, lookAtQueueEveryMs);
  return () => clearInterval(timer);
}

function parkRegularly({ log }: Parts, ledger: Ledger): () => Promise<void> {
  const timer = setInterval(() => {
    parkOverduePlans({ ledger }).catch((error: unknown) =>
      log.warn({ error }, 'open proposals could not be looked through; trying again'),
    );
  }, parkEveryMs);
  return async () => clearInterval(timer);
}
