import type { RecordAnswer } from '#core/record-answer.ts';
import { subjectEvents } from '../audit-question.ts';
import type { RecordDeps } from './asking.ts';
import type { Period } from './period.ts';

/** Entries that are counted at most; more are called "200 or more". */
export const mostCounted = 200;

/** "3 failures", "200 or more failures". */
export function countWords(count: number, atLeast: boolean, one: string, many = `${one}s`): string {
  if (atLeast) return `${count} or more ${many}`;
  return count === 1 ? `1 ${one}` : `${count} ${many}`;
}

/** " of jellyfin on n100". */
export function aboutWords(of: {
  readonly service?: string | undefined;
  readonly host?: string | undefined;
}): string {
  return `${of.service === undefined ? '' : ` of ${of.service}`}${of.host === undefined ? '' : ` on ${of.host}`}`;
}

/** What is not shown of so many. */
export function moreOf(found: number, shown: number, atLeast: boolean): RecordAnswer['more'] {
  return found > shown || atLeast ? { count: found - shown, atLeast } : null;
}

/**
 * What helps when nothing fits: a service or machine of which nothing at all is recorded is said to be one; else the
 * plan of the last entry before the time that was asked about.
 */
export async function nothingSince(
  { ledger }: Pick<RecordDeps, 'ledger'>,
  of: {
    readonly service?: string | undefined;
    readonly host?: string | undefined;
    readonly person?: string | undefined;
    readonly what: 'failure' | 'change' | 'decision';
    readonly period: Period;
  },
): Promise<string | null> {
  const where = {
    ...(of.service === undefined ? {} : { service: of.service }),
    ...(of.host === undefined ? {} : { host: of.host }),
    ...(of.person === undefined ? {} : { person: of.person }),
  };
  for (const [kind, name] of Object.entries(where)) {
    if ((await ledger.audit({ [kind]: name, limit: 1 })).length > 0) continue;
    return kind === 'person'
      ? `Nobody called ${name} has done anything in this house so far.`
      : `Nothing at all is recorded of ${name}: no plan has touched it. Is it called something else here?`;
  }
  if (of.period.since === undefined) return null;
  const subject = { failure: 'failures', change: 'changes', decision: 'approvals' } as const;
  const [last] = await ledger.audit({
    ...where,
    ...subjectEvents[subject[of.what]],
    until: of.period.since,
    limit: 1,
  });
  if (last === undefined) return null;
  const name = last.plan === undefined ? '' : ` P-${last.plan}:`;
  return `The last ${of.what} before that was${name === '' ? ':' : name} ${last.summary}`;
}
