import type { Person, Surface } from '#core/person.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import { authorise } from '#policy/authorise.ts';
import type { House } from './house.ts';
import type { Ledger, LedgerTransaction } from './ledger-port.ts';

/**
 * Somebody says "I'm on it": the alarms about a request stop ringing. Nothing else changes; the request stays as it is
 * until that person does something about it.
 */
export async function acknowledgeAlerts(
  deps: { readonly ledger: Ledger; readonly house: House },
  said: { readonly request: number; readonly person: Person; readonly surface: Surface },
): Promise<Result<{ readonly quieted: number }>> {
  const { ledger, house } = deps;
  const allowed = authorise(said.person, { kind: 'acknowledge' }, house.people);
  if (!allowed.ok) return allowed;
  const alerts = await ledger.alertsOf(said.request);
  if (alerts.every((alert) => alert.acknowledgedBy !== null)) {
    return refuse('nothing_rings', `No alarm rings about R-${said.request}; there is nothing to quiet.`);
  }
  const quieted = await ledger.transact((tx) => quietAlerts(tx, said));
  return quieted === 0
    ? refuse('nothing_rings', 'Somebody else is on it already; nothing rings any more.')
    : done({ quieted });
}

/** Stops the open alarms about a request because this person is on it; answers how many there were. */
export async function quietAlerts(
  tx: Pick<LedgerTransaction, 'acknowledgeAlerts' | 'append'>,
  said: { readonly request: number; readonly person: Person; readonly surface: Surface },
): Promise<number> {
  const { request, person, surface } = said;
  const quieted = await tx.acknowledgeAlerts(request, person.id);
  if (quieted === 0) return 0;
  await tx.append({
    stream: `request:${request}`,
    kind: 'alert.acknowledged',
    actor: person.id,
    plan: request,
    summary: `${person.name} is on it.`,
    data: { quieted, surface },
  });
  return quieted;
}
