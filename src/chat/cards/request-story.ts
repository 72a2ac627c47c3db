import type { Person } from '#core/person.ts';
import type { AlertRow } from '#flow/alert-record.ts';
import type { House } from '#flow/house.ts';
import type {
  ApprovalRow,
  Ledger,
  PlanRow,
  RequestRow,
  RevisionRow,
  RunRow,
  TaskRow,
} from '#flow/ledger-port.ts';
import { usualDurations } from './usual-durations.ts';
import { waitsForWords } from './waits-for.ts';

/** Everything a card is drawn from. */
export interface RequestStory {
  readonly request: RequestRow;
  readonly plan: PlanRow | null;
  /** Oldest first; the last is current. */
  readonly revisions: readonly RevisionRow[];
  readonly approvals: readonly ApprovalRow[];
  /** The newest run, or the one that was asked for. */
  readonly run: RunRow | null;
  readonly tasks: readonly TaskRow[];
  /** The words for the run that holds the host, when this one waits. */
  readonly waitsFor: string | null;
  /** The calls for a person that this request made, oldest first. */
  readonly alerts: readonly AlertRow[];
  /** How long each step usually takes, in milliseconds by step id; only while a run is under way. */
  readonly usual?: ReadonlyMap<string, number>;
}

/** Reads what a card needs; null when there is no such request. */
export async function readStory(
  ledger: Ledger,
  number: number,
  runId?: string,
): Promise<RequestStory | null> {
  const request = await ledger.request(number);
  if (request === null) return null;
  const plan = await ledger.plan(number);
  if (plan === null)
    return { request, plan, revisions: [], approvals: [], run: null, tasks: [], waitsFor: null, alerts: [] };
  const [written, approvals, runs, alerts] = await Promise.all([
    ledger.revisions(number),
    ledger.approvals(number),
    ledger.runs(number),
    ledger.alertsOf(number),
  ]);
  // A revision that was written after the plan was read does not count yet: its card would be drawn before it is proposed.
  const revisions = written.filter((revision) => revision.revision <= plan.revision);
  const run = (runId === undefined ? runs.at(-1) : runs.find((candidate) => candidate.id === runId)) ?? null;
  const tasks = run === null ? [] : await ledger.tasks(run.id);
  const waitsFor = await holderWords(ledger, run);
  const story = { request, plan, revisions, approvals, run, tasks, waitsFor, alerts };
  const revision = revisions.at(-1);
  if (run === null || run.state !== 'running' || revision === undefined) return story;
  return { ...story, usual: await usualDurations(ledger, run, revision) };
}

/** "P-141 (Deploy Jellyfin on n100)": who holds the host a blocked run waits for. */
async function holderWords(ledger: Ledger, run: RunRow | null): Promise<string | null> {
  if (run === null || run.blockedBy === null) return null;
  const holder = await ledger.run(run.blockedBy);
  const plan = holder === null ? null : await ledger.plan(holder.plan);
  return waitsForWords(run, plan);
}

/** Whoever looks at a card, and what the house knows about people. */
export interface Reader {
  readonly person: Person;
  readonly house: House;
}
