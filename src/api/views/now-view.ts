import type { Reader } from '#chat/cards/request-story.ts';
import type { Now } from '../contract/house.ts';
import type { RequestSummary } from '../contract/requests.ts';
import type { ApiServices } from '../services.ts';
import { requestSummary, storiesOf } from './request-view.ts';

/** Results the first screen shows. */
const recentResults = 10;

/** The first screen in one answer. */
export async function nowView(services: ApiServices, reader: Reader): Promise<Now> {
  const { ledger, clock, machines } = services;
  const now = clock.now();
  const dayAgo = new Date(now.getTime() - 86_400_000).toISOString();
  const [needsYou, counts, running, recent, ended, hosts] = await Promise.all([
    ledger.requests({ limit: 20, filter: 'needs_you' }),
    ledger.requestCounts(),
    ledger.requests({ limit: 20, filter: 'running' }),
    ledger.requests({ limit: recentResults + 10 }),
    ledger.audit({ since: dayAgo, kinds: ['run.completed', 'run.failed'], limit: 1000 }),
    ledger.hosts(),
  ]);
  const summaries = async (rows: typeof recent) =>
    (
      await storiesOf(
        ledger,
        rows.map((row) => row.id),
      )
    ).map((story) => requestSummary(story, reader));
  const live = new Set([...needsYou, ...running].map((row) => row.id));
  const [lastEvent] = await ledger.audit({ kinds: ['run.completed'], changesOnly: true, limit: 1 });
  const lastPlan = lastEvent?.plan === undefined ? null : await ledger.plan(lastEvent.plan);
  return {
    needsYou: (await summaries(needsYou)).toSorted((a, b) =>
      deadline(a) === deadline(b) ? Date.parse(a.at) - Date.parse(b.at) : deadline(a) - deadline(b),
    ),
    needsYouCount: Math.max(counts.needsYou, needsYou.length),
    running: await summaries(running),
    recent: await summaries(recent.filter((row) => !live.has(row.id)).slice(0, recentResults)),
    today: { runs: ended.length, failures: ended.filter((event) => event.outcome === 'failed').length },
    lastChange:
      lastEvent === undefined || lastPlan === null
        ? null
        : { title: lastPlan.title, at: lastEvent.at, requestId: `R-${lastPlan.id}` },
    machines: machines.map(({ name }) => {
      const row = hosts.find((host) => host.host === name);
      return {
        host: name,
        reachable: row !== undefined && row.unreachable === null,
        seenAt: row?.seenAt ?? null,
      };
    }),
    asOf: now.toISOString(),
  };
}

/**
 * The oldest deadline stands first; what waits without one comes after all that has one. What calls for somebody has
 * been due since it called.
 */
function deadline({ alert, answerBy }: Pick<RequestSummary, 'alert' | 'answerBy'>): number {
  const due = alert?.at ?? answerBy;
  return due === null ? Number.POSITIVE_INFINITY : Date.parse(due);
}
