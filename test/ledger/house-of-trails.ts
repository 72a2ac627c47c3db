import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { TrailSettings } from '#ledger/git-trail/keep-trail.ts';
import { createPostgresLedger, type PostgresLedger } from '#ledger/postgres-ledger.ts';
import { createRedactor, type Redactor } from '#platform/redaction/redactor.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { approve, contentWith, draftPlan, propose, shellStep } from './house-of-tests.ts';

/** A ledger with a trail beside it, in folders of its own. */
export interface TrailHouse {
  readonly database: FreshDatabase;
  readonly ledger: PostgresLedger;
  readonly folder: string;
  readonly redactor: Redactor;
  readonly warnings: unknown[];
  /** Keeps the trail until the answered function is called. */
  keep(): Promise<() => Promise<void>>;
  /** Keeps it just long enough to commit everything that happened. */
  keepUp(): Promise<void>;
  close(): Promise<void>;
}

export async function openTrailHouse(
  more: Partial<TrailSettings> = {},
  database?: FreshDatabase,
): Promise<TrailHouse> {
  const directory = await mkdtemp(join(tmpdir(), 'chiffon-trail-'));
  const own = database ?? (await freshDatabase());
  const settings = { ...trailSettings(join(directory, 'git-trail')), ...more };
  const ledger = await createPostgresLedger({ url: own.url, applicationName: 'test', trail: settings });
  const redactor = createRedactor();
  const warnings: unknown[] = [];
  const warn = (fields: object, message?: string): void => void warnings.push([fields, message]);
  const log = { info: () => {}, warn, error: warn };
  const pageOf = (request: number): string => `https://chiffon.example.org/r/${request}`;
  const keep = () => ledger.keepTrail({ redaction: redactor, pageOf, log });
  return {
    database: own,
    ledger,
    folder: settings.folder,
    redactor,
    warnings,
    keep,
    keepUp: async () => {
      const stop = await keep();
      await stop();
    },
    close: async () => {
      await ledger.close();
      if (database === undefined) await own.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function trailSettings(folder: string): TrailSettings {
  return {
    folder,
    authorName: 'Chiffon',
    authorEmail: 'chiffon@localhost',
    signingKey: null,
    remote: null,
  };
}

/** One house for a whole test file. */
export function trailHouseForTests(more: Partial<TrailSettings> = {}): () => TrailHouse {
  let house: TrailHouse | null = null;
  beforeAll(async () => {
    house = await openTrailHouse(more);
  });
  afterAll(async () => {
    await house?.close();
  });
  return () => {
    if (house === null) throw new Error('the test asks for its house before it is there');
    return house;
  };
}

/** From words to an approved plan, with the event of the decision. Answers the plan's number. */
export async function decide(
  house: Pick<TrailHouse, 'ledger'>,
  words = 'deploy kuma',
  comment: string | null = null,
): Promise<number> {
  const steps = [shellStep(1)];
  const content = contentWith(steps, `Say ${words} on n100`);
  return await house.ledger.transact(async (tx) => {
    const plan = await draftPlan(tx, words);
    const hash = await propose(tx, plan, content);
    await approve(tx, plan, hash);
    await tx.append({
      stream: `plan:${plan}`,
      kind: 'plan.approved',
      actor: 'anna',
      plan,
      host: 'n100',
      service: 'uptime-kuma',
      summary: `Anna approved “${content.title}”${comment === null ? '' : `: ${comment}`}.`,
      data: { revision: 1, hash, rule: null },
    });
    await tx.insertRun({ plan, revision: 1, hash, mutates: true, hosts: ['n100'] }, steps);
    return plan;
  });
}

/** Carries the first run of a plan out, in the record at least. */
export async function finish(house: Pick<TrailHouse, 'ledger'>, plan: number): Promise<void> {
  const run = `${plan}-1`;
  const task = `${run}-s1`;
  const about = { stream: `run:${run}`, plan, run, host: 'n100' } as const;
  await house.ledger.transact(async (tx) => {
    await tx.moveRun(run, ['pending'], { state: 'running', startedAt: new Date().toISOString() });
    await tx.moveTask(task, ['pending'], { state: 'running' });
    await tx.openAttempt({ id: `attempt-${plan}`, task, worker: 'w1', leaseSeconds: 60 });
    await tx.append({
      ...about,
      kind: 'attempt.intended',
      actor: 'executor',
      summary: 'Try 1 is about to run.',
    });
  });
  await house.ledger.transact(async (tx) => {
    const end = {
      outcome: 'succeeded',
      exitCode: 0,
      errorClass: null,
      summary: 'Said.',
      records: {},
    } as const;
    await tx.closeAttempt(`attempt-${plan}`, 'w1', end);
    await tx.moveTask(task, ['running'], { state: 'completed', summary: 'Said.' });
    await tx.moveRun(run, ['running'], { state: 'completed', summary: 'It is said.' });
    await tx.append({
      ...about,
      kind: 'attempt.ended',
      actor: 'executor',
      outcome: 'succeeded',
      summary: 'Said.',
    });
    await tx.append({
      ...about,
      kind: 'run.completed',
      actor: 'chiffon',
      outcome: 'succeeded',
      summary: 'It is said.',
    });
  });
}

/** What git answers, as a person would ask it. */
export function git(folder: string, ...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return `${stdout}${args[0] === 'verify-commit' ? stderr : ''}`.trim();
}

export function subjects(folder: string): string[] {
  return git(folder, 'log', '--reverse', '--format=%s').split('\n');
}

/** Waits until something becomes true that nothing announces. */
export async function until(holds: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(async () => await holds(), { timeout: 20_000, interval: 50 });
}

export async function trailState(house: TrailHouse): Promise<string> {
  const states = await house.ledger.channelStates();
  const state = states.find(({ name }) => name === 'git trail');
  expect(state).toBeDefined();
  return `${state?.ok ? 'ok' : 'not ok'}: ${state?.detail}`;
}
