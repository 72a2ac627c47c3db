import type { NewEvent } from '#core/event.ts';
import { hiddenIn } from './hidden-in.ts';
import type { Ledger, LedgerTransaction } from './ledger-port.ts';
import type { Redaction } from './redaction-port.ts';

/**
 * The same ledger, into which no secret gets: what people typed, what hosts said and what became of it is hidden before
 * it is stored, and so in everything that is drawn from the record. Left exactly as it is: what an approval is bound to (a plan that
 * holds a secret is refused before), the output of commands (it comes redacted, because only its stream sees where
 * a secret was cut), and what an adapter keeps for itself.
 */
export function ledgerWithoutSecrets<L extends Ledger>(ledger: L, redaction: Pick<Redaction, 'text'>): L {
  return {
    ...ledger,
    transact: (work) => ledger.transact((tx) => work(withoutSecrets(tx, redaction))),
    passOn: (change) => {
      const { ended, events } = change;
      const { summary, records } = hiddenIn({ summary: ended.summary, records: ended.records }, redaction);
      const hidden = events.map((event) => hiddenInEvent(event, redaction));
      return ledger.passOn({ ...change, ended: { ...ended, summary, records }, events: hidden });
    },
    saveChannelState: (state) => ledger.saveChannelState(hiddenIn(state, redaction)),
  };
}

function withoutSecrets(tx: LedgerTransaction, redaction: Pick<Redaction, 'text'>): LedgerTransaction {
  const hide = <T>(value: T): T => hiddenIn(value, redaction);
  const hideIn = (event: NewEvent): NewEvent => hiddenInEvent(event, redaction);
  return {
    ...tx,
    insertRequest: (row) => tx.insertRequest({ ...row, text: hide(row.text) }),
    answerRequest: (id, answer) => tx.answerRequest(id, hide(answer)),
    insertPlan: (plan) => tx.insertPlan(hide(plan)),
    insertRevision: (row) =>
      tx.insertRevision({ ...row, rehearsal: hide(row.rehearsal), askedFor: hide(row.askedFor) }),
    movePlan: (id, from, to) => tx.movePlan(id, from, hide(to)),
    insertApproval: (row) => tx.insertApproval({ ...row, comment: hide(row.comment) }),
    moveRun: (id, from, to) => tx.moveRun(id, from, hide(to)),
    moveTask: (id, from, to) => tx.moveTask(id, from, hide(to)),
    closeAttempt: (id, worker, end) => tx.closeAttempt(id, worker, hide(end)),
    raiseAlert: (alert) => tx.raiseAlert(hide(alert)),
    saveHostFacts: (facts) => tx.saveHostFacts(hide(facts)),
    saveHostUnreachable: (host, reason) => tx.saveHostUnreachable(host, hide(reason)),
    append: (event) => tx.append(hideIn(event)),
    appendAll: (events) => tx.appendAll(events.map(hideIn)),
  };
}

function hiddenInEvent(event: NewEvent, redaction: Pick<Redaction, 'text'>): NewEvent {
  const { summary, data } = event;
  return {
    ...event,
    summary: hiddenIn(summary, redaction),
    ...(data === undefined ? {} : { data: hiddenIn(data, redaction) }),
  };
}
