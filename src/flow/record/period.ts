import type { Wording } from '#core/record-answer.ts';
import type { Ledger } from '../ledger-port.ts';
import type { LookBackAnchor } from '../planner-port.ts';
import type { Asking, RecordDeps } from './asking.ts';

/** The stretch of time an answer is about, and how it is said behind "3 failures". */
export interface Period {
  readonly since?: string;
  readonly until?: string;
  /** With a space in front: " since Saturday 21 November"; empty for all of the record. */
  readonly words: Wording;
}

const day = 86_400_000;

/**
 * The time a question names. Without one, a question about one thing is about all that is recorded of it, and any other
 * about the last week.
 */
export async function periodOf(
  { ledger, planner, clock }: RecordDeps,
  { words, zone }: Pick<Asking, 'words' | 'zone'>,
  about: { readonly service?: string | undefined; readonly narrow: boolean },
): Promise<Period> {
  const now = clock.now();
  const meant = planner.lookBack(words, now, zone);
  if (meant === null) return about.narrow ? { words: [] } : reaching(new Date(now.getTime() - 7 * day), now);
  if (meant.anchor !== null) {
    const found = await anchored(ledger, meant.anchor, about.service);
    if (found === null) return { words: [' in all of the record'] };
    return { since: found.at, words: [` since ${found.words} (`, { at: found.at, how: 'moment' }, ')'] };
  }
  const { since, until } = meant;
  if (since !== null && until !== null && until.getTime() <= now.getTime()) {
    return { since: since.toISOString(), until: until.toISOString(), words: between(since, until) };
  }
  if (since !== null) return reaching(since, now);
  return until === null
    ? { words: [] }
    : { until: until.toISOString(), words: [' before ', { at: until.toISOString(), how: 'moment' }] };
}

function reaching(since: Date, now: Date): Period {
  const at = since.toISOString();
  // Within two days the time of day matters; further back the day is what people think in.
  const how = now.getTime() - since.getTime() < 2 * day ? 'moment' : 'day';
  return { since: at, words: [' since ', { at, how }] };
}

/** Whole days are said as days: "on Thursday 12 November", "from Monday … to Friday …". */
function between(since: Date, until: Date): Wording {
  const length = until.getTime() - since.getTime();
  const last = new Date(until.getTime() - 1);
  // A day of summer time has 23 or 25 hours.
  if (length % day !== 0 && Math.abs(length - day) > 3_600_000) {
    return [
      ' between ',
      { at: since.toISOString(), how: 'moment' },
      ' and ',
      { at: until.toISOString(), how: 'moment' },
    ];
  }
  return length < 1.1 * day
    ? [' on ', { at: since.toISOString(), how: 'day' }]
    : [' from ', { at: since.toISOString(), how: 'day' }, ' to ', { at: last.toISOString(), how: 'day' }];
}

async function anchored(
  ledger: Ledger,
  anchor: LookBackAnchor,
  service: string | undefined,
): Promise<{ readonly at: string; readonly words: string } | null> {
  const of = service === undefined ? {} : { service };
  if (anchor.kind === 'failure' || anchor.kind === 'change') {
    const kinds = anchor.kind === 'failure' ? (['run.failed'] as const) : (['run.completed'] as const);
    const outcome = anchor.kind === 'failure' ? { outcome: 'failed' } : { changesOnly: true };
    const [event] = await ledger.audit({ ...of, ...outcome, kinds, limit: 1 });
    return event === undefined
      ? null
      : { at: new Date(Date.parse(event.at) + 1).toISOString(), words: `the last ${anchor.kind}` };
  }
  const run = await ledger.lastSuccess(
    anchor.kind === 'worked' ? { ...of, worked: true } : { ...of, commands: [anchor.command] },
  );
  if (run?.endedAt == null) return null;
  // From right after its end: the run itself is not what happened since.
  const at = new Date(Date.parse(run.endedAt) + 1).toISOString();
  return { at, words: anchor.kind === 'worked' ? 'it last worked' : `the last ${anchor.command}` };
}
