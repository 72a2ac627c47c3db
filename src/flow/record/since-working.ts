import type { StoredEvent } from '#core/event.ts';
import { type AnswerLine, mostAnswerLines, type RecordAnswer, type Wording } from '#core/record-answer.ts';
import { subjectEvents } from '../audit-question.ts';
import type { RunRow } from '../ledger-port.ts';
import { type Asking, type RecordDeps, recordAnswer, textInput } from './asking.ts';
import { changes } from './changes.ts';
import { type Background, backgroundOf, eventLine, runLine } from './lines.ts';
import { mostCounted } from './wording.ts';

/** Something that happened since, with the run it belongs to. */
interface Happening {
  readonly at: string;
  readonly run: RunRow | null;
  readonly event: StoredEvent | null;
  /** Of another service, but on a machine this one runs on. */
  readonly nearby: boolean;
}

/**
 * "What changed on Jellyfin since it last worked": everything since the last run after which it was seen working, on
 * the service and on its machines, with what stands right before the first failure on top. Needs no model: what broke
 * something is usually the last thing that was changed before it broke.
 */
export async function sinceWorking(deps: RecordDeps, asking: Asking): Promise<RecordAnswer> {
  const { ledger } = deps;
  const service = textInput(asking.intent, 'service');
  if (service === undefined) {
    return recordAnswer({
      sentence: [
        'Since what last worked? Name the service, such as “what changed on jellyfin since it last worked”.',
      ],
      filter: { about: 'changes' },
    });
  }
  const worked = await ledger.lastSuccess({ service, worked: true });
  const since = worked?.endedAt ?? null;
  if (worked === null || since === null) {
    const all = await changes(deps, { ...asking, words: '' });
    return {
      ...all,
      sentence: [`Nothing on record says that ${service} ever worked. `, ...all.sentence],
    };
  }
  const filter = { about: 'changes' as const, service, since };
  const happenings = await happeningsSince(deps, service, worked, since);
  const background = await backgroundOf(
    ledger,
    happenings.map(({ run, event }) =>
      run === null
        ? event?.plan === undefined
          ? {}
          : { plan: event.plan }
        : { plan: run.plan, run: run.id },
    ),
  );
  const title = background.overviews.get(worked.plan)?.plan?.title ?? (await ledger.plan(worked.plan))?.title;
  const start: Wording = [
    `${service} last worked at `,
    { at: since, how: 'moment' },
    ` (P-${worked.plan}${title === undefined ? '' : `, ${title}`}). `,
  ];
  if (happenings.length === 0) {
    return recordAnswer({
      sentence: [...start, 'Nothing was changed on it or on its machine through Chiffon since.'],
      advice: 'What is changed by hand on the machine does not show here.',
      filter,
    });
  }
  const suspect = suspectOf(happenings);
  const rest = happenings.filter((one) => one !== suspect);
  const shown = rest.slice(0, mostAnswerLines - (suspect === null ? 0 : 1));
  const draw = async (one: Happening) => await lineOf(deps, one, background);
  const failuresSince = happenings.filter(isFailure).length;
  return recordAnswer({
    sentence: [
      ...start,
      failuresSince === 0
        ? 'Nothing failed since; what happened:'
        : `Since then ${failuresSince === 1 ? '1 failure' : `${failuresSince} failures`} and what may have led to ${failuresSince === 1 ? 'it' : 'them'}:`,
    ],
    groups: [
      ...(suspect === null ? [] : [{ title: suspectTitle(suspect), lines: [await draw(suspect)] }]),
      ...(shown.length === 0
        ? []
        : [
            {
              title: suspect === null ? null : 'Everything else since, newest first',
              lines: await Promise.all(shown.map(draw)),
            },
          ]),
    ],
    more: rest.length > shown.length ? { count: rest.length - shown.length, atLeast: false } : null,
    filter,
  });
}

/** Newest first: changes and failures of the service, changes on its machines, and machines that were out of reach. */
async function happeningsSince(
  { ledger }: RecordDeps,
  service: string,
  worked: RunRow,
  since: string,
): Promise<readonly Happening[]> {
  const [own, decisions, onHosts, lost] = await Promise.all([
    ledger.audit({ service, since, ...subjectEvents.changes, limit: mostCounted }),
    ledger.audit({
      service,
      since,
      kinds: ['plan.rejected', 'plan.changes_requested'],
      personsOnly: true,
      limit: mostCounted,
    }),
    Promise.all(
      worked.hosts.map(
        async (host) => await ledger.runsDuring({ host, since, mutates: true, limit: mostCounted }),
      ),
    ),
    Promise.all(
      worked.hosts.map(
        async (host) => await ledger.audit({ host, since, kinds: ['host.unreachable'], limit: 20 }),
      ),
    ),
  ]);
  const ownRuns = new Set(own.flatMap(({ run }) => run ?? []));
  const runs = new Map<string, Happening>();
  for (const id of ownRuns) {
    const run = await ledger.run(id);
    if (run !== null && run.id !== worked.id)
      runs.set(id, { at: run.endedAt ?? run.startedAt ?? run.at, run, event: null, nearby: false });
  }
  for (const run of onHosts.flat()) {
    if (run.id === worked.id || runs.has(run.id)) continue;
    runs.set(run.id, { at: run.endedAt ?? run.startedAt ?? run.at, run, event: null, nearby: true });
  }
  const told = [...decisions, ...lost.flat()].map(
    (event): Happening => ({ at: event.at, run: null, event, nearby: false }),
  );
  return [...runs.values(), ...told].toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

function isFailure({ run, event, nearby }: Happening): boolean {
  return !nearby && (run?.state === 'failed' || event?.kind === 'host.unreachable');
}

/** The last change before the first failure; where nothing was changed before it, the run that failed first. */
function suspectOf(happenings: readonly Happening[]): Happening | null {
  const firstFailure = happenings.findLastIndex(isFailure);
  if (firstFailure < 0) return null;
  const before = happenings
    .slice(firstFailure + 1)
    .find(({ run }) => run !== null && run.mutates && run.state !== 'failed');
  return before ?? happenings[firstFailure] ?? null;
}

function suspectTitle(suspect: Happening): string {
  return isFailure(suspect)
    ? 'Most suspicious: the first that failed'
    : 'Most suspicious: changed just before the first failure';
}

async function lineOf(
  deps: RecordDeps,
  { run, event, at, nearby }: Happening,
  background: Background,
): Promise<AnswerLine> {
  if (run === null) {
    if (event === null) throw new Error('something that happened is neither a run nor an event');
    return eventLine(event, background, deps.house);
  }
  const line = await runLine(deps, run, background, at);
  if (!nearby) return line;
  return { ...line, note: line.note === null ? 'on the same machine' : `${line.note}, on the same machine` };
}
