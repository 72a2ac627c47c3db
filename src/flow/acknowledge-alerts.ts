import type { Person, Surface } from '#core/person.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import { authorise } from '#policy/authorise.ts';
import type { House } from './house.ts';
import type { Ledger } from './ledger-port.ts';

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
  const open = (await ledger.alertsOf(said.request)).filter((alert) => alert.acknowledgedBy === null);
  if (open.length === 0) {
    return refuse('nothing_rings', `No alarm rings about R-${said.request}; there is nothing to quiet.`);
  }
  const quieted = await ledger.transact(async (tx) => {
    const count = await tx.acknowledgeAlerts(said.request, said.person.id);
    if (count === 0) return 0;
    await tx.append({
      stream: `request:${said.request}`,
      kind: 'alert.acknowledged',
      actor: said.person.id,
      plan: said.request,
      summary: `${said.person.name} is on it.`,
      data: { alerts: open.map((alert) => alert.id), surface: said.surface },
    });
    return count;
  });
  return quieted === 0
    ? refuse('nothing_rings', 'Somebody else is on it already; nothing rings any more.')
    : done({ quieted });
}
