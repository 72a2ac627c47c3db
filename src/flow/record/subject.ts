import type { Ledger, RunRow } from '../ledger-port.ts';
import { type Asking, type RecordDeps, textInput } from './asking.ts';

/** What a follow-up such as "why did it fail?" is about, and how that was found. */
export interface Subject {
  readonly plan: number;
  readonly run: RunRow | null;
  /** `thread`: the words pointed at what was talked about before; `newest`: nothing was, so it is the last there is. */
  readonly how: 'named' | 'thread' | 'newest';
}

/** Requests of a thread that are looked through for what "it" is. */
const mostBefore = 10;

/**
 * What a question about one thing is about: the plan it names; the newest run of the service or machine it names; what
 * was last talked about in its thread; else the newest run of all. `failed` looks for one that failed.
 */
export async function subjectOf(
  { ledger }: Pick<RecordDeps, 'ledger'>,
  { intent, thread }: Asking,
  failed: boolean,
): Promise<Subject | null> {
  const named = planNumber(textInput(intent, 'plan'));
  if (named !== null) return await planSubject(ledger, named, 'named', failed);
  const service = textInput(intent, 'service');
  const host = textInput(intent, 'host');
  if (service !== undefined || host !== undefined) {
    const where = { ...(service === undefined ? {} : { service }), ...(host === undefined ? {} : { host }) };
    return await newest(ledger, where, failed, 'named');
  }
  return (
    (thread === null ? null : await talkedAbout(ledger, thread, failed)) ??
    (await newest(ledger, {}, failed, 'newest'))
  );
}

/** The number in "P-142", "R-142", "run 142-1" or "142"; null for anything else. */
export function planNumber(name: string | undefined): number | null {
  const digits = name === undefined ? undefined : /(?:^|\D)([1-9]\d{0,8})(?:-\d+)?$/u.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** The newest thing in a thread: a plan that ran, or the first line of an answer. */
async function talkedAbout(ledger: Ledger, thread: string, failed: boolean): Promise<Subject | null> {
  for (const request of await ledger.requests({ thread, limit: mostBefore })) {
    const subject =
      request.state === 'planned'
        ? await planSubject(ledger, request.id, 'thread', failed)
        : await firstOf(ledger, request.answer, failed);
    if (subject !== null) return subject;
  }
  return null;
}

/** The first line of an answer that can be meant: for "why did it fail" the first that failed. */
async function firstOf(
  ledger: Ledger,
  answer: Awaited<ReturnType<Ledger['requests']>>[number]['answer'],
  failed: boolean,
): Promise<Subject | null> {
  const lines = answer?.groups.flatMap((group) => group.lines) ?? [];
  const line = failed ? lines.find(({ outcome }) => outcome === 'failed' || outcome === 'unknown') : lines[0];
  const run = line?.links.find(({ kind }) => kind === 'run')?.name.replace(/^run /, '');
  const plan = planNumber(line?.links.find(({ kind }) => kind === 'plan' || kind === 'request')?.name);
  if (plan === null) return null;
  return { plan, run: run === undefined ? null : await ledger.run(run), how: 'thread' };
}

async function planSubject(
  ledger: Ledger,
  plan: number,
  how: Subject['how'],
  failed: boolean,
): Promise<Subject | null> {
  if ((await ledger.request(plan)) === null) return null;
  const runs = await ledger.runs(plan);
  const run = (failed ? runs.findLast(({ state }) => state === 'failed') : undefined) ?? runs.at(-1) ?? null;
  return how === 'thread' && run === null ? null : { plan, run, how };
}

async function newest(
  ledger: Ledger,
  where: { readonly service?: string; readonly host?: string },
  failed: boolean,
  how: Subject['how'],
): Promise<Subject | null> {
  const [event] = await ledger.audit({
    ...where,
    ...(failed
      ? { outcome: 'failed', kinds: ['run.failed'] }
      : { kinds: ['run.started', 'run.completed', 'run.failed', 'run.cancelled'], changesOnly: true }),
    limit: 1,
  });
  if (event?.plan === undefined || event.run === undefined) return null;
  return { plan: event.plan, run: await ledger.run(event.run), how };
}
