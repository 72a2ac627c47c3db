import type { StoredEvent } from '#core/event.ts';
import type { AnswerLine, AnswerLink } from '#core/record-answer.ts';
import type { RunState } from '#core/task.ts';
import type { Ledger, RequestOverview, RunRow } from '../ledger-port.ts';
import type { FailedTask, PlanCommit } from '../record-questions.ts';
import { nameOf, type RecordDeps } from './asking.ts';
import { failingLine } from './failing-line.ts';

/** What is known around the plans and runs that an answer names. Read at once, for the lines that are shown. */
export interface Background {
  readonly overviews: ReadonlyMap<number, RequestOverview>;
  readonly failed: ReadonlyMap<string, FailedTask>;
  readonly commits: readonly PlanCommit[];
}

export async function backgroundOf(
  ledger: Ledger,
  named: readonly { readonly plan?: number; readonly run?: string }[],
): Promise<Background> {
  const plans = [...new Set(named.flatMap(({ plan }) => (plan === undefined ? [] : [plan])))];
  const runs = [...new Set(named.flatMap(({ run }) => (run === undefined ? [] : [run])))];
  const [overviews, failed, commits] = await Promise.all([
    ledger.overviews(plans),
    ledger.failedTasks(runs),
    ledger.commitsOfPlans(plans),
  ]);
  return {
    overviews: new Map(overviews.map((overview) => [overview.request.id, overview])),
    failed: new Map(failed.map((task) => [task.run, task])),
    commits,
  };
}

/** The page of a request, as the console has it. */
export function requestPath(plan: number): string {
  return `/r/${plan}`;
}

/** The page of a run: "142-2" → "/r/142/run/2". */
export function runPath(run: string): string {
  const [plan, number] = run.split('-');
  return `/r/${plan}/run/${number}`;
}

/** Plan, run and commits of one thing that happened. */
export function linksOf(
  { plan, run }: { readonly plan?: number | undefined; readonly run?: string | undefined },
  { overviews, commits }: Background,
): AnswerLink[] {
  if (plan === undefined) return [];
  const planned = overviews.get(plan)?.plan != null;
  const about = commits.filter(
    (commit) => commit.plan === plan && (run === undefined ? commit.run === null : commit.run === run),
  );
  return [
    {
      kind: planned ? 'plan' : 'request',
      name: planned ? `P-${plan}` : `R-${plan}`,
      path: requestPath(plan),
    },
    ...(run === undefined ? [] : [{ kind: 'run' as const, name: `run ${run}`, path: runPath(run) }]),
    // The newest one holds everything before it.
    ...about
      .slice(-1)
      .map(({ commit }): AnswerLink => ({ kind: 'commit', name: commit.slice(0, 12), path: null, commit })),
  ];
}

/** The log of a failed step at the line it failed with; an empty list where nothing was printed. */
export async function logLink(ledger: Ledger, failed: FailedTask | undefined): Promise<AnswerLink[]> {
  if (failed === undefined) return [];
  const line = await failingLine(ledger, failed);
  if (line === null) return [];
  const attempt = failed.attempt === 1 ? '' : `.${failed.attempt}`;
  const anchor = line.number === null ? '' : `#t${failed.position}${attempt}:L${line.number}`;
  return [{ kind: 'log', name: 'log', path: `${runPath(failed.run)}${anchor}` }];
}

const runOutcomes: Readonly<Partial<Record<RunState, AnswerLine['outcome']>>> = {
  completed: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  review: 'unknown',
};

/** A run as one line: when it ended, what it was, whose yes it had, how it went. */
export async function runLine(
  { ledger, house }: Pick<RecordDeps, 'ledger' | 'house'>,
  run: RunRow,
  background: Background,
  at: string | null = run.endedAt ?? run.startedAt ?? run.at,
): Promise<AnswerLine> {
  const overview = background.overviews.get(run.plan);
  const failed = background.failed.get(run.id);
  const outcome = runOutcomes[run.state] ?? null;
  return {
    at,
    who: overview === undefined ? null : whoseYes(overview, run, house),
    what: overview?.plan?.title ?? overview?.request.text ?? `Run ${run.id}`,
    outcome,
    note: outcome === null ? stateNote(run) : outcome === 'succeeded' ? null : endNote(run, failed),
    links: [
      ...linksOf({ plan: run.plan, run: run.id }, background),
      ...(outcome === 'failed' ? await logLink(ledger, failed) : []),
    ],
  };
}

/** Who approved what the run did; for what a rule let through, who asked. */
function whoseYes({ approvals, request }: RequestOverview, run: RunRow, house: RecordDeps['house']): string {
  const yes = approvals.findLast(
    (row) => row.decision === 'approve' && row.revision === run.revision && row.rule === null,
  );
  return nameOf(yes?.person ?? request.person, house);
}

function endNote(run: RunRow, failed: FailedTask | undefined): string | null {
  if (failed !== undefined) {
    const why = withoutStop(failed.summary ?? '');
    return `step ${failed.position} of ${failed.steps}${why === '' ? '' : `: ${why}`}`;
  }
  return run.summary === null ? null : withoutStop(run.summary);
}

function stateNote({ state, blockedBy }: RunRow): string {
  if (state === 'blocked') return blockedBy === null ? 'waits' : `waits for run ${blockedBy}`;
  const words: Readonly<Partial<Record<RunState, string>>> = {
    running: 'under way',
    pending: 'about to start',
    waiting_retry: 'about to be tried again',
    escalated: 'escalated',
  };
  return words[state] ?? state;
}

/** Notes stand between other parts of a line. */
export function withoutStop(sentence: string): string {
  return sentence.trim().replace(/[.\s]+$/u, '');
}

/** An entry that belongs to no run: "host.unreachable". */
export function eventLine(
  event: StoredEvent,
  background: Background,
  house: RecordDeps['house'],
): AnswerLine {
  return {
    at: event.at,
    who: house.person(event.actor)?.name ?? null,
    what: withoutStop(event.summary),
    outcome: event.outcome ?? null,
    note: null,
    links: linksOf(event, background),
  };
}
