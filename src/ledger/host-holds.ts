import { finalRunStates } from '#core/task.ts';
import type { LedgerTransaction } from '#flow/ledger-port.ts';
import type { Prisma } from './prisma-client/client.ts';

/**
 * Takes every host for a run, or none. First come, first served by the runs' creation: a run waits as long as an
 * earlier run that changes things isn't over and wants one of the hosts, also while that one is in review or
 * escalated, because then nobody knows yet what state the host is in.
 */
export async function holdHosts(
  tx: Prisma.TransactionClient,
  run: string,
  hosts: readonly string[],
): ReturnType<LedgerTransaction['holdHosts']> {
  await oneAtATime(tx);
  const holds = await tx.hostHold.findMany({ where: { host: { in: [...hosts] } }, orderBy: { at: 'asc' } });
  const holder = holds.find((hold) => hold.runId !== run);
  if (holder) return { held: false, by: holder.runId };
  // Whoever has them keeps them, even if an earlier run was reset meanwhile and now waits for this one.
  if (holds.length === new Set(hosts).size) return { held: true };

  const [earlier] = await tx.$queryRaw<{ id: string }[]>`
    SELECT e.id FROM runs self JOIN runs e ON e.ordinal < self.ordinal
    WHERE self.id = ${run} AND e.mutates AND NOT e.state = ANY(${[...finalRunStates]}::text[])
      AND e.hosts && ${[...hosts]}::text[]
    ORDER BY e.ordinal LIMIT 1`;
  if (earlier) return { held: false, by: earlier.id };

  await tx.hostHold.createMany({
    data: [...new Set(hosts)].map((host) => ({ host, runId: run })),
    skipDuplicates: true,
  });
  return { held: true };
}

/** Lets go of a run's hosts and answers the blocked runs that no earlier run and no hold stands before any more. */
export async function releaseHosts(tx: Prisma.TransactionClient, run: string): Promise<readonly string[]> {
  await oneAtATime(tx);
  await tx.hostHold.deleteMany({ where: { runId: run } });
  const holds = await tx.hostHold.findMany({ select: { host: true } });
  const waiting = await tx.run.findMany({
    where: { id: { not: run }, mutates: true, state: { notIn: [...finalRunStates] } },
    orderBy: { ordinal: 'asc' },
    select: { id: true, state: true, hosts: true },
  });
  const taken = new Set(holds.map((hold) => hold.host));
  const free: string[] = [];
  for (const candidate of waiting) {
    if (candidate.state === 'blocked' && !candidate.hosts.some((host) => taken.has(host)))
      free.push(candidate.id);
    for (const host of candidate.hosts) taken.add(host);
  }
  return free;
}

/**
 * Notes of every blocked run whom it waits for now: whoever holds one of its hosts, else the first in line before it.
 * Without this a run that waits for its second turn would still name the run that was over first.
 */
export async function nameHolders(
  tx: Prisma.TransactionClient,
): ReturnType<LedgerTransaction['nameHolders']> {
  await oneAtATime(tx);
  const over = [...finalRunStates];
  return await tx.$queryRaw<{ id: string; plan: number; hosts: string[]; by: string }[]>`
    UPDATE runs r SET blocked_by = now.by FROM (
      SELECT w.id, coalesce(
        (SELECT h.run FROM host_holds h WHERE h.host = ANY(w.hosts) AND h.run <> w.id ORDER BY h.at, h.run LIMIT 1),
        (SELECT e.id FROM runs e WHERE e.ordinal < w.ordinal AND e.mutates AND NOT e.state = ANY(${over})
          AND e.hosts && w.hosts ORDER BY e.ordinal LIMIT 1)) AS by
      FROM runs w WHERE w.state = 'blocked'
    ) now
    WHERE r.id = now.id AND r.state = 'blocked' AND r.blocked_by <> now.by
    RETURNING r.id, r.plan, r.hosts, r.blocked_by AS by`;
}

/** Who may have which host is decided by one transaction after the other. */
async function oneAtATime(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended('chiffon host holds', 0))::text`;
}
