import type { StoredEvent } from '#core/event.ts';
import type { Intent } from '#core/intent.ts';
import type { Clock } from './clock-port.ts';
import type { Ledger } from './ledger-port.ts';
import type { Planner } from './planner-port.ts';

/** Lines an answer in chat has at most; the console's Audit page shows the rest. */
const mostLines = 10;
/** Events that are counted at most. */
const mostCounted = 200;

/** Answers a question about the past, or about what Chiffon can do, from the record alone. */
export async function answerFromLedger(
  deps: { readonly ledger: Ledger; readonly planner: Planner; readonly clock: Clock },
  intent: Intent,
  words: string,
): Promise<string> {
  const service = typeof intent.inputs['service'] === 'string' ? intent.inputs['service'] : undefined;
  const now = deps.clock.now();
  // A week when no time was named.
  const since = (deps.planner.lookBack(words, now) ?? new Date(now.getTime() - 7 * 86_400_000)).toISOString();
  const filter = { since, ...(service === undefined ? {} : { service }), limit: mostCounted };
  if (intent.command === 'audit.failures') {
    const events = await deps.ledger.audit({
      ...filter,
      outcome: 'failed',
      kinds: ['run.failed', 'host.unreachable'],
    });
    const about = service === undefined ? '' : ` for ${service}`;
    if (events.length === 0) return `No failures${about} since ${dateOf(since)}.`;
    return [
      `${events.length === 1 ? '1 failure' : `${counted(events.length)} failures`}${about} since ${dateOf(since)}:`,
      ...lines(events),
    ].join('\n');
  }
  if (intent.command === 'audit.changes') {
    const kinds = ['plan.approved', 'run.completed', 'run.failed', 'run.cancelled'] as const;
    const events = await deps.ledger.audit({ ...filter, kinds, changesOnly: true });
    const what = service ?? 'this house';
    if (events.length === 0) return `Nothing was changed on ${what} since ${dateOf(since)}.`;
    return [`Changes on ${what} since ${dateOf(since)}, newest first:`, ...lines(events)].join('\n');
  }
  const seen = (await deps.ledger.hosts()).flatMap((host) => (host.facts === null ? [] : [host.facts]));
  return deps.planner.help(seen);
}

/** "200 or more", where more were not looked for. */
function counted(number: number): string {
  return number < mostCounted ? String(number) : `${mostCounted} or more`;
}

function lines(events: readonly StoredEvent[]): string[] {
  const shown = events
    .slice(0, mostLines)
    .map(
      (event) =>
        `• ${event.at.slice(0, 16).replace('T', ' ')} UTC · ${event.plan === undefined ? '' : `P-${event.plan} · `}${event.summary}`,
    );
  return events.length > mostLines
    ? [
        ...shown,
        events.length < mostCounted
          ? `… and ${events.length - mostLines} more on the Audit page.`
          : '… and many more on the Audit page.',
      ]
    : shown;
}

function dateOf(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
