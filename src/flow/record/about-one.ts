import { errorWords } from '#core/error-words.ts';
import type { AnswerLine, RecordAnswer } from '#core/record-answer.ts';
import { surfacePhrases } from '#core/state-words.ts';
import type { Ledger, RequestOverview, RunRow } from '../ledger-port.ts';
import { type Asking, nameOf, type RecordDeps, recordAnswer, textInput } from './asking.ts';
import { failingLine } from './failing-line.ts';
import { lowerFirst } from './failures.ts';
import { type Background, backgroundOf, linksOf, logLink, runLine, withoutStop } from './lines.ts';
import { type Subject, subjectOf } from './subject.ts';

/** "Why did it fail?": the step, the class of the error, and the line it failed with. */
export async function why(deps: RecordDeps, asking: Asking): Promise<RecordAnswer> {
  const { ledger } = deps;
  const found = await told(deps, asking, true);
  if ('nothing' in found) return found.nothing;
  const { subject, overview, background } = found;
  const { run } = subject;
  const title = overview.plan?.title ?? overview.request.text;
  const filter = { plan: subject.plan };
  const failed = run === null ? undefined : background.failed.get(run.id);
  if (run === null || failed === undefined) {
    return recordAnswer({
      sentence: [`${nameIn(subject)} (${title}) did not fail${run === null ? ': nothing of it ran' : ''}.`],
      groups: run === null ? [] : [{ title: null, lines: [await runLine(deps, run, background)] }],
      filter,
    });
  }
  const line = await failingLine(ledger, failed);
  const reason =
    failed.errorClass === null || failed.errorClass === 'unknown' ? null : errorWords[failed.errorClass];
  const summary = withoutStop(failed.summary ?? '');
  return recordAnswer({
    sentence: [
      `${begin(subject)}${title} failed at step ${failed.position} of ${failed.steps}${
        reason === null ? (summary === '' ? '.' : `: ${lowerFirst(summary)}.`) : `: ${lowerFirst(reason)}.`
      }`,
    ],
    groups: [
      {
        title: null,
        lines: [
          {
            at: run.endedAt,
            who: null,
            what: failed.step,
            outcome: 'failed',
            note:
              [
                ...(summary === '' ? [] : [summary]),
                ...(failed.attempt > 1 ? [`after ${failed.attempt} tries`] : []),
              ].join(', ') || null,
            links: [
              ...linksOf({ plan: subject.plan, run: run.id }, background),
              ...(await logLink(ledger, failed)),
            ],
          },
        ],
      },
    ],
    output: line === null ? null : line.text.slice(0, 500),
    filter,
  });
}

/** Lines of a log an answer shows. */
const mostLogLines = 15;
const mostLogBytes = 64 * 1024;

/** "Show me the log of that": the last lines, and where the whole log is. */
export async function logOf(deps: RecordDeps, asking: Asking): Promise<RecordAnswer> {
  const { ledger } = deps;
  const found = await told(deps, asking, false);
  if ('nothing' in found) return found.nothing;
  const { subject, overview, background } = found;
  const { run } = subject;
  const title = overview.plan?.title ?? overview.request.text;
  const filter = { plan: subject.plan };
  if (run === null)
    return recordAnswer({
      sentence: [`Nothing of ${nameIn(subject)} (${title}) ran, so there is no log.`],
      filter,
    });
  const lines = await lastLines(ledger, run);
  return recordAnswer({
    sentence: [
      lines.length === 0
        ? `${begin(subject)}run ${run.id} (${title}) printed nothing.`
        : `${begin(subject)}the last lines of run ${run.id} (${title}):`,
    ],
    groups: [{ title: null, lines: [await runLine(deps, run, background)] }],
    output: lines.length === 0 ? null : lines.join('\n'),
    filter,
  });
}

