import { afterAll, beforeAll } from 'vitest';
import { type PlanContent, planHash } from '#core/plan.ts';
import type { Step } from '#core/step.ts';
import type { Ledger, LedgerTransaction, RunRow } from '#flow/ledger-port.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

/** A ledger in a database of the test file's own, opened before its tests and gone after them. */
export function ledgerForTests(): { readonly ledger: () => Ledger; readonly database: () => FreshDatabase } {
  let database: FreshDatabase | null = null;
  let ledger: Ledger | null = null;
  beforeAll(async () => {
    database = await freshDatabase();
    ledger = await createPostgresLedger({ url: database.url, applicationName: 'test' });
  });
  afterAll(async () => {
    await ledger?.close();
    await database?.drop();
  });
  return { ledger: () => opened(ledger), database: () => opened(database) };
}

function opened<T>(thing: T | null): T {
  if (thing === null) throw new Error('the test asks for its database before it is there');
  return thing;
}

export function shellStep(number: number, target = 'n100', command = `echo ${number}`): Step {
  return {
    id: `s${number}`,
    target,
    summary: `Say ${number}`,
    uses: 'shell',
    command,
    undo: { kind: 'not_needed', how: 'nothing changes' },
    idempotent: true,
    timeoutSeconds: 60,
  };
}

export function contentWith(steps: readonly Step[], title = 'Say something on n100'): PlanContent {
  return {
    version: 1,
    title,
    risk: 'change',
    intents: [{ command: 'deploy', inputs: { service: 'uptime-kuma' } }],
    steps: [...steps],
    effects: [],
    verification: 'It is said.',
    undo: 'Nothing to undo.',
    link: null,
  };
}

const rehearsal = { at: '2026-11-21T12:00:00.000Z', steps: [], facts: [], notes: [] };

/** A request with a plan in `drafting`. */
export async function draftPlan(tx: LedgerTransaction, text = 'deploy kuma'): Promise<number> {
  const request = await tx.insertRequest({ text, person: 'anna', surface: 'console', thread: null });
  await tx.answerRequest(request.id, { state: 'planned', reply: 'Looking.' });
  await tx.insertPlan({ id: request.id, title: text });
  return request.id;
}

/** Puts a first revision before the person and answers its hash. */
export async function propose(tx: LedgerTransaction, plan: number, content: PlanContent): Promise<string> {
  const hash = planHash(content);
  await tx.insertRevision({ plan, revision: 1, content, hash, rehearsal, askedFor: null });
  await tx.movePlan(
    plan,
    { states: ['drafting'] },
    { state: 'awaiting_approval', revision: 1, hash, risk: content.risk, title: content.title },
  );
  return hash;
}

/** Anna's yes. */
export async function approve(tx: LedgerTransaction, plan: number, hash: string): Promise<void> {
  await tx.movePlan(plan, { states: ['awaiting_approval'], revision: 1, hash }, { state: 'approved' });
  await tx.insertApproval({
    plan,
    revision: 1,
    hash,
    decision: 'approve',
    person: 'anna',
    surface: 'console',
    rule: null,
    comment: null,
  });
}

/** From words to a pending run, in one transaction. */
export async function openRun(
  ledger: Ledger,
  options: { readonly hosts?: readonly string[]; readonly steps?: number; readonly mutates?: boolean } = {},
): Promise<RunRow> {
  const hosts = options.hosts ?? ['n100'];
  const steps = Array.from({ length: options.steps ?? 1 }, (_, i) => shellStep(i + 1, hosts[0]));
  const content = contentWith(steps);
  return await ledger.transact(async (tx) => {
    const plan = await draftPlan(tx);
    const hash = await propose(tx, plan, content);
    await approve(tx, plan, hash);
    return await tx.insertRun({ plan, revision: 1, hash, mutates: options.mutates ?? true, hosts }, steps);
  });
}

/** A running run whose first task has an open attempt. */
export async function startAttempt(
  ledger: Ledger,
  attempt: string,
  leaseSeconds = 60,
): Promise<{ readonly run: string; readonly task: string }> {
  const run = await openRun(ledger);
  const task = `${run.id}-s1`;
  await ledger.transact(async (tx) => {
    await tx.moveRun(run.id, ['pending'], { state: 'running' });
    await tx.moveTask(task, ['pending'], { state: 'running' });
    await tx.openAttempt({ id: attempt, task, worker: 'w1', leaseSeconds });
  });
  return { run: run.id, task };
}
