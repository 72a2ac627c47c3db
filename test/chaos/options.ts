import { parseArgs } from 'node:util';

/** How much of everything. The numbers are for each house. */
export interface Amounts {
  /** Commands on the hosts, in plans of `parts` each. */
  readonly commands: number;
  readonly parts: number;
  /** SIGKILLs of Chiffon processes; each may take several processes at once. */
  readonly kills: number;
  /** Times all SSH sessions of the hosts are killed. */
  readonly drops: number;
  /** Times Redis loses everything. */
  readonly wipes: number;
  /** Restarts of PostgreSQL, up to two seconds away. */
  readonly restarts: number;
  /** SIGTERMs of a worker. */
  readonly terms: number;
  /** Times the network to the hosts is cut, up to three seconds. */
  readonly cuts: number;
  readonly workers: number;
  /** Machines, each with one plan at a time: a run that changes something has its host for itself. */
  readonly hosts: number;
  /** Between two faults, in milliseconds, on average. */
  readonly gap: number;
}

export interface Options extends Amounts {
  readonly seed: number;
  /** Where the queue lives; a house of its own for each, at the same time. */
  readonly queues: readonly QueueKind[];
  /** A file the figures are written to as well. */
  readonly results: string | null;
}

export type QueueKind = 'redis' | 'postgres';

const short: Amounts = {
  commands: 40,
  parts: 5,
  kills: 4,
  drops: 2,
  wipes: 2,
  restarts: 2,
  terms: 2,
  cuts: 1,
  workers: 2,
  hosts: 4,
  gap: 700,
};

const none = { kills: 0, drops: 0, wipes: 0, restarts: 0, terms: 0, cuts: 0 };
/** What the promises name, each with its own numbers. */
const long: Readonly<Record<string, Partial<Amounts> & { readonly queue: QueueKind }>> = {
  // Some of everything else as well.
  R1: {
    queue: 'redis',
    commands: 4000,
    kills: 500,
    drops: 195,
    wipes: 10,
    restarts: 10,
    terms: 10,
    cuts: 10,
  },
  R3: { queue: 'redis', ...none, commands: 500, kills: 10, wipes: 50 },
  // A thousand plans; the database goes every 5 to 10 s.
  R4: { queue: 'postgres', ...none, commands: 2000, parts: 2, restarts: 100, gap: 7_500 },
  // One worker, so that what it is asked to stop has ten steps in its hands.
  R7: { queue: 'redis', ...none, commands: 1500, workers: 1, terms: 100, gap: 4_000 },
};
const whenLong: Amounts = { ...short, parts: 10, workers: 3, hosts: 12, gap: 1_500 };

const numbers = Object.keys(short) as (keyof Amounts)[];

export const usage = `npm run test:chaos -- [--seed N] [--long [${Object.keys(long).join('|')}]] [--queue redis|postgres|both] [--minutes N] [--results FILE]
  Numbers of one's own: ${numbers.map((name) => `--${name} N`).join(' ')}
  The short version (no flag) breaks two small houses at once, one on Redis and one on PostgreSQL alone, in about a minute.
  --minutes spreads the faults over so long. The same seed and numbers make the same faults in the same order.`;

/** @throws Error with a sentence when something is not understood. */
export function readOptions(words: readonly string[]): Options {
  // `--long` alone means R1.
  const args = words.flatMap((word, i) =>
    word === '--long' && !(words[i + 1] ?? '-').startsWith('R') ? [word, 'R1'] : [word],
  );
  const { values } = parseArgs({
    args,
    options: Object.fromEntries(
      ['seed', 'long', 'queue', 'minutes', 'results', ...numbers].map((name) => [
        name,
        { type: 'string' as const },
      ]),
    ),
  }) as { values: Readonly<Record<string, string | undefined>> };
  const number = (name: string, standard: number): number => {
    const said = values[name];
    if (said === undefined) return standard;
    if (!/^\d+$/.test(said)) throw new Error(`--${name} takes a whole number, not "${said}".`);
    return Number(said);
  };
  const named = values['long'];
  const preset = named === undefined ? null : long[named];
  if (preset === undefined) throw new Error(`--long knows ${Object.keys(long).join(', ')}, not "${named}".`);
  const base: Amounts = preset === null ? short : { ...whenLong, ...preset };
  const amounts = Object.fromEntries(numbers.map((name) => [name, number(name, base[name])])) as unknown as {
    -readonly [K in keyof Amounts]: number;
  };
  const minutes = number('minutes', 0);
  const faults = ['kills', 'drops', 'wipes', 'restarts', 'terms', 'cuts'] as const;
  const count = faults.reduce((sum, name) => sum + amounts[name], 0);
  if (minutes > 0) amounts.gap = Math.round((minutes * 60_000) / Math.max(1, count));
  const queue = values['queue'] ?? preset?.queue ?? 'both';
  if (!['redis', 'postgres', 'both'].includes(queue)) {
    throw new Error(`--queue knows redis, postgres and both, not "${queue}".`);
  }
  return {
    ...amounts,
    seed: number('seed', Math.floor(Math.random() * 1_000_000_000)),
    queues: queue === 'both' ? ['redis', 'postgres'] : [queue as QueueKind],
    results: values['results'] ?? null,
  };
}
