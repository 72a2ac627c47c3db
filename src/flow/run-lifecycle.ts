import { type PlanContent, planHash } from '#core/plan.ts';
import type { Clock } from './clock-port.ts';
import type { LedgerTransaction, RunRow } from './ledger-port.ts';

/**
 * Opens the run of an approved revision and lets it start, or wait for the run that holds its hosts.
 *
 * @throws when the content isn't the approved one.
 */
export async function openRun(
  tx: LedgerTransaction,
  clock: Clock,
  approved: {
    readonly plan: number;
    readonly revision: number;
    readonly hash: string;
    readonly content: PlanContent;
    readonly actor: string;
  },
): Promise<RunRow> {
  const { content } = approved;
  if (planHash(content) !== approved.hash)
    throw new Error(`what would be run of plan ${approved.plan} is not what was approved`);
  const run = await tx.insertRun(
    {
      plan: approved.plan,
      revision: approved.revision,
      hash: approved.hash,
      mutates: content.risk !== 'read',
      hosts: [...new Set(content.steps.map((step) => step.target))],
    },
    content.steps,
  );
  await startOrBlock(tx, clock, run, approved.actor);
  return run;
}

/**
 * Starts a pending run if its hosts are free. A run that only reads needs no host to itself. One that has to wait is
 * blocked and names the holder.
 */
export async function startOrBlock(
  tx: LedgerTransaction,
  clock: Clock,
  run: Pick<RunRow, 'id' | 'plan' | 'mutates' | 'hosts'>,
  actor: string,
): Promise<void> {
  const stream = `run:${run.id}`;
  const hold = run.mutates ? await tx.holdHosts(run.id, run.hosts) : { held: true as const };
  const moved = await tx.moveRun(run.id, ['pending'], {
    state: 'running',
    startedAt: clock.now().toISOString(),
    blockedBy: null,
  });
  if (!moved) return;
  if (!hold.held) {
    await tx.moveRun(run.id, ['running'], { state: 'blocked', blockedBy: hold.by, startedAt: null });
    await appendWait(tx, run, hold.by, actor);
    return;
  }
  await tx.append({
    stream,
    kind: 'run.started',
    actor,
    plan: run.plan,
    run: run.id,
    ...(run.hosts[0] === undefined ? {} : { host: run.hosts[0] }),
    summary: `Run ${run.id} started on ${run.hosts.join(', ')}.`,
  });
  await tx.enqueue({ kind: 'task', id: `${run.id}-s1` });
}

/** Lets go of a finished run's hosts, gives the next in line its turn, and tells the others for whom they wait now. */
export async function releaseAndWake(
  tx: LedgerTransaction,
  clock: Clock,
  run: Pick<RunRow, 'id'>,
): Promise<void> {
  for (const id of await tx.releaseHosts(run.id)) {
    const next = (await tx.lockRun(id))?.run ?? null;
    if (next === null || !(await tx.moveRun(id, ['blocked'], { state: 'pending', blockedBy: null })))
      continue;
    await tx.append({
      stream: `run:${id}`,
      kind: 'run.unblocked',
      actor: 'chiffon',
      plan: next.plan,
      run: id,
      summary: `Run ${run.id} is over, so run ${id} may try for its hosts.`,
    });
    await startOrBlock(tx, clock, next, 'chiffon');
  }
  for (const waiting of await tx.nameHolders()) await appendWait(tx, waiting, waiting.by, 'chiffon');
}

async function appendWait(
  tx: LedgerTransaction,
  run: Pick<RunRow, 'id' | 'plan' | 'hosts'>,
  holder: string,
  actor: string,
): Promise<void> {
  await tx.append({
    stream: `run:${run.id}`,
    kind: 'run.blocked',
    actor,
    plan: run.plan,
    run: run.id,
    summary: `Waits for run ${holder}, which comes first on ${run.hosts.join(', ')}.`,
    data: { holder, hosts: run.hosts },
  });
}
