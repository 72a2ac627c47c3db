import { errorWords } from '#core/error-words.ts';
import { type AnswerLine, mostAnswerLines, type RecordAnswer } from '#core/record-answer.ts';
import { type Asking, type RecordDeps, recordAnswer, textInput } from './asking.ts';
import { backgroundOf, linksOf, logLink, withoutStop } from './lines.ts';
import { type Period, periodOf } from './period.ts';
import { aboutWords, countWords } from './wording.ts';

/** "Failures by error type": how often each class of error ended a try, with the newest of each. */
export async function errorTypes(deps: RecordDeps, asking: Asking): Promise<RecordAnswer> {
  const { ledger } = deps;
  const { where, period } = await askedAbout(deps, asking);
  const figures = await ledger.errorFigures({ ...spanOf(period), ...where });
  const filter = { about: 'failures' as const, ...spanOf(period), ...where };
  const about = aboutWords(where);
  if (figures.length === 0)
    return recordAnswer({ sentence: [`No step failed${about}`, ...period.words, '.'], filter });
  const newest = figures.toSorted((a, b) => Date.parse(b.last.at) - Date.parse(a.last.at))[0];
  const background = await backgroundOf(
    ledger,
    figures.map(({ last }) => ({ plan: last.plan, run: last.run })),
  );
  const sum = figures.reduce((total, { count }) => total + count, 0);
  return recordAnswer({
    sentence: [
      countWords(sum, false, 'failed try', 'failed tries'),
      about,
      ...period.words,
      ' by type of error:',
    ],
    groups: [
      {
        title: null,
        lines: await Promise.all(
          figures.slice(0, mostAnswerLines).map(
            async ({ errorClass, count, last }): Promise<AnswerLine> => ({
              at: last.at,
              who: null,
              what: `${count} × ${errorWords[errorClass]} (${errorClass})`,
              outcome: null,
              note: `last: step ${last.position}${last.summary === null ? '' : `, ${withoutStop(last.summary)}`}`,
              links: [
                ...linksOf(last, background),
                ...(await logLink(ledger, background.failed.get(last.run))),
              ],
            }),
          ),
        ),
      },
    ],
    advice:
      newest === undefined
        ? null
        : `The last classified error was ${newest.errorClass}, in run ${newest.last.run}.`,
    filter,
  });
}

/** "How many retries this week": further tries, by step. */
export async function retries(deps: RecordDeps, asking: Asking): Promise<RecordAnswer> {
  const { ledger } = deps;
  const { where, period } = await askedAbout(deps, asking);
  const { count, tasks } = await ledger.retries({ ...spanOf(period), ...where, limit: mostAnswerLines + 1 });
  const filter = { about: 'retries' as const, ...spanOf(period), ...where };
  const about = aboutWords(where);
  if (tasks.length === 0)
    return recordAnswer({ sentence: [`No step was tried again${about}`, ...period.words, '.'], filter });
  const shown = tasks.slice(0, mostAnswerLines);
  const background = await backgroundOf(ledger, shown);
  const told = shown.reduce((sum, { tries }) => sum + tries - 1, 0);
  return recordAnswer({
    sentence: [countWords(count, false, 'retry', 'retries'), about, ...period.words, ':'],
    groups: [
      {
        title: null,
        lines: shown.map(
          (task): AnswerLine => ({
            at: task.at,
            who: null,
            what: `${background.overviews.get(task.plan)?.plan?.title ?? `P-${task.plan}`}, step ${task.position}: ${task.step}`,
            outcome: null,
            note: `${task.tries} tries${task.errorClass === null ? '' : `, the one before the last: ${task.errorClass}`}`,
            links: linksOf(task, background),
          }),
        ),
      },
    ],
    more: tasks.length > shown.length ? { count: Math.max(1, count - told), atLeast: false } : null,
    filter,
  });
}

async function askedAbout(deps: RecordDeps, asking: Asking) {
  const service = textInput(asking.intent, 'service');
  const host = textInput(asking.intent, 'host');
  const where = { ...(service === undefined ? {} : { service }), ...(host === undefined ? {} : { host }) };
  return { where, period: await periodOf(deps, asking, { service, narrow: service !== undefined }) };
}

function spanOf({ since, until }: Period): { readonly since?: string; readonly until?: string } {
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}