/** "Who did that?": who asked, who said yes, where and when. */
export async function who(deps: RecordDeps, asking: Asking): Promise<RecordAnswer> {
  const { house } = deps;
  const found = await told(deps, asking, false);
  if ('nothing' in found) return found.nothing;
  const { subject, overview, background } = found;
  const { request, approvals } = overview;
  const asked = nameOf(request.person, house);
  const yes = approvals.findLast(
    ({ decision, revision }) =>
      decision === 'approve' && (subject.run === null || revision === subject.run.revision),
  );
  const links = linksOf({ plan: subject.plan }, background);
  const decided = yes === undefined ? null : yes.rule === null ? nameOf(yes.person, house) : null;
  return recordAnswer({
    sentence: [
      `${begin(subject)}${overview.plan?.title ?? request.text}: ${asked} asked for it${
        yes === undefined
          ? ', and nobody has approved it.'
          : decided === null
            ? '; it only looked, so no approval was needed.'
            : decided === asked
              ? ' and approved it.'
              : `, and ${decided} approved it.`
      }`,
    ],
    groups: [
      {
        title: null,
        lines: [
          {
            at: request.at,
            who: asked,
            what: `asked “${request.text}”`,
            outcome: null,
            note: surfacePhrases[request.surface],
            links,
          },
          ...(yes === undefined
            ? []
            : [
                {
                  at: yes.at,
                  who: yes.rule === null ? nameOf(yes.person, house) : null,
                  what:
                    yes.rule === null ? `approved revision ${yes.revision}` : `approved by rule ${yes.rule}`,
                  outcome: null,
                  note: yes.rule === null ? surfacePhrases[yes.surface] : null,
                  links: [],
                } satisfies AnswerLine,
              ]),
          ...(subject.run === null ? [] : [await runLine(deps, subject.run, background)]),
        ],
      },
    ],
    filter: { plan: subject.plan },
  });
}

type Told =
  | { readonly nothing: RecordAnswer }
  | { readonly subject: Subject; readonly overview: RequestOverview; readonly background: Background };

async function told(deps: RecordDeps, asking: Asking, failed: boolean): Promise<Told> {
  const subject = await subjectOf(deps, asking, failed);
  const background =
    subject === null
      ? null
      : await backgroundOf(deps.ledger, [
          { plan: subject.plan, ...(subject.run === null ? {} : { run: subject.run.id }) },
        ]);
  const overview = subject === null ? undefined : background?.overviews.get(subject.plan);
  if (subject !== null && background !== null && overview !== undefined)
    return { subject, overview, background };
  const plan = textInput(asking.intent, 'plan');
  const of = textInput(asking.intent, 'service') ?? textInput(asking.intent, 'host');
  return {
    nothing: recordAnswer({
      sentence: [
        plan !== undefined
          ? `There is no ${plan}. The list of requests shows those there are.`
          : failed
            ? `Nothing${of === undefined ? '' : ` of ${of}`} has failed so far.`
            : `Nothing${of === undefined ? '' : ` of ${of}`} has run so far.`,
      ],
      filter: failed ? { about: 'failures' } : { about: 'runs' },
    }),
  };
}

function nameIn({ plan, run }: Subject): string {
  return run === null ? `P-${plan}` : `run ${run.id}`;
}

/** What is meant is said when nobody named it. */
function begin({ how }: Subject): string {
  return how === 'newest' ? 'Nothing was talked about here before, so this is the last one: ' : '';
}

async function lastLines(ledger: Ledger, run: RunRow): Promise<readonly string[]> {
  const { end } = await ledger.readLog(run.id, Number.MAX_SAFE_INTEGER, 1);
  const { chunks } = await ledger.readLog(run.id, Math.max(0, end - mostLogBytes), mostLogBytes);
  const lines = chunks
    .map(({ text }) => text)
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => (line.split('\r').at(-1) ?? '').slice(0, 300));
  return lines.length === 1 && lines[0] === '' ? [] : lines.slice(-mostLogLines);
}
