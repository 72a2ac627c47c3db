/** One figure, side by side with what it is measured against in the same run. */
export interface Measure {
  /** What was measured, as a noun phrase: "ten steps on one warm host". */
  readonly what: string;
  /** `ms`, `MiB/s`, `jobs/s`, `MB` … */
  readonly unit: string;
  readonly ours: number;
  /** The peer, or the raw library below us, measured in the same run. */
  readonly peer?: { readonly name: string; readonly value: number };
  /** What was promised, as a sentence, and whether this run kept it. Left out where nothing was promised. */
  readonly goal?: { readonly words: string; readonly met: boolean };
  /** What a reader has to know to judge the figure. */
  readonly note?: string;
}

/** Our figure as a multiple of the peer's. */
export function ratioOf(measure: Measure): number | null {
  return measure.peer === undefined || measure.peer.value === 0 ? null : measure.ours / measure.peer.value;
}

/** Hands a subject's figures to whoever runs it: a table for a person, a JSON line for `bench/run.ts`. */
export function report(measures: readonly Measure[]): void {
  if (process.env['BENCH_JSON'] === '1') {
    process.stdout.write(`${JSON.stringify(measures)}\n`);
    return;
  }
  console.table(
    measures.map((measure) => ({
      what: measure.what,
      Chiffon: `${short(measure.ours)} ${measure.unit}`,
      peer:
        measure.peer === undefined
          ? ''
          : `${short(measure.peer.value)} ${measure.unit} (${measure.peer.name})`,
      ratio: short(ratioOf(measure)),
      goal: goalWords(measure),
    })),
  );
}

/** "kept: at most 1.25 times OpenSSH" */
export function goalWords({ goal }: Measure): string {
  return goal === undefined ? '' : `${goal.met ? 'kept' : 'MISSED'}: ${goal.words}`;
}

/** A figure with as many digits as say something; empty for none. */
export function short(value: number | null): string {
  if (value === null) return '';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
