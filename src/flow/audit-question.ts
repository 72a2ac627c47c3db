import type { EventKind } from '#core/event.ts';
import { RecordSubject } from '#core/record-filter.ts';
import { done, type Result, refuse } from '#core/refusal.ts';
import type { AuditQuestion } from './ledger-port.ts';

/** The filters as people write them: `since: "7d"`, `plan: "P-142"`. */
export interface AuditFilters {
  /** A part of the record: failures, changes, approvals, runs, retries. */
  readonly about?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly outcome?: string | undefined;
  readonly service?: string | undefined;
  readonly host?: string | undefined;
  readonly person?: string | undefined;
  readonly plan?: string | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Which events a part of the record is made of. */
export const subjectEvents: Readonly<
  Record<RecordSubject, Pick<AuditQuestion, 'outcome' | 'kinds' | 'changesOnly' | 'personsOnly'>>
> = {
  // The outcome stands beside the kinds because the index of what did not succeed is found by it.
  failures: { outcome: 'failed', kinds: ['run.failed', 'host.unreachable'] },
  changes: {
    kinds: ['plan.approved', 'run.completed', 'run.failed', 'run.cancelled', 'run.review'],
    changesOnly: true,
  },
  approvals: {
    kinds: ['plan.approved', 'plan.rejected', 'plan.changes_requested'],
    personsOnly: true,
  },
  runs: { kinds: ['run.started', 'run.completed', 'run.failed', 'run.cancelled', 'run.review'] },
  retries: { kinds: ['task.waiting_retry'] satisfies EventKind[] },
};

const outcomes = ['succeeded', 'failed', 'unknown', 'cancelled', 'refused'];

/** Turns filters into a question to the ledger, or says which one can't be read. */
export function auditQuestion(filters: AuditFilters, now: Date): Result<AuditQuestion> {
  const since = filters.since === undefined ? undefined : momentOf(filters.since, now);
  const until = filters.until === undefined ? undefined : momentOf(filters.until, now);
  if (since === null || until === null) {
    const text = since === null ? filters.since : filters.until;
    return refuse(
      'unreadable_time',
      `“${text}” is not a time. Write how long ago (12h, 7d, 2w) or a date such as 2026-11-21 or 2026-11-21T14:05Z.`,
    );
  }
  if (filters.outcome !== undefined && !outcomes.includes(filters.outcome)) {
    return refuse(
      'unknown_outcome',
      `No outcome is called “${filters.outcome}”. There are: ${outcomes.join(', ')}.`,
    );
  }
  const about = RecordSubject.optional().safeParse(filters.about);
  if (!about.success) {
    return refuse(
      'unknown_subject',
      `The record has no part called “${filters.about}”. There are: ${RecordSubject.options.join(', ')}.`,
    );
  }
  const plan =
    filters.plan === undefined ? undefined : /^(?:P-)?([1-9][0-9]{0,8})$/iu.exec(filters.plan)?.[1];
  if (filters.plan !== undefined && plan === undefined) {
    return refuse('unknown_plan', `“${filters.plan}” is not the name of a plan; they look like P-142.`);
  }
  return done({
    limit: filters.limit,
    ...(about.data === undefined ? {} : subjectEvents[about.data]),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(filters.outcome === undefined ? {} : { outcome: filters.outcome }),
    ...(filters.service === undefined ? {} : { service: filters.service }),
    ...(filters.host === undefined ? {} : { host: filters.host }),
    ...(filters.person === undefined ? {} : { person: filters.person }),
    ...(plan === undefined ? {} : { plan: Number(plan) }),
    ...(filters.before === undefined ? {} : { before: filters.before }),
  });
}

/** `12h`, `7d`, `2w` before now, or an ISO date from the year 1 on; null for anything else. */
function momentOf(text: string, now: Date): string | null {
  const relative = /^([1-9][0-9]{0,4})(m|h|d|w)$/u.exec(text.trim());
  if (relative !== null) {
    const minutes =
      Number(relative[1]) * { m: 1, h: 60, d: 1440, w: 10_080 }[relative[2] as 'm' | 'h' | 'd' | 'w'];
    return new Date(now.getTime() - minutes * 60_000).toISOString();
  }
  // PostgreSQL knows no year 0.
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}/u.test(text.trim())) return null;
  const date = new Date(text.trim());
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
