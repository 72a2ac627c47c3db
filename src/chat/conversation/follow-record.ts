import type { StoredEvent } from '#core/event.ts';
import type { Surface } from '#core/person.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import type { FlowLog } from '#flow/log-port.ts';

/** Events read at once. */
const portion = 200;
const bookmarkKey = 'last event';
/** How often it is looked whether a notice of an event was lost, in milliseconds. */
const everyMs = 15_000;

/**
 * Follows the record for one surface from where it was left, also after a restart or an outage: `touched` hears the
 * number of every request something happened to. `speakUp` says first whether a request of another surface is to be
 * told here too, and where. Answers how to stop.
 */
export async function followRecord(
  deps: {
    readonly ledger: Ledger;
    readonly log: FlowLog;
    readonly surface: Surface;
    readonly home: string | null;
  },
  touched: (request: number) => void,
): Promise<() => Promise<void>> {
  const { ledger, log, surface } = deps;
  let reading: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  const read = async (): Promise<void> => {
    do {
      again = false;
      let at = await startOf(ledger, surface);
      while (!stopped) {
        const events = await ledger.eventsAfter(at, portion);
        const last = events.at(-1);
        if (last === undefined) break;
        for (const [request, ofRequest] of byRequest(events)) {
          await invite(deps, request, ofRequest);
          touched(request);
        }
        at = last.id;
        // What these events lead to is found again from the rows, so nothing is lost when it ends here.
        await ledger.remember(surface, bookmarkKey, String(at));
      }
    } while (again && !stopped);
  };
  const complain = (error: unknown): void =>
    log.warn({ surface, error }, 'the record could not be followed; trying again shortly');
  const wake = (): void => {
    again = true;
    reading ??= read()
      .catch(complain)
      .finally(() => {
        reading = null;
      });
  };

  // A surface that is new begins with what happens from here on, and not with what happens until it is first read.
  await startOf(ledger, surface).catch(complain);
  const unlisten = await ledger.listen({
    event: wake,
    log: (run) => touched(Number(run.split('-')[0])),
  });
  const timer = setInterval(wake, everyMs);
  wake();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await unlisten();
    await reading;
  };
}

/** The last event that was followed. A surface that is new doesn't tell of what happened before it. */
async function startOf(ledger: Ledger, surface: Surface): Promise<number> {
  const known = await ledger.recall(surface, bookmarkKey);
  if (known !== null) return Number(known);
  const newest = (await ledger.audit({ limit: 1 }))[0]?.id ?? 0;
  await ledger.remember(surface, bookmarkKey, String(newest));
  return newest;
}

function byRequest(events: readonly StoredEvent[]): Map<number, StoredEvent[]> {
  const found = new Map<number, StoredEvent[]>();
  for (const event of events) {
    if (event.plan === undefined) continue;
    const those = found.get(event.plan);
    if (those === undefined) found.set(event.plan, [event]);
    else those.push(event);
  }
  return found;
}

/**
 * Opens a conversation in the home channel for a request of another surface, once it needs somebody: a plan waits for
 * a decision, or something gave up.
 */
async function invite(
  {
    ledger,
    surface,
    home,
  }: { readonly ledger: Ledger; readonly surface: Surface; readonly home: string | null },
  request: number,
  events: readonly StoredEvent[],
): Promise<void> {
  if (home === null) return;
  if (!events.some((event) => event.kind === 'plan.proposed' || event.kind === 'alert.raised')) return;
  if ((await ledger.conversation(surface, request)) !== null) return;
  const plan = await ledger.plan(request);
  if (plan === null || plan.risk === 'read') return;
  await ledger.saveConversation({ surface, request, channel: home, thread: null, asked: null, lost: null });
}
