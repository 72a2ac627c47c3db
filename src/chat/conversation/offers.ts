import type { Offers } from '#chat/surface-port.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import type { Planner } from '#flow/planner-port.ts';

/** Open plans offered at once; a platform shows at most 25. */
const mostPlans = 25;

/** What people can pick on a platform that has menus: the catalog's commands and the names known in this house. */
export async function offersOf(deps: {
  readonly ledger: Ledger;
  readonly planner: Planner;
}): Promise<Offers> {
  const { ledger, planner } = deps;
  const [hosts, plans] = await Promise.all([
    ledger.hosts(),
    ledger.plans({ limit: mostPlans, states: ['awaiting_approval', 'parked'] }),
  ]);
  const seen = hosts.flatMap((host) => (host.facts === null ? [] : [host.facts]));
  return { ...planner.offers(seen), openPlans: plans.map(({ id, title }) => ({ plan: id, title })) };
}
