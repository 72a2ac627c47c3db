import type { NewEvent } from '#core/event.ts';
import type { NewAlert } from './alert-record.ts';
import type { LedgerTransaction } from './ledger-port.ts';

/**
 * Calls for a person about a run, in the transaction that ends or halts it: the call is stored exactly when its cause
 * is. The same call isn't made twice while nobody answered the first.
 */
export async function raiseAlert(
  tx: Pick<LedgerTransaction, 'raiseAlert' | 'append'>,
  alert: NewAlert,
  about: Omit<NewEvent, 'kind' | 'summary'>,
): Promise<void> {
  const raised = await tx.raiseAlert(alert);
  if (raised === null) return;
  await tx.append({
    ...about,
    kind: 'alert.raised',
    summary: `${alert.headline} ${alert.need}`,
    data: { alert: raised, kind: alert.kind },
  });
}
