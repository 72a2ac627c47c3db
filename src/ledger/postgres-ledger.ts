import type { Ledger } from '#flow/ledger-port.ts';
import { alertRecord } from './alerts.ts';
import { renewLease } from './attempts.ts';
import { type Connections, openConnections } from './connections.ts';
import { conversationRecord } from './conversations.ts';
import { audit, eventsAfter } from './events.ts';
import { health } from './health.ts';
import { readHosts } from './hosts.ts';
import { asLedgerError } from './ledger-unavailable.ts';
import { LedgerListener } from './listen.ts';
import { appendLog, readLog } from './log.ts';
import { drainOutbox } from './outbox.ts';
import { readOverviews } from './overviews.ts';
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

/**
 * Opens the ledger in a PostgreSQL database of version 15 or newer, and brings its tables up to date first.
 *
 * @param options.url the owner's address of the database; the ledger itself works as a role with fewer rights.
 * @param options.applicationName how the connections are called in pg_stat_activity.
 * @throws MigrationRefused when the database was written by a newer Chiffon.
 * @throws DatabaseUnusable when the server is too old or doesn't let Chiffon in.
 * @throws LedgerUnavailable when the server can't be reached; every method throws it too.
 */
export async function createPostgresLedger(options: {
  readonly url: string;
  readonly applicationName: string;
}): Promise<Ledger> {
  const connections = await speakingOfLoss(() => openConnections(options.url, options.applicationName));
  return withLossInWords(ledgerOn(connections));
}

function ledgerOn(connections: Connections): Ledger {
  const { prisma, pool, url } = connections;
  const listener = new LedgerListener(pool, url);
  return {
    transact: (work) => transact(prisma, work),

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

    renewLease: (attempt, worker, leaseSeconds) => renewLease(pool, attempt, worker, leaseSeconds),
    appendLog: (attempt, chunks, worker) => appendLog(pool, attempt, chunks, worker),
    readLog: (run, from, maxBytes) => readLog(pool, run, from, maxBytes),

    hosts: () => readHosts(prisma),
    audit: (question) => audit(pool, question),
    eventsAfter: (id, limit) => eventsAfter(pool, id, limit),
    verify: () => verify(pool),

    ...conversationRecord(prisma),
    ...alertRecord(prisma),
    ...recordQuestions(pool),

    drainOutbox: (deliver, limit) => drainOutbox(pool, deliver, limit),
    strandedJobs: (olderThanSeconds) => strandedJobs(pool, olderThanSeconds),

    listen: (on) => listener.add(on),
    health: () => health(connections),
    close: async () => {
      await listener.close();
      await connections.close();
    },
  };
}

/** The same ledger, whose every method throws `LedgerUnavailable` when the connection is lost. */
function withLossInWords(ledger: Ledger): Ledger {
  const methods = Object.entries(ledger).map(([name, method]: [string, (...args: unknown[]) => unknown]) => [
    name,
    (...args: unknown[]) => speakingOfLoss(async () => await method(...args)),
  ]);
  return Object.fromEntries(methods) as Ledger;
}

async function speakingOfLoss<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw asLedgerError(error);
  }
}
