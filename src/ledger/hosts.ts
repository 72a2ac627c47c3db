import type { HostFacts } from '#core/host.ts';
import type { HostRow } from '#flow/ledger-port.ts';
import type { Prisma, PrismaClient } from './prisma-client/client.ts';
import { toHost } from './row-forms.ts';
import { visible, visibleJson } from './storable-text.ts';

export async function saveHostFacts(tx: Prisma.TransactionClient, facts: HostFacts): Promise<void> {
  const seenAt = new Date(facts.at);
  const seen = {
    facts: visibleJson(facts) as Prisma.InputJsonValue,
    unreachable: null,
    seenAt,
    triedAt: seenAt,
  };
  await tx.host.upsert({ where: { host: facts.host }, create: { host: facts.host, ...seen }, update: seen });
}

/** Notes that a look failed; what was seen before stays. */
export async function saveHostUnreachable(
  tx: Prisma.TransactionClient,
  host: string,
  reason: string,
): Promise<void> {
  const tried = { unreachable: visible(reason), triedAt: new Date() };
  await tx.host.upsert({ where: { host }, create: { host, ...tried }, update: tried });
}

/** By name. */
export async function readHosts(prisma: PrismaClient): Promise<readonly HostRow[]> {
  const [hosts, holds] = await Promise.all([
    prisma.host.findMany({ orderBy: { host: 'asc' } }),
    prisma.hostHold.findMany({
      include: { run: { select: { plan: { select: { id: true, title: true } } } } },
    }),
  ]);
  const holdOf = new Map(holds.map((hold) => [hold.host, hold]));
  return hosts.map((row) => {
    const hold = holdOf.get(row.host);
    return toHost(row, hold?.runId ?? null, hold?.run.plan ?? null);
  });
}
