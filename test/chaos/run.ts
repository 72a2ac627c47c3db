import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { breakHouse, type Damage, noDamage } from './break-house.ts';
import { drill } from './drills.ts';
import { type Figure, figuresOf, table } from './figures.ts';
import { type House, openHouse } from './house.ts';
import { type LedgerWatch, watchLedger } from './ledger-watch.ts';
import { type Options, type QueueKind, readOptions, usage } from './options.ts';
import { type Carried, createPerson } from './person.ts';
import { watchPresence } from './presence.ts';
import { scheduleFaults } from './schedule.ts';
import { judgeHouse, type Verdict } from './verdict.ts';

/**
 * Breaks real Chiffons on real servers while they carry out commands that may run once only, and counts on the host what
 * ran. Exits 1 when a promise was broken, and then keeps the folder.
 */

/** How long a drill may take with everything that happens to it, in milliseconds. */
const patienceMs = 15 * 60_000;
/** How far the work may be ahead of the breaking, in rounds of plans, and the breaking ahead of the work, as a share. */
const ahead = { plans: 2, faults: 0.03 };
const progressMs = 10_000;

let options: Options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${usage}\n`);
  process.exit(2);
}
const folder = await mkdtemp(join(tmpdir(), `chiffon-chaos-`));
process.stdout.write(`seed ${options.seed}; everything is in ${folder}\n`);
const outcomes = await Promise.all(options.queues.map((queue) => breakOne(queue, join(folder, queue))));

const results = {
  at: new Date().toISOString(),
  ok: outcomes.every(({ ok }) => ok),
  options,
  houses: outcomes.map(({ queue, figures, wrong }) => ({ queue, figures, wrong })),
};
for (const { queue, figures, wrong } of outcomes) {
  process.stdout.write(`\nqueue in ${queue === 'redis' ? 'Redis' : 'PostgreSQL'}\n${table(figures)}\n`);
  for (const sentence of wrong.slice(0, 20)) process.stdout.write(`  ! ${sentence}\n`);
  if (wrong.length > 20) process.stdout.write(`  ! and ${wrong.length - 20} more\n`);
}
await writeFile(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
if (options.results !== null) await writeFile(options.results, `${JSON.stringify(results, null, 2)}\n`);
if (results.ok) {
  await rm(folder, { recursive: true, force: true });
  process.stdout.write('\nevery promise was kept\n');
} else {
  const again = process.argv.slice(2).filter((word, i, all) => word !== '--seed' && all[i - 1] !== '--seed');
  process.stdout.write(
    `\na promise was broken; logs, journal and results are in ${folder}\nthe same faults again: npm run test:chaos -- ${[...again, '--seed', options.seed].join(' ')}\n`,
  );
}
process.exitCode = results.ok ? 0 : 1;

interface Outcome {
  readonly queue: QueueKind;
  readonly figures: readonly Figure[];
  /** Sentences about what is wrong. */
  readonly wrong: readonly string[];
  readonly ok: boolean;
}

async function breakOne(queue: QueueKind, place: string): Promise<Outcome> {
  const since = performance.now();
  const surprises: string[] = [];
  const house = await openHouse(queue, place, options, (sentence) => surprises.push(sentence));
  const presence = watchPresence(house.workers);
  const watch = watchLedger(house.database.url, presence);
  const damage = noDamage();
  try {
    const person = createPerson(house.url, house.token, patienceMs);
    const carried = await workAndBreak(house, watch, damage, person, since);
    // Looked at while the front still answers.
    const verdict = await judgeHouse(house, watch, presence, person, carried, options.parts);
    const abandoned = watch.waiting();
    for (const kept of [...house.workers, house.front]) {
      const stopped = await kept.close();
      if (stopped !== null) damage.stops.push(stopped);
    }
    const seconds = Math.round((performance.now() - since) / 1000);
    const { delays } = watch;
    const figures = figuresOf({ options, verdict, damage, delays, abandoned, carried, surprises, seconds });
    const wrong = [...sentencesOf(verdict), ...surprises, ...damage.stops.flatMap(({ late }) => late ?? [])];
    const ok = figures.every((figure) => figure.ok);
    if (!ok) await writeFile(join(place, 'journal'), await house.journal());
    return { queue, figures, wrong, ok };
  } finally {
    for (const kept of [house.front, ...house.workers]) await kept.close();
    presence.close();
    await watch.close();
    await house.close();
  }
}

/** Has every drill carried out while the faults happen; answers what became of each. */
async function workAndBreak(
  house: House,
  watch: LedgerWatch,
  damage: Damage,
  person: ReturnType<typeof createPerson>,
  since: number,
): Promise<readonly Carried[]> {
  const plans = Math.ceil(options.commands / options.parts);
  const commands = Array.from({ length: plans }, (_, i) => drill(i + 1, options.parts).parts.length).reduce(
    (sum, parts) => sum + parts,
    0,
  );
  const faults = scheduleFaults(options, house.queue, options.seed);
  const carried: Carried[] = [];
  let asked = 0;
  let broken = 0;
  /** Commands on the host. */
  let begun = 0;
  let ended = 0;
  let early = false;
  const endEarly = (): void => {
    early = true;
    process.stdout.write('no more faults and no more plans; what was begun is finished and counted\n');
  };
  process.once('SIGINT', endEarly);

  const mayAsk = (): boolean =>
    asked / plans <= broken / faults.length + (ahead.plans * house.machines.length) / plans;
  const lanes = house.machines.map(async (machine) => {
    while (asked < plans && !early) {
      if (!mayAsk()) {
        await sleep(100);
        continue;
      }
      asked += 1;
      const number = asked;
      carried.push(
        await person.carryOut(number, machine).catch((error: Error) => ({
          number,
          runId: null,
          state: `stuck: ${error.message}`,
          asked: 1,
        })),
      );
    }
  });
  const counting = setInterval(() => {
    void house.journal().then((journal) => {
      begun = journal.split('start ').length - 1;
      ended = journal.split('end ').length - 1;
    });
  }, 500);
  const later: Promise<void>[] = [];
  const breaking = (async () => {
    for (const fault of faults) {
      await sleep(fault.afterMs);
      // A house in which nothing runs can't be hurt, and on a slow machine the work would stand still under as many faults
      // as a fast one bears.
      const mayBreak = (): boolean => begun > 0 && broken / faults.length - ahead.faults <= ended / commands;
      while (!mayBreak() && !early && carried.length < plans) await sleep(200);
      if (early) break;
      await breakHouse(house, watch, fault, damage, (work) => void later.push(work));
      broken += 1;
    }
  })();
  const progress = setInterval(() => {
    const seconds = Math.round((performance.now() - since) / 1000);
    process.stdout.write(
      `${String(seconds).padStart(5)} s  ${house.queue.padEnd(8)}  plans ${carried.length}/${plans}  commands ${ended}/${commands}  faults ${broken}/${faults.length} (${damage.kills} kills, ${damage.drops} drops, ${damage.wipes} wipes, ${damage.restarts} restarts, ${damage.stops.length} stops)\n`,
    );
  }, progressMs);
  try {
    await Promise.all([...lanes, breaking]);
    await Promise.all(later);
  } finally {
    clearInterval(progress);
    clearInterval(counting);
    process.off('SIGINT', endEarly);
  }
  return carried.toSorted((a, b) => a.number - b.number);
}

function sentencesOf(verdict: Verdict): readonly string[] {
  const { lost, repeated, stray, outputWrong, statesWrong, recordWrong, chain } = verdict;
  const all = [...lost, ...repeated, ...stray, ...outputWrong, ...statesWrong, ...recordWrong];
  return chain.ok ? all : [...all, `audit verify: ${chain.says}`];
}
