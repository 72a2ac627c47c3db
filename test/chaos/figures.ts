import type { Damage } from './break-house.ts';
import type { Options } from './options.ts';
import type { Carried } from './person.ts';
import type { Verdict } from './verdict.ts';

/** A number that was counted or measured, and what it has to be. */
export interface Figure {
  readonly promise: string;
  readonly what: string;
  readonly value: number | string;
  /** Null: told for its own sake. */
  readonly goal: string | null;
  readonly ok: boolean;
}

/** Seconds within which somebody goes on with what a dead worker left, or with what a wiped queue forgot. */
const soonMs = 30_000;
const stopMs = 25_000;

export function figuresOf(seen: {
  readonly options: Options;
  readonly verdict: Verdict;
  readonly damage: Damage;
  readonly delays: readonly number[];
  /** Steps of a dead worker that nobody went on with to the end. */
  readonly abandoned: number;
  readonly carried: readonly Carried[];
  readonly surprises: readonly string[];
  readonly seconds: number;
}): readonly Figure[] {
  const { options, verdict, damage, delays, carried } = seen;
  const none = (promise: string, what: string, value: number): Figure => ({
    promise,
    what,
    value,
    goal: '0',
    ok: value === 0,
  });
  const told = (what: string, value: number | string): Figure => ({
    promise: '',
    what,
    value,
    goal: null,
    ok: true,
  });
  const within = (
    promise: string,
    what: string,
    values: readonly number[],
    share: number,
    limitMs: number,
  ): Figure => {
    const value = quantile(values, share);
    return {
      promise,
      what,
      value: `${(value / 1000).toFixed(1)} s`,
      goal: `≤ ${limitMs / 1000} s`,
      ok: value <= limitMs,
    };
  };
  const stuck = carried.filter(({ state }) => state.startsWith('stuck') || state === 'no plan').length;
  const stops = damage.stops;
  return [
    told('commands that had to run on the host', verdict.commands),
    told(
      'SIGKILLs (processes, steps in their hands)',
      `${damage.kills} (${damage.processes}, ${damage.stepsHeld})`,
    ),
    told('times all SSH sessions were killed', damage.drops),
    told('queue wipes', damage.wipes),
    told('PostgreSQL restarts', damage.restarts),
    told('network cuts', damage.cuts),
    told('SIGTERMs (steps in their hands)', `${stops.length} (${damage.stepsLetGo})`),
    none('R1', 'commands lost', verdict.lost.length),
    none('R1', 'commands repeated', verdict.repeated.length),
    none('R1', 'commands that should not have run', verdict.stray.length),
    none('R1', `outputs that differ, of ${verdict.outputBytes} bytes`, verdict.outputWrong.length),
    none('R4', 'runs and steps in a wrong state', verdict.statesWrong.length),
    none('A1', 'tries without one intent and one outcome', verdict.recordWrong.length),
    {
      promise: 'A2',
      what: `audit verify, ${verdict.chain.events} events`,
      value: verdict.chain.ok ? 'ok' : 'not ok',
      goal: 'ok',
      ok: verdict.chain.ok,
    },
    none('R2', 'runs stuck', stuck + seen.abandoned),
    within(
      'R2',
      `next action after a worker died, while one is up, p99 of ${delays.length}`,
      delays,
      0.99,
      soonMs,
    ),
    told('  the longest', `${(quantile(delays, 1) / 1000).toFixed(1)} s`),
    within(
      'R3',
      `a step waited while a worker is up, longest of ${verdict.waits.length}`,
      verdict.waits,
      1,
      soonMs,
    ),
    ...(stops.length === 0
      ? []
      : [
          within(
            'R7',
            `SIGTERM to exit, longest of ${stops.length}`,
            stops.map(({ tookMs }) => tookMs),
            1,
            stopMs,
          ),
          none(
            'R7',
            'stops that were not clean',
            stops.filter((stop) => stop.exitCode !== 0 || stop.late).length,
          ),
        ]),
    none('', 'processes that ended by themselves', seen.surprises.length),
    told(
      'requests made again, because no plan could be made',
      carried.reduce((sum, one) => sum + one.asked - 1, 0),
    ),
    told('seconds', seen.seconds),
    told('seed', options.seed),
  ];
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** The figures as lines of text. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ promise, what, value, goal, ok }) => [
    goal === null ? ' ' : ok ? '✓' : '✕',
    promise,
    what,
    String(value),
    goal ?? '',
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
