import { canonicalJson } from '#core/canonical.ts';
import type { ApprovalRow, Ledger, LedgerTransaction, PlanRow, RevisionRow } from '#flow/ledger-port.ts';
import type { Prisma, PrismaClient } from './prisma-client/client.ts';
import { isRowNumber } from './requests.ts';
import { toApproval, toPlan, toRevision } from './row-forms.ts';
import { storable, storableJson, visible, visibleJson } from './storable-text.ts';

export async function insertPlan(
  tx: Prisma.TransactionClient,
  plan: Pick<PlanRow, 'id' | 'title'>,
): Promise<void> {
  await tx.plan.create({ data: { id: plan.id, title: storable(plan.title, 'title of the plan') } });
}

/** Stores a revision with the canonical text that its hash is taken over. */
export async function insertRevision(
  tx: Prisma.TransactionClient,
  row: Omit<RevisionRow, 'at'>,
): Promise<void> {
  await tx.revision.create({
    data: {
      planId: row.plan,
      revision: row.revision,
      content: canonicalJson(storableJson(row.content, 'plan')),
      hash: row.hash,
      rehearsal: canonicalJson(visibleJson(row.rehearsal)),
      askedFor: row.askedFor === null ? null : storable(row.askedFor, 'wish'),
    },
  });
}

export async function movePlan(
  tx: Prisma.TransactionClient,
  id: number,
  from: Parameters<LedgerTransaction['movePlan']>[1],
  to: Parameters<LedgerTransaction['movePlan']>[2],
): Promise<boolean> {
  const { count } = await tx.plan.updateMany({
    where: {
      id,
      state: { in: [...from.states] },
      ...(from.revision !== undefined && { revision: from.revision }),
      ...(from.hash !== undefined && { hash: from.hash }),
    },
    data: {
      ...to,
      ...(typeof to.note === 'string' && { note: visible(to.note) }),
      ...(to.title !== undefined && { title: storable(to.title, 'title of the plan') }),
    },
  });
  return count === 1;
}

export async function insertApproval(
  tx: Prisma.TransactionClient,
  row: Parameters<LedgerTransaction['insertApproval']>[0],
): Promise<void> {
  const { plan, comment, policy = null, ...rest } = row;
  await tx.approval.create({
    data: {
      ...rest,
      planId: plan,
      comment: comment === null ? null : storable(comment, 'comment'),
      policy: policy === null ? null : canonicalJson(storableJson(policy, 'policy')),
    },
  });
}

export async function readPlan(prisma: PrismaClient, id: number): Promise<PlanRow | null> {
  if (!isRowNumber(id)) return null;
  const row = await prisma.plan.findUnique({ where: { id } });
  return row && toPlan(row);
}

export async function readPlans(
  prisma: PrismaClient,
  page: Parameters<Ledger['plans']>[0],
): Promise<readonly PlanRow[]> {
  const rows = await prisma.plan.findMany({
    where: {
      ...(page.before !== undefined && { id: { lt: page.before } }),
      ...(page.states && { state: { in: [...page.states] } }),
    },
    orderBy: { id: 'desc' },
    take: page.limit,
  });
  return rows.map(toPlan);
}

/** Proposals whose time to answer is over, by the database's clock; the longest overdue first. */
export async function readOverduePlans(prisma: PrismaClient): Promise<readonly PlanRow[]> {
  const overdue = await prisma.$queryRaw<{ id: number }[]>`
    SELECT id FROM plans WHERE state = 'awaiting_approval' AND answer_by < now()`;
  const rows = await prisma.plan.findMany({
    where: { id: { in: overdue.map((plan) => plan.id) }, state: 'awaiting_approval' },
    orderBy: { answerBy: 'asc' },
  });
  return rows.map(toPlan);
}

/** Oldest first. */
export async function readRevisions(prisma: PrismaClient, plan: number): Promise<readonly RevisionRow[]> {
  if (!isRowNumber(plan)) return [];
  const rows = await prisma.revision.findMany({ where: { planId: plan }, orderBy: { revision: 'asc' } });
  return rows.map(toRevision);
}

export async function readRevision(
  prisma: PrismaClient,
  plan: number,
  revision: number,
): Promise<RevisionRow | null> {
  if (!isRowNumber(plan) || !isRowNumber(revision)) return null;
  const row = await prisma.revision.findUnique({ where: { planId_revision: { planId: plan, revision } } });
  return row && toRevision(row);
}

/** Oldest first. */
export async function readApprovals(prisma: PrismaClient, plan: number): Promise<readonly ApprovalRow[]> {
  if (!isRowNumber(plan)) return [];
  const rows = await prisma.approval.findMany({ where: { planId: plan }, orderBy: { id: 'asc' } });
  return rows.map(toApproval);
}
