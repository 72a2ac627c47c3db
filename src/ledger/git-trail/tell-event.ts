import type { StoredEvent } from '#core/event.ts';
import { serviceOf } from '#core/intent.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import type { TrailCommit } from '#flow/record-questions.ts';
import { describeDecision, describeResult, type Files } from './describe-plan.ts';

/** What a commit tells of a decision or a result. */
export interface Told {
  readonly kind: Extract<TrailCommit['kind'], 'decision' | 'result'>;
  readonly plan: number;
  readonly run: string | null;
  readonly subject: string;
  readonly words: string;
  readonly at: string;
  readonly trailers: readonly (readonly [name: string, value: string])[];
  readonly files: Files;
}

/** What is read to tell an event in full. */
export type TrailReader = Pick<Ledger, 'request' | 'revision' | 'approvals' | 'runs' | 'run' | 'tasks'>;

/** The address of a request's page; null where no address is configured. */
export type PageOf = (request: number) => string | null;

/**
 * What is committed about an event; null when it is neither a decision nor a result. What was written after the event
 * is left out, so that an event that is told late is told as it would have been told at once.
 */
export async function tellEvent(event: StoredEvent, read: TrailReader, pageOf: PageOf): Promise<Told | null> {
  const decision = decisions[event.kind];
  if (decision !== undefined && event.plan !== undefined) return tellDecision(event, decision, read, pageOf);
  const result = results[event.kind];
  if (result !== undefined && event.run !== undefined) return tellResult(event, result, read, pageOf);
  return null;
}

const decisions: Readonly<Record<string, { readonly verb: string; readonly trailer: string }>> = {
  'plan.approved': { verb: 'approved', trailer: 'Approved-By' },
  'plan.rejected': { verb: 'rejected', trailer: 'Rejected-By' },
  'plan.changes_requested': { verb: 'sent back for changes', trailer: 'Changes-Asked-By' },
};

const results: Readonly<Record<string, string>> = {
  'run.completed': 'completed',
  'run.failed': 'failed',
  'run.cancelled': 'cancelled',
};

async function tellDecision(
  event: StoredEvent,
  { verb, trailer }: { readonly verb: string; readonly trailer: string },
  read: TrailReader,
  pageOf: PageOf,
): Promise<Told | null> {
  const plan = event.plan ?? 0;
  const request = await read.request(plan);
  if (request === null) return null;
  const number = Number(event.data?.['revision'] ?? 0);
  const revision = number > 0 ? await read.revision(plan, number) : null;
  const approvals = (await read.approvals(plan)).filter((row) => row.at <= event.at);
  const rule = event.data?.['rule'];
  const by = event.actor === 'chiffon' && typeof rule === 'string' ? `rule ${rule}` : event.actor;
  const run =
    event.kind === 'plan.approved'
      ? (await read.runs(plan)).find((row) => row.id === `${plan}-1`)
      : undefined;
  const title = revision?.content.title ?? request.text;
  return {
    kind: 'decision',
    plan,
    run: run?.id ?? null,
    subject: `P-${plan} ${verb} by ${by}: ${title}`,
    words: event.summary,
    at: event.at,
    trailers: [
      ...(revision === null ? [] : [['Plan-Hash', revision.hash] as const]),
      [trailer, by],
      ...about(event, revision?.content.intents ?? [], pageOf(plan)),
    ],
    files: describeDecision({ request, revision, approvals }),
  };
}

async function tellResult(
  event: StoredEvent,
  state: string,
  read: TrailReader,
  pageOf: PageOf,
): Promise<Told | null> {
  const run = await read.run(event.run ?? '');
  if (run === null) return null;
  const revision = await read.revision(run.plan, run.revision);
  const tasks = (await read.tasks(run.id)).map((task) => ({
    ...task,
    attempts: task.attempts.filter((attempt) => attempt.startedAt <= event.at),
  }));
  const yes = (await read.approvals(run.plan)).find(
    (row) => row.decision === 'approve' && row.revision === run.revision,
  );
  const title = revision?.content.title ?? `run ${run.id}`;
  return {
    kind: 'result',
    plan: run.plan,
    run: run.id,
    subject: `P-${run.plan} ${state}: ${title}`,
    words: event.summary,
    at: event.at,
    trailers: [
      ['Plan-Hash', run.hash],
      ...(yes === undefined
        ? []
        : [['Approved-By', yes.rule === null ? yes.person : `rule ${yes.rule}`] as const]),
      ['Outcome', state],
      ...about(event, revision?.content.intents ?? [], pageOf(run.plan)),
    ],
    files: describeResult({ run, state, summary: event.summary, at: event.at, title, tasks }),
  };
}

function about(
  event: StoredEvent,
  intents: Parameters<typeof serviceOf>[0],
  page: string | null,
): readonly (readonly [string, string])[] {
  const { service } = event.service === undefined ? serviceOf(intents) : event;
  return [
    ...(service === undefined ? [] : [['Service', service] as const]),
    ...(event.host === undefined ? [] : [['Host', event.host] as const]),
    ...(page === null ? [] : [['Request-URL', page] as const]),
  ];
}
