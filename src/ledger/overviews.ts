import type { TaskState } from '#core/task.ts';
import type { AlertRow } from '#flow/alert-record.ts';
import type { RequestOverview } from '#flow/ledger-port.ts';
import { toAlert } from './alerts.ts';
import type { PrismaClient } from './prisma-client/client.ts';
import { isRowNumber } from './requests.ts';
import { toApproval, toPlan, toRequest, toRun } from './row-forms.ts';

/** How requests stand, in the order of the numbers. One statement a table, however many requests. */
export async function readOverviews(
  prisma: PrismaClient,
  numbers: readonly number[],
): Promise<readonly RequestOverview[]> {
  const known = numbers.filter(isRowNumber);
  if (known.length === 0) return [];
  const rows = await prisma.request.findMany({
    where: { id: { in: known } },
    include: {
      alerts: { where: { acknowledgedAt: null }, orderBy: { id: 'desc' }, take: 1 },
      plan: {
        include: {
          approvals: { orderBy: { id: 'asc' } },
          runs: {
            orderBy: { number: 'desc' },
            take: 1,
            include: {
              tasks: { orderBy: { position: 'asc' }, select: { position: true, state: true } },
            },
          },
        },
      },
    },
  });
  const holders = await readHolders(
    prisma,
    rows.flatMap((row) => row.plan?.runs[0]?.blockedBy ?? []),
  );
  const byNumber = new Map(
    rows.map(({ plan, alerts, ...request }): [number, RequestOverview] => {
      const run = plan?.runs[0];
      const alert = alerts[0];
      return [
        request.id,
        {
          request: toRequest(request),
          plan: plan && toPlan(plan),
          approvals: plan?.approvals.map(toApproval) ?? [],
          run: run === undefined ? null : toRun(run),
          tasks:
            run?.tasks.map((task) => ({ position: task.position, state: task.state as TaskState })) ?? [],
          holder: (run?.blockedBy && holders.get(run.blockedBy)) || null,
          openAlert: alert === undefined ? null : openAlert(toAlert(alert)),
        },
      ];
    }),
  );
  return known.flatMap((number) => byNumber.get(number) ?? []);
}

/** What a list says of an alert: never its token. */
function openAlert({ kind, headline, need, at }: AlertRow): NonNullable<RequestOverview['openAlert']> {
  return { kind, headline, need, at };
}

/** The plans of runs, by the run's name. */
async function readHolders(
  prisma: PrismaClient,
  runs: readonly string[],
): Promise<ReadonlyMap<string, NonNullable<RequestOverview['holder']>>> {
  if (runs.length === 0) return new Map();
  const rows = await prisma.run.findMany({
    where: { id: { in: [...runs] } },
    select: { id: true, plan: { select: { id: true, title: true } } },
  });
  return new Map(rows.map((row) => [row.id, row.plan]));
}
