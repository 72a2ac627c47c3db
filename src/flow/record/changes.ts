import type { StoredEvent } from '#core/event.ts';
import { type AnswerLine, mostAnswerLines, type RecordAnswer } from '#core/record-answer.ts';
import { subjectEvents } from '../audit-question.ts';
import { type Asking, nameOf, personMeant, type RecordDeps, recordAnswer, textInput } from './asking.ts';
import { backgroundOf, linksOf, runLine } from './lines.ts';
import { periodOf } from './period.ts';
import { aboutWords, countWords, moreOf, mostCounted, nothingSince } from './wording.ts';

/** "All changes to Jellyfin": each plan that was approved to change something, once, by how far it got. */
export async function changes(deps: RecordDeps, asking: Asking): Promise<RecordAnswer> {
  const { ledger, house } = deps;
  const service = textInput(asking.intent, 'service');
  const host = textInput(asking.intent, 'host');
  const person = personMeant(asking, house);
  const period = await periodOf(deps, asking, { service, narrow: service !== undefined });
  const filter = {
    about: 'changes' as const,
    ...(period.since === undefined ? {} : { since: period.since }),
    ...(period.until === undefined ? {} : { until: period.until }),
    ...(service === undefined ? {} : { service }),
    ...(host === undefined ? {} : { host }),
    ...(person === undefined ? {} : { person }),
  };
  const { about: _, ...narrowed } = filter;
  const events = await ledger.audit({ ...narrowed, ...subjectEvents.changes, limit: mostCounted });
  const about = `${person === undefined ? '' : ` by ${nameOf(person, house)}`}${aboutWords({ service, host })}`;
  const each = latestOfEach(events);
  if (each.length === 0) {
    return recordAnswer({
      sentence: [`No changes${about}`, ...period.words, '.'],
      advice: await nothingSince(deps, { service, host, person, what: 'change', period }),
      filter,
    });
  }
  const shown = each.slice(0, mostAnswerLines);
  const atLeast = events.length === mostCounted;
  return recordAnswer({
    sentence: [
      countWords(each.length, atLeast, 'change'),
      about,
      ...period.words,
      each.length > 1 ? ', newest first:' : ':',
    ],
    groups: [{ title: null, lines: await changeLines(deps, shown) }],
    more: moreOf(each.length, shown.length, atLeast),
    filter,
  });
}

/** A plan is approved, runs and ends: the newest of it tells all. */
export function latestOfEach(events: readonly StoredEvent[]): readonly StoredEvent[] {
  const seen = new Set<number | string>();
  const runs = new Set(events.flatMap(({ run, plan }) => (run === undefined ? [] : [plan])));
  return events.filter((event) => {
    // Of a plan that ran, the run is told and not the yes before it.
    if (event.run === undefined && runs.has(event.plan)) return false;
    const key = event.run ?? event.plan ?? event.id;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export async function changeLines(
  deps: Pick<RecordDeps, 'ledger' | 'house'>,
  events: readonly StoredEvent[],
): Promise<AnswerLine[]> {
  const { ledger, house } = deps;
  const background = await backgroundOf(ledger, events);
  return await Promise.all(
    events.map(async (event): Promise<AnswerLine> => {
      const run = event.run === undefined ? newestRun(background, event) : await ledger.run(event.run);
      if (run !== null) return await runLine(deps, run, background, event.at);
      const overview = event.plan === undefined ? undefined : background.overviews.get(event.plan);
      return {
        at: event.at,
        who: nameOf(event.actor, house),
        what: overview?.plan?.title ?? event.summary,
        outcome: null,
        note: 'approved, not started',
        links: linksOf(event, background),
      };
    }),
  );
}

function newestRun(background: Awaited<ReturnType<typeof backgroundOf>>, { plan }: StoredEvent) {
  return plan === undefined ? null : (background.overviews.get(plan)?.run ?? null);
}
