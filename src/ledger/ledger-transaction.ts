import type { LedgerTransaction } from '#flow/ledger-port.ts';
import { acknowledgeAlerts, raiseAlert } from './alerts.ts';
import { closeAttempt, openAttempt, takeOverAttempt } from './attempts.ts';
import { noteHeard, saveConversation } from './conversations.ts';
import { appendEvents } from './events.ts';
import { holdHosts, nameHolders, releaseHosts } from './host-holds.ts';
import { saveHostFacts, saveHostUnreachable } from './hosts.ts';
import { appendLog, inTransaction } from './log.ts';
import { enqueue } from './outbox.ts';
import { insertApproval, insertPlan, insertRevision, movePlan } from './plans.ts';
import type { Prisma } from './prisma-client/client.ts';
import { answerRequest, closeQuestion, insertRequest } from './requests.ts';
import { insertRun, lockRun, moveRun, moveTask } from './runs.ts';

/** The flow's words for changes, on one transaction of Prisma's. */
export function ledgerTransaction(tx: Prisma.TransactionClient): LedgerTransaction {
  return {
    insertRequest: (row) => insertRequest(tx, row),
    answerRequest: (id, answer) => answerRequest(tx, id, answer),
    closeQuestion: (id) => closeQuestion(tx, id),
    insertPlan: (plan) => insertPlan(tx, plan),
    insertRevision: (row) => insertRevision(tx, row),
    movePlan: (id, from, to) => movePlan(tx, id, from, to),
    insertApproval: (row) => insertApproval(tx, row),
    insertRun: (run, steps) => insertRun(tx, run, steps),
    moveRun: (id, from, to) => moveRun(tx, id, from, to),
    lockRun: (id) => lockRun(tx, id),
    moveTask: (id, from, to) => moveTask(tx, id, from, to),
    holdHosts: (run, hosts) => holdHosts(tx, run, hosts),
    releaseHosts: (run) => releaseHosts(tx, run),
    nameHolders: () => nameHolders(tx),
    openAttempt: (row) => openAttempt(tx, row),
    takeOverAttempt: (id, worker, leaseSeconds) => takeOverAttempt(tx, id, worker, leaseSeconds),
    closeAttempt: (id, worker, end) => closeAttempt(tx, id, worker, end),
    appendLog: (attempt, chunks, worker) => appendLog(inTransaction(tx), attempt, chunks, worker),
    saveConversation: (row) => saveConversation(tx, row),
    noteHeard: (surface, id) => noteHeard(tx, surface, id),
    raiseAlert: (alert) => raiseAlert(tx, alert),
    acknowledgeAlerts: (request, person) => acknowledgeAlerts(tx, request, person),
    saveHostFacts: (facts) => saveHostFacts(tx, facts),
    saveHostUnreachable: (host, reason) => saveHostUnreachable(tx, host, reason),
    append: async (event) => first(await appendEvents(tx, [event])),
    appendAll: (events) => appendEvents(tx, events),
    enqueue: (job) => enqueue(tx, job),
  };
}

function first<T>(list: readonly T[]): T {
  const [only] = list;
  if (only === undefined) throw new Error('the ledger stored nothing');
  return only;
}
