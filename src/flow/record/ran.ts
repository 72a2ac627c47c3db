import { mostAnswerLines, type RecordAnswer } from '#core/record-answer.ts';
import { subjectEvents } from '../audit-question.ts';
import type { RunRow } from '../ledger-port.ts';
import { type Asking, type RecordDeps, recordAnswer, textInput } from './asking.ts';
import { backgroundOf, runLine } from './lines.ts';
import { periodOf } from './period.ts';
import { aboutWords, countWords, moreOf, mostCounted, nothingSince } from './wording.ts';

/** "What ran on n100 between 2 and 4": every run that was under way in that time, also those that only looked. */
export async function ran(deps: RecordDeps, asking: Asking): Promise<RecordAnswer> {
  const { ledger } = deps;
  const service = textInput(asking.intent, 'service');
  const host = textInput(asking.intent, 'host');
  const period = await periodOf(deps, asking, { service, narrow: service !== undefined });
  const { since, until } = period;
  const span = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
  const where = host === undefined ? {} : { host };
  const filter = { about: 'runs' as const, ...span, ...(service === undefined ? {} : { service }), ...where };
  const runs =
    service === undefined
      ? await ledger.runsDuring({ ...span, ...where, limit: mostCounted })
      : await runsOf(deps, { ...span, ...where, service });
  const about = aboutWords({ service, host });
  if (runs.length === 0) {
    return recordAnswer({
      sentence: [`Nothing ran${about}`, ...period.words, '.'],
      advice: await nothingSince(deps, { service, host, what: 'change', period }),
      filter,
    });
  }
  const shown = runs.slice(0, mostAnswerLines);
  const background = await backgroundOf(
    ledger,
    shown.map(({ id, plan }) => ({ plan, run: id })),
  );
  const atLeast = runs.length === mostCounted;
  const looked = runs.filter((run) => !run.mutates).length;
  return recordAnswer({
    sentence: [countWords(runs.length, atLeast, 'run'), about, ...period.words, ', the last first:'],
    groups: [
      {
        title: null,
        lines: await Promise.all(shown.map((run) => runLine(deps, run, background, run.startedAt))),
      },
    ],
    more: moreOf(runs.length, shown.length, atLeast),
    advice:
      looked === 0
        ? null
        : `${looked === runs.length ? (looked === 1 ? 'It' : 'All of them') : `${looked} of them`} only looked and changed nothing.`,
    filter,
  });
}

async function runsOf(
  { ledger }: RecordDeps,
  where: {
    readonly since?: string;
    readonly until?: string;
    readonly host?: string;
    readonly service: string;
  },
): Promise<readonly RunRow[]> {
  const events = await ledger.audit({ ...where, ...subjectEvents.runs, limit: mostCounted });
  const ids = [...new Set(events.flatMap(({ run }) => run ?? []))];
  const found = await Promise.all(ids.map(async (id) => await ledger.run(id)));
  return found.filter((run) => run !== null);
}
