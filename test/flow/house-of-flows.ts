import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import type { HostFacts } from '#core/host.ts';
import type { Person } from '#core/person.ts';
import { createSimulatedExecutor } from '#executors/simulated/create-simulated-executor.ts';
import { createSimulatedWorld, type SimulatedCommand } from '#executors/simulated/simulated-world.ts';
import type { Clock } from '#flow/clock-port.ts';
import { decideApproval } from '#flow/decide-approval.ts';
import { createHouse } from '#flow/house.ts';
import type { Ledger, RunRow } from '#flow/ledger-port.ts';
import { type PerformTaskDeps, performTask } from '#flow/perform-task.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';
import type { Decision } from '#policy/decide-on-plan.ts';
import { contentWith, draftPlan, ledgerForTests, propose, shellStep } from '../ledger/house-of-tests.ts';
import { onConnection } from '../support/postgres.ts';

export const anna: Person = { id: 'anna', name: 'Anna', role: 'owner' };
export const ben: Person = { id: 'ben', name: 'Ben', role: 'operator' };
export const house = createHouse([anna, ben]);
export const clock: Clock = { now: () => new Date(), freshId: () => randomUUID() };

/** How often each race is run. More, for a night: CHIFFON_RACES=1000. */
export const rounds = Number(process.env['CHIFFON_RACES'] ?? 15);

/** A plan before people, on a host of its own, so that rounds don't wait for each other. */
export interface Proposed {
  readonly plan: number;
  readonly hash: string;
  readonly host: string;
}

function factsOf(host: string): HostFacts {
  return {
    host,
    at: '2026-11-21T12:00:00.000Z',
    os: 'Debian 13',
    arch: 'x86_64',
    user: 'chiffon',
    home: '/home/chiffon',
    address: host,
    docker: true,
    compose: true,
    node: null,
    npm: false,
    memoryTotalMb: null,
    memoryFreeMb: null,
    diskTotalMb: null,
    diskFreeMb: null,
    listeningPorts: [],
    tools: [],
    services: [],
  };
}

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const redaction = createRedactor();

/** A host for every plan of a file, in its long version too. */
const mostHosts = 40 * rounds + 20 * Number(process.env['CHIFFON_GATE'] ?? 0);

/** Two processes on one PostgreSQL, and hosts that are simulated. */
export function flowsForTests(command?: (line: string, runs: number) => SimulatedCommand | undefined) {
  const { ledger, database } = ledgerForTests();
  let second: Ledger | null = null;
  const stopped = new Map<string, Set<() => void>>();
  const hosts = Object.fromEntries(
    Array.from({ length: mostHosts }, (_, i) => [`h${i}`, { facts: factsOf(`h${i}`) }]),
  );
  const world = createSimulatedWorld({
    hosts,
    command: (step, runs) => command?.(step.command, runs),
  });
  let used = 0;

  beforeAll(async () => {
    second = await createPostgresLedger({ url: database().url, applicationName: 'second process' });
    await ledger().listen({
      event: (event) => {
        if (event.kind === 'run.cancelled') for (const tell of stopped.get(event.run ?? '') ?? []) tell();
      },
    });
  });
  afterAll(async () => {
    await second?.close();
  });

  const freshHost = (): string => {
    used += 1;
    return `h${used - 1}`;
  };
  const other = (): Ledger => second ?? ledger();
  const proposal = async (options: { readonly host?: string; readonly steps?: number } = {}) => {
    const host = options.host ?? freshHost();
    const steps = Array.from({ length: options.steps ?? 1 }, (_, i) =>
      shellStep(i + 1, host, `echo ${i + 1} on ${host}`),
    );
    return await ledger().transact(async (tx): Promise<Proposed> => {
      const plan = await draftPlan(tx);
      return { plan, hash: await propose(tx, plan, contentWith(steps, `Say something on ${host}`)), host };
    });
  };
  const decide = (
    proposed: Pick<Proposed, 'plan' | 'hash'>,
    person: Person,
    decision: Decision['decision'],
    comment: string | null = decision === 'changes' ? 'use port 3100' : null,
  ) =>
    decideApproval(
      { ledger: person === anna ? ledger() : other(), house, clock },
      {
        plan: proposed.plan,
        person,
        surface: 'console',
        decision: { decision, hash: proposed.hash, comment, code: null },
      },
    );
  const worker = (name: string, of: Ledger = ledger()): PerformTaskDeps => ({
    ledger: of,
    planner: { summarise: () => 'Said.' },
    executor: createSimulatedExecutor({ world }),
    clock,
    redaction,
    log: quiet,
    worker: name,
    // Tests let a lease run out when they mean to; a busy machine never does.
    leaseSeconds: 600,
    stopping: new AbortController().signal,
    mayGoOn: () => true,
    onRunStopped: (run, tell) => {
      const those = stopped.get(run) ?? new Set();
      stopped.set(run, those.add(tell));
      return () => those.delete(tell);
    },
  });
  const approved = async (options: Parameters<typeof proposal>[0] = {}): Promise<RunRow> => {
    const proposed = await proposal(options);
    const decided = await decide(proposed, anna, 'approve');
    const [run] = await ledger().runs(proposed.plan);
    if (!decided.ok || run === undefined) throw new Error('the plan was not approved');
    return run;
  };
  const sql = async <T extends object>(statement: string, values: unknown[] = []): Promise<T[]> =>
    (await onConnection(database().superuserUrl, (client) => client.query<T>(statement, values))).rows;

  return {
    ledger,
    other,
    database,
    world,
    freshHost,
    proposal,
    decide,
    approved,
    worker,
    sql,
    perform: (task: string, name = 'w1', of?: Ledger) => performTask(worker(name, of), task),
    /** One step and not the next: as a worker does when no other is free. */
    performOne: (task: string) => performTask({ ...worker('w1'), mayGoOn: () => false }, task),
    /** What was recorded about a plan and its runs, oldest first. */
    story: async (plan: number) => (await ledger().audit({ plan, limit: 1000 })).toReversed(),
    /** How often a step's command was started on its host. */
    starts: (host: string) => world.started.filter((each) => each.step.target === host).length,
  };
}

/** Runs each round of a race, five at a time, so that they also get in each other's way. */
export async function race(round: () => Promise<void>): Promise<void> {
  for (let done = 0; done < rounds; done += 5) {
    await Promise.all(Array.from({ length: Math.min(5, rounds - done) }, round));
  }
}

/** Begins a little later, each time another little, so that a race is not always won by the same side. */
export async function late<T>(mostMs: number, work: () => Promise<T>): Promise<T> {
  await pause(Math.random() * mostMs);
  return await work();
}
