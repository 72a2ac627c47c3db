/**
 * What judging one command costs: over the sample corpus and every string of the tests, beside parsing alone (unbash), and
 * how much a list of forbidden first words, the usual way, would let through of what the corpus says must be denied.
 *
 *     node bench/subjects/judge.ts
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'unbash';
import { judgeCommand } from '#policy/shell/judge-command.ts';
import { type Measure, report } from '../measure.ts';

interface Sample {
  readonly cmd: string;
  readonly verdict?: string;
}

const folder = new URL('../../test/fixtures/safety/', import.meta.url);
const rounds = 7;

function samplesIn(name: string): Sample[] {
  const lines = readFileSync(new URL(name, folder), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Sample).filter(({ cmd }) => cmd !== undefined);
}

/** The best of several rounds for each command, in milliseconds, ascending: what the work costs, not what the machine was busy with. */
function timesOf(samples: readonly Sample[], work: (command: string) => unknown): number[] {
  const best = samples.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++)
    samples.forEach(({ cmd }, i) => {
      const start = performance.now();
      work(cmd);
      best[i] = Math.min(best[i] as number, performance.now() - start);
    });
  return best.sort((a, b) => a - b);
}

const at = (times: readonly number[], share: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))] as number;

const forbidden = new Set(
  'reboot shutdown poweroff halt init mkfs dd fdisk wipefs rm kill killall shred mkswap'.split(' '),
);
const listDenies = (command: string): boolean => forbidden.has(command.trim().split(/\s+/)[0] ?? '');

const corpus = samplesIn('commands.jsonl');
const all = [
  ...corpus,
  ...readdirSync(new URL('unseen/', folder)).flatMap((name) => samplesIn(`unseen/${name}`)),
];
const ours = timesOf(all, (command) => judgeCommand(command));
const parsing = timesOf(all, (command) => parse(command));
const mustDeny = corpus.filter(({ verdict }) => verdict === 'deny');
const deniedByUs = mustDeny.filter(({ cmd }) => judgeCommand(cmd).verdict === 'deny').length;
const deniedByList = mustDeny.filter(({ cmd }) => listDenies(cmd)).length;

const figure = (what: string, share: number): Measure => ({
  what,
  unit: 'ms',
  ours: at(ours, share),
  peer: { name: 'unbash, parsing alone', value: at(parsing, share) },
});

report([
  figure(`judging one of ${all.length} commands, median`, 0.5),
  {
    ...figure(`judging one of ${all.length} commands, 99 of 100`, 0.99),
    goal: { words: '99 of 100 judgements under 2 ms', met: at(ours, 0.99) < 2 },
  },
  figure(`judging one of ${all.length} commands, the slowest`, 1),
  {
    what: 'of what nobody may approve, denied',
    unit: '%',
    ours: (100 * deniedByUs) / mustDeny.length,
    peer: { name: 'a list of first words', value: (100 * deniedByList) / mustDeny.length },
    goal: { words: 'at least 98 % denied', met: deniedByUs / mustDeny.length >= 0.98 },
  },
]);
