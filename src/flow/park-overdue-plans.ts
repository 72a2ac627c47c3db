import type { Ledger } from './ledger-port.ts';

/** Parks proposals nobody answered in time: silence is neither yes nor no. Answers how many. */
export async function parkOverduePlans(deps: { readonly ledger: Ledger }): Promise<number> {
  let parked = 0;
  for (const plan of await deps.ledger.overduePlans()) {
    const note = 'Nobody answered in time. Request changes to rehearse it anew; nothing ran.';
    const moved = await deps.ledger.transact(async (tx) => {
      const mine = await tx.movePlan(
        plan.id,
        { states: ['awaiting_approval'], revision: plan.revision },
        { state: 'parked', note, answerBy: null },
      );
      if (!mine) return false;
      await tx.append({
        stream: `plan:${plan.id}`,
        kind: 'plan.parked',
        actor: 'chiffon',
        plan: plan.id,
        summary: note,
      });
      return true;
    });
    if (moved) parked += 1;
  }
  return parked;
}
