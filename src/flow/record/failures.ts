import { errorWords } from '#core/error-words.ts';
import type { StoredEvent } from '#core/event.ts';
import { type AnswerLine, mostAnswerLines, type RecordAnswer } from '#core/record-answer.ts';
import { subjectEvents } from '../audit-question.ts';
import type { FailedTask } from '../record-questions.ts';
import { type Asking, type RecordDeps, recordAnswer, textInput } from './asking.ts';
import { type Background, backgroundOf, eventLine, linksOf, logLink, withoutStop } from './lines.ts';
import { periodOf } from './period.ts';
import { aboutWords, countWords, mostCounted, nothingSince } from './wording.ts';

/** "All failures in the last week": the same failure of the same service counts together. */
export async function failures(deps: RecordDeps, asking: Asking): Promise<RecordAnswer> {
  const { ledger } = deps;
  const service = textInput(asking.intent, 'service');
  const host = textInput(asking.intent, 'host');
  const period = await periodOf(deps, asking, { service, narrow: service !== undefined });
  const filter = {
    about: 'failures' as const,
    ...(period.since === undefined ? {} : { since: period.since }),
    ...(period.until === undefined ? {} : { until: period.until }),
    ...(service === undefined ? {} : { service }),
    ...(host === undefined ? {} : { host }),
  };
  const { about: _, ...narrowed } = filter;
  const events = await ledger.audit({ ...narrowed, ...subjectEvents.failures, limit: mostCounted });
  const about = aboutWords({ service, host });
  if (events.length === 0) {
    return recordAnswer({
      sentence: [`No failures${about}`, ...period.words, '.'],
      advice: await nothingSince(deps, { service, host, what: 'failure', period }),
      filter,
    });
  }
  const failed = new Map(
    (await ledger.failedTasks(events.flatMap(({ run }) => run ?? []))).map((task) => [task.run, task]),
  );
  const alike = groupAlike(events, failed);
  const shown = alike.slice(0, mostAnswerLines);
  const background = await backgroundOf(
    ledger,
    shown.map(({ newest }) => newest),
  );
  const told = shown.reduce((sum, { count }) => sum + count, 0);
  const atLeast = events.length === mostCounted;
  return recordAnswer({
    sentence: [countWords(events.length, atLeast, 'failure'), about, ...period.words, ':'],
    groups: [
      {
        title: null,
        lines: await Promise.all(
          shown.map(async (one) =>
            one.count === 1
              ? await oneFailure(deps, one.newest, failed, background)
              : manyFailures(
                  one,
                  failed,
                  background,
                  await logLink(ledger, failed.get(one.newest.run ?? '')),
                ),
          ),
        ),
      },
    ],
    more: told < events.length || atLeast ? { count: events.length - told, atLeast } : null,
    filter,
  });
}

interface Alike {
  readonly newest: StoredEvent;
  readonly count: number;
  readonly oldest: StoredEvent;
}

/** The same kind of failure of the same service or host, by the newest one; newest groups first. */
function groupAlike(events: readonly StoredEvent[], failed: ReadonlyMap<string, FailedTask>): Alike[] {
  const groups = new Map<string, Alike>();
  for (const event of events) {
    const why = failed.get(event.run ?? '')?.errorClass ?? event.kind;
    // What failed for no known reason is alike only when it was the same that was tried.
    const key = `${event.service ?? event.host ?? event.plan} ${why === 'unknown' ? event.summary : why}`;
    const known = groups.get(key);
    groups.set(
      key,
      known === undefined
        ? { newest: event, oldest: event, count: 1 }
        : { ...known, oldest: event, count: known.count + 1 },
    );
  }
  return [...groups.values()];
}

async function oneFailure(
  { ledger, house }: RecordDeps,
  event: StoredEvent,
  failed: ReadonlyMap<string, FailedTask>,
  background: Background,
): Promise<AnswerLine> {
  const overview = event.plan === undefined ? undefined : background.overviews.get(event.plan);
  const task = failed.get(event.run ?? '');
  if (overview?.plan == null) return eventLine(event, background, house);
  const yes = overview.approvals.findLast((row) => row.decision === 'approve' && row.rule === null);
  const person = yes?.person ?? overview.request.person;
  return {
    at: event.at,
    who: house.person(person)?.name ?? person,
    what: overview.plan.title,
    outcome: 'failed',
    note: task === undefined ? null : `step ${task.position} of ${task.steps}: ${why(task)}`,
    links: [...linksOf(event, background), ...(await logLink(ledger, task))],
  };
}

function manyFailures(
  { newest, oldest, count }: Alike,
  failed: ReadonlyMap<string, FailedTask>,
  background: Background,
  log: AnswerLine['links'],
): AnswerLine {
  const task = failed.get(newest.run ?? '');
  const reason = task?.errorClass ?? null;
  const words = reason === null || reason === 'unknown' ? 'failed' : lowerFirst(errorWords[reason]);
  return {
    at: newest.at,
    who: null,
    what: `${newest.service ?? newest.host ?? `P-${newest.plan}`}: ${count} × ${newest.kind === 'host.unreachable' ? 'out of reach' : words}`,
    outcome: 'failed',
    note: `first ${oldest.plan === undefined || oldest.plan === newest.plan ? 'in the same plan' : `in P-${oldest.plan}`}${task === undefined ? '' : `, last: ${withoutStop(task.summary ?? '')}`}`,
    links: [...linksOf(newest, background), ...log],
  };
}

function why({ errorClass, summary }: FailedTask): string {
  const said = withoutStop(summary ?? '');
  if (errorClass === null || errorClass === 'unknown') return said === '' ? 'failed' : said;
  const words = lowerFirst(errorWords[errorClass]);
  return said === '' ? words : `${words} (${said})`;
}

/** "The port is taken" as it goes on after a colon. */
export function lowerFirst(sentence: string): string {
  return /^(?:Talos|Proxmox)\b/.test(sentence)
    ? sentence
    : sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
