import type { StoredEvent } from '#core/event.ts';
import { Surface } from '#core/person.ts';
import { type AnswerLine, mostAnswerLines, type RecordAnswer } from '#core/record-answer.ts';
import { surfacePhrases } from '#core/state-words.ts';
import { subjectEvents } from '../audit-question.ts';
import { type Asking, nameOf, personMeant, type RecordDeps, recordAnswer, textInput } from './asking.ts';
import { backgroundOf, linksOf } from './lines.ts';
import { periodOf } from './period.ts';
import { planNumber } from './subject.ts';
import { aboutWords, countWords, moreOf, mostCounted, nothingSince } from './wording.ts';

/** "Who approved what": person, plan, where, how long it took them, which revision. */
export async function approvals(deps: RecordDeps, asking: Asking): Promise<RecordAnswer> {
  const { ledger, house } = deps;
  const service = textInput(asking.intent, 'service');
  const host = textInput(asking.intent, 'host');
  const plan = planNumber(textInput(asking.intent, 'plan'));
  const person = personMeant(asking, house);
  const narrow = service !== undefined || plan !== null;
  const period = await periodOf(deps, asking, { service, narrow });
  const filter = {
    about: 'approvals' as const,
    ...(period.since === undefined ? {} : { since: period.since }),
    ...(period.until === undefined ? {} : { until: period.until }),
    ...(service === undefined ? {} : { service }),
    ...(host === undefined ? {} : { host }),
    ...(person === undefined ? {} : { person }),
    ...(plan === null ? {} : { plan }),
  };
  const { about: _, ...narrowed } = filter;
  const events = await ledger.audit({ ...narrowed, ...subjectEvents.approvals, limit: mostCounted });
  const about = `${person === undefined ? '' : ` by ${nameOf(person, house)}`}${aboutWords({ service, host })}${plan === null ? '' : ` about P-${plan}`}`;
  if (events.length === 0) {
    return recordAnswer({
      sentence: [`No decisions${about}`, ...period.words, '.'],
      advice:
        plan === null
          ? await nothingSince(deps, { service, host, person, what: 'decision', period })
          : `Nobody has said yes or no to P-${plan}. Plans that only read are let through by a rule.`,
      filter,
    });
  }
  const shown = events.slice(0, mostAnswerLines);
  const background = await backgroundOf(ledger, shown);
  const proposed = await proposedAt(deps, shown);
  const atLeast = events.length === mostCounted;
  return recordAnswer({
    sentence: [countWords(events.length, atLeast, 'decision'), about, ...period.words, ':'],
    groups: [
      {
        title: null,
        lines: shown.map(
          (event): AnswerLine => ({
            at: event.at,
            who: nameOf(event.actor, house),
            what: `${verbs[event.kind] ?? 'decided on'} ${background.overviews.get(event.plan ?? 0)?.plan?.title ?? `P-${event.plan}`}`,
            outcome: null,
            note: noteOf(event, proposed.get(`${event.plan} ${revisionOf(event)}`)),
            links: linksOf(event, background),
          }),
        ),
      },
    ],
    more: moreOf(events.length, shown.length, atLeast),
    advice: 'Plans that only read are let through by a rule and not listed here.',
    filter,
  });
}

const verbs: Readonly<Record<string, string>> = {
  'plan.approved': 'approved',
  'plan.rejected': 'rejected',
  'plan.changes_requested': 'asked for changes to',
};

/** When each revision that was decided on was put before people, by plan and revision. */
async function proposedAt(
  { ledger }: RecordDeps,
  events: readonly StoredEvent[],
): Promise<ReadonlyMap<string, string>> {
  const plans = [...new Set(events.flatMap(({ plan }) => plan ?? []))];
  const found = await Promise.all(
    plans.map(async (plan) => await ledger.audit({ plan, kinds: ['plan.proposed'], limit: 20 })),
  );
  return new Map(found.flat().map((event) => [`${event.plan} ${revisionOf(event)}`, event.at]));
}

function revisionOf({ data }: StoredEvent): number {
  const revision = data?.['revision'];
  return typeof revision === 'number' ? revision : 1;
}

function noteOf(event: StoredEvent, proposed: string | undefined): string {
  const surface = Surface.safeParse(event.data?.['surface']);
  const comment = event.data?.['comment'];
  return [
    `revision ${revisionOf(event)}`,
    ...(surface.success ? [surfacePhrases[surface.data]] : []),
    ...(proposed === undefined ? [] : [`after ${tookWords(Date.parse(event.at) - Date.parse(proposed))}`]),
    ...(typeof comment === 'string' && comment !== '' ? [`“${comment}”`] : []),
  ].join(', ');
}

/** "42 s", "12 min", "3 h", "2 days". */
export function tookWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
