import type {
  AlertDelivery,
  AlertKind,
  AlertRecord,
  AlertRow,
  NewAlert,
  Ringing,
} from '#flow/alert-record.ts';
import type * as Stored from './prisma-client/client.ts';
import type { Prisma, PrismaClient } from './prisma-client/client.ts';
import { visible } from './storable-text.ts';

/** The alerts of the ledger, on its connections. */
export function alertRecord(prisma: PrismaClient): AlertRecord {
  return {
    alert: async (id) => {
      const row = await prisma.alert.findUnique({ where: { id } });
      return row && toAlert(row);
    },
    openAlerts: async () => {
      const rows = await prisma.alert.findMany({ where: { acknowledgedAt: null }, orderBy: { id: 'asc' } });
      return rows.map(toAlert);
    },
    alertsOf: async (requestId) => {
      const rows = await prisma.alert.findMany({ where: { requestId }, orderBy: { id: 'asc' } });
      return rows.map(toAlert);
    },
    ringDue: (now, channels, nextRing) => ringDue(prisma, now, channels, nextRing),
    takeDeliveries: (now, limit, leaseSeconds) => takeDeliveries(prisma, now, limit, leaseSeconds),
    closeDelivery: (delivery, end) => closeDelivery(prisma, delivery, end),
  };
}

/** Calls for a person; answers null when the same call is open already. */
export async function raiseAlert(tx: Prisma.TransactionClient, alert: NewAlert): Promise<number | null> {
  const [raised] = await tx.$queryRaw<{ id: number }[]>`
    INSERT INTO alerts (request, run, kind, headline, need)
    VALUES (${alert.request}, ${alert.run}, ${alert.kind}, ${visible(alert.headline)}, ${visible(alert.need)})
    ON CONFLICT (run, kind) WHERE acknowledged_at IS NULL DO NOTHING RETURNING id`;
  return raised?.id ?? null;
}

/** Somebody is on it: the open alerts of a request won't ring any more. Answers how many there were. */
export async function acknowledgeAlerts(
  tx: Prisma.TransactionClient,
  requestId: number,
  person: string,
): Promise<number> {
  const { count } = await tx.alert.updateMany({
    where: { requestId, acknowledgedAt: null },
    data: { acknowledgedAt: new Date(), acknowledgedBy: person, nextRingAt: null },
  });
  return count;
}

async function ringDue(
  prisma: PrismaClient,
  now: Date,
  channels: readonly string[],
  decide: (alert: AlertRow) => Ringing,
): Promise<readonly AlertRow[]> {
  return await prisma.$transaction(async (tx) => {
    const due = await tx.$queryRaw<{ id: number }[]>`
      SELECT id FROM alerts WHERE acknowledged_at IS NULL AND next_ring_at <= ${now}
      ORDER BY id FOR UPDATE SKIP LOCKED`;
    const rung: AlertRow[] = [];
    for (const { id } of due) {
      const { rings, next } = decide(toAlert(await tx.alert.findUniqueOrThrow({ where: { id } })));
      const row = await tx.alert.update({
        where: { id },
        data: { nextRingAt: next, ...(rings && { rings: { increment: 1 } }) },
      });
      if (!rings) continue;
      for (const channel of channels) {
        // A ring that is still owed is covered by this one; when it is tried next stays as it was.
        await tx.alertDelivery.upsert({
          where: { alertId_channel: { alertId: id, channel } },
          create: { alertId: id, channel, ring: row.rings, dueAt: now },
          update: { ring: row.rings },
        });
      }
      rung.push(toAlert(row));
    }
    return rung;
  });
}

async function takeDeliveries(
  prisma: PrismaClient,
  now: Date,
  limit: number,
  leaseSeconds: number,
): Promise<readonly AlertDelivery[]> {
  const until = new Date(now.getTime() + leaseSeconds * 1000);
  const taken = await prisma.$queryRaw<{ alert: number; channel: string; ring: number; tries: number }[]>`
    UPDATE alert_deliveries d SET due_at = ${until}
    FROM (
      SELECT alert, channel FROM alert_deliveries JOIN alerts a ON a.id = alert
      WHERE ring > delivered AND due_at <= ${now} AND a.acknowledged_at IS NULL
      ORDER BY due_at, alert LIMIT ${limit} FOR UPDATE OF alert_deliveries SKIP LOCKED
    ) owed
    WHERE d.alert = owed.alert AND d.channel = owed.channel
    RETURNING d.alert, d.channel, d.ring, d.tries`;
  const alerts = await prisma.alert.findMany({ where: { id: { in: taken.map((row) => row.alert) } } });
  const byId = new Map(alerts.map((row) => [row.id, toAlert(row)]));
  return taken.flatMap(({ alert, ...rest }) => {
    const row = byId.get(alert);
    return row === undefined ? [] : [{ ...rest, alert: row }];
  });
}

async function closeDelivery(
  prisma: PrismaClient,
  delivery: AlertDelivery,
  end: Parameters<AlertRecord['closeDelivery']>[1],
): Promise<void> {
  const where = { alertId_channel: { alertId: delivery.alert.id, channel: delivery.channel } };
  await prisma.alertDelivery.update({
    where,
    data: end.ok ? { delivered: delivery.ring, tries: 0 } : { tries: { increment: 1 }, dueAt: end.retryAt },
  });
}

export function toAlert(row: Stored.Alert): AlertRow {
  return {
    id: row.id,
    request: row.requestId,
    run: row.runId,
    kind: row.kind as AlertKind,
    headline: row.headline,
    need: row.need,
    token: row.token,
    rings: row.rings,
    nextRingAt: row.nextRingAt?.toISOString() ?? null,
    acknowledgedBy: row.acknowledgedBy,
    acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
    at: row.at.toISOString(),
  };
}
