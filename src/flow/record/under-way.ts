import { type AnswerLine, mostAnswerLines, type RecordAnswer } from '#core/record-answer.ts';
import { taskWords } from '#core/state-words.ts';
import type { RunState } from '#core/task.ts';
import { type Asking, type RecordDeps, recordAnswer, textInput } from './asking.ts';
import { backgroundOf, runLine } from './lines.ts';
import { aboutWords, countWords, moreOf } from './wording.ts';

const openStates: readonly RunState[] = [
  'running',
  'waiting_retry',
  'escalated',
  'review',
  'blocked',
  'pending',
];

/** "What is running": every run that is not over, and which of its steps is at work. */
export async function underWay(deps: RecordDeps, { intent }: Asking): Promise<RecordAnswer> {
  const { ledger } = deps;
  const host = textInput(intent, 'host');
  const open = (await ledger.runsIn(openStates)).filter(
    (run) => host === undefined || run.hosts.includes(host),
  );
  const filter = { about: 'runs' as const, ...(host === undefined ? {} : { host }) };
  if (open.length === 0) {
    const [last] = await ledger.audit({
      ...filterOf(host),
      kinds: ['run.completed', 'run.failed'],
      limit: 1,
    });
    return recordAnswer({
      sentence:
        last === undefined
          ? [`Nothing is running${aboutWords({ host })}, and nothing ever was.`]
          : [
              `Nothing is running${aboutWords({ host })}. The last run ended `,
              { at: last.at, how: 'moment' },
              '.',
            ],
      filter,
    });
  }
  const shown = open.slice(0, mostAnswerLines);
  const background = await backgroundOf(
    ledger,
    shown.map(({ id, plan }) => ({ plan, run: id })),
  );
  const lines = await Promise.all(
    shown.map(async (run): Promise<AnswerLine> => {
      const line = await runLine(deps, run, background, run.startedAt);
      const tasks = await ledger.tasks(run.id);
      const current = tasks.find(({ state }) => state !== 'completed' && state !== 'cancelled');
      if (current === undefined || run.state === 'blocked') return line;
      const tries = current.attempts.length > 1 ? `, try ${current.attempts.length}` : '';
      const word = taskWords[current.state].word.toLowerCase();
      return {
        ...line,
        note: `step ${current.position} of ${tasks.length}: ${current.step.summary} (${word}${tries})`,
      };
    }),
  );
  const running = open.filter(({ state }) => state === 'running').length;
  return recordAnswer({
    sentence: [
      running === open.length
        ? `${countWords(open.length, false, 'run is', 'runs are')} under way${aboutWords({ host })}:`
        : `${countWords(open.length, false, 'run is', 'runs are')} not over${aboutWords({ host })}, ${running} of them running:`,
    ],
    groups: [{ title: null, lines }],
    more: moreOf(open.length, shown.length, false),
    filter,
  });
}

function filterOf(host: string | undefined): { readonly host?: string } {
  return host === undefined ? {} : { host };
}
