import type { Ledger } from '#flow/ledger-port.ts';
import { alertRecord } from './alerts.ts';
import { evidenceOf } from './approval-evidence.ts';
import { renewLease } from './attempts.ts';
import { type Connections, openConnections } from './connections.ts';
import { conversationRecord } from './conversations.ts';
import { keepEventMonths } from './event-months.ts';
import { audit, eventsAfter } from './events.ts';
import { openRepository } from './git-trail/git-repository.ts';
import { keepTrail, type TrailSettings } from './git-trail/keep-trail.ts';
import { health } from './health.ts';
import { readHosts } from './hosts.ts';
import { asLedgerError } from './ledger-unavailable.ts';
import { LedgerListener } from './listen.ts';
import { createLogWriter, readLog } from './log.ts';
import { drainOutbox } from './outbox.ts';
import { readOverviews } from './overviews.ts';
import { passOn } from './pass-on.ts';
import {
  readApprovals,
  readOverduePlans,
  readPlan,
  readPlans,
  readRevision,
  readRevisions,
} from './plans.ts';
import { recordQuestions } from './record-questions.ts';
import { countRequests, readOpenQuestion, readRequest, readRequests } from './requests.ts';
import { readRun, readRuns, readRunsIn, readTask, readTasks } from './runs.ts';
import { strandedJobs } from './stranded-jobs.ts';
import { transact } from './transact.ts';
import { verify } from './verify.ts';

/** The ledger, and what only its own room can do: keep the git trail beside it. */
export interface PostgresLedger extends Ledger {
  /** Keeps the git trail until the answered function is called; does nothing where none is configured. */
  keepTrail(
    with_: Omit<Parameters<typeof keepTrail>[0], 'ledger' | 'url' | 'settings'>,
  ): Promise<() => Promise<void>>;
}

/**
 * Opens the ledger in a PostgreSQL database of version 15 or newer, and brings its tables up to date first.
 *
 * @param options.url the address of the database that the ledger works with. When it is the owner's, the ledger lays the
 *   owner's rights down by itself.
 * @param options.ownerUrl the owner's address, when `url` is that of a role that owns nothing.
 * @param options.applicationName how the connections are called in pg_stat_activity.
 * @param options.trail where the git trail is, for `verify` and `keepTrail`; without it there is none.
 * @throws MigrationRefused when the database was written by a newer Chiffon.
 * @throws DatabaseUnusable when the server is too old or doesn't let Chiffon in.
 * @throws LedgerUnavailable when the server can't be reached; every method throws it too.
 */
export async function createPostgresLedger(options: {
  readonly url: string;
  readonly ownerUrl?: string | null;
  readonly applicationName: string;
  readonly trail?: TrailSettings | null;
}): Promise<PostgresLedger> {
  const connections = await speakingOfLoss(() =>
    openConnections({ url: options.url, ownerUrl: options.ownerUrl ?? null }, options.applicationName),
  );
  return withLossInWords(ledgerOn(connections, options.trail ?? null));
}

function ledgerOn(connections: Connections, trail: TrailSettings | null): PostgresLedger {
  const { prisma, pool, url } = connections;
  const listener = new LedgerListener(pool, url);
  const forgetMonths = keepEventMonths(pool);
  const ledger: PostgresLedger = {
    keepTrail: async (with_) =>
      trail === null ? async () => {} : keepTrail({ ...with_, ledger, url, settings: trail }),

    transact: (work) => transact(prisma, work),
    passOn: (change) => passOn(pool, change),

    request: (id) => readRequest(prisma, id),
    requests: (page) => readRequests(prisma, page),
    overviews: (requests) => readOverviews(prisma, requests),
    requestCounts: () => countRequests(prisma),
    openQuestion: (thread) => readOpenQuestion(prisma, thread),

    plan: (id) => readPlan(prisma, id),
    plans: (page) => readPlans(prisma, page),
    overduePlans: () => readOverduePlans(prisma),
    revisions: (plan) => readRevisions(prisma, plan),
    revision: (plan, revision) => readRevision(prisma, plan, revision),
    approvals: (plan) => readApprovals(prisma, plan),

    runs: (plan) => readRuns(prisma, plan),
    run: (id) => readRun(prisma, id),
    runsIn: (states) => readRunsIn(prisma, states),
    tasks: (run) => readTasks(prisma, run),
    task: (id) => readTask(prisma, id),
    evidenceOf: (run) => evidenceOf(pool, run),

    renewLease: (attempt, worker, leaseSeconds) => renewLease(pool, attempt, worker, leaseSeconds),
    appendLog: createLogWriter(pool),
    readLog: (run, from, maxBytes) => readLog(pool, run, from, maxBytes),

    hosts: () => readHosts(prisma),
    audit: (question) => audit(pool, question),
    eventsAfter: (id, limit) => eventsAfter(pool, id, limit),
    verify: () => verify(pool, trail === null ? null : openRepository(trail)),

    ...conversationRecord(prisma),
    ...alertRecord(prisma),
    ...recordQuestions(pool),

    drainOutbox: (deliver, limit) => drainOutbox(pool, deliver, limit),
    strandedJobs: (olderThanSeconds) => strandedJobs(pool, olderThanSeconds),

    listen: (on) => listener.add(on),
    health: () => health(connections),
    close: async () => {
      forgetMonths();
      await listener.close();
      await connections.close();
    },
  };
  return ledger;
}

/** The same ledger, whose every method throws `LedgerUnavailable` when the connection is lost. */
function withLossInWords(ledger: PostgresLedger): PostgresLedger {
  const methods = Object.entries(ledger).map(([name, method]: [string, (...args: unknown[]) => unknown]) => [
    name,
    (...args: unknown[]) => speakingOfLoss(async () => await method(...args)),
  ]);
  return Object.fromEntries(methods) as PostgresLedger;
}

async function speakingOfLoss<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw asLedgerError(error);
  }
}
