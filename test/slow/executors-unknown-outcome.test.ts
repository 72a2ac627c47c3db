import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { startSandboxHost } from '#executors/ssh/sandbox/start-sandbox-host.ts';
import type { StepExecutor } from '#flow/executor-port.ts';
import type { TaskRow } from '#flow/ledger-port.ts';
import { performTask } from '#flow/perform-task.ts';
import { reconcileTask } from '#flow/reconcile-task.ts';
import { contractJudge, temporaryFolder } from '../executors/support/sandbox-world.ts';
import { anna, clock, flowsForTests, house } from '../flow/house-of-flows.ts';
import { contentWith, draftPlan, propose, shellStep } from '../ledger/house-of-tests.ts';

/** How often each trouble happens. CHIFFON_UNKNOWN_DROPS=200 CHIFFON_UNKNOWN_REBOOTS=50 for a night. */
const drops = Number(process.env['CHIFFON_UNKNOWN_DROPS'] ?? 8);
const reboots = Number(process.env['CHIFFON_UNKNOWN_REBOOTS'] ?? 4);

const { ledger, decide, worker } = flowsForTests();

describe('a command of which nobody can say what became of it', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let sandbox: Awaited<ReturnType<typeof startSandboxHost>>;
  let executor: StepExecutor;
  const boot = async () => {
    const directory = join(folder.path, 'sandbox');
    const knownHostsFile = join(folder.path, 'known_hosts');
    return await startSandboxHost({ directory, knownHostsFile, log: () => {} });
  };
  beforeAll(async () => {
    folder = await temporaryFolder();
    sandbox = await boot();
    executor = createStepExecutor({
      hosts: [sandbox.host],
      knownHostsFile: join(folder.path, 'known_hosts'),
      judge: contractJudge,
      durable: { graceSeconds: 1 },
    });
  });
  afterAll(async () => {
    await executor.close();
    await sandbox.stop();
    await folder.remove();
  });

  const home = () => join(folder.path, 'sandbox', 'home');
  const startsOf = (name: string) =>
    readFileSync(join(home(), name), 'utf8')
      .split('\n')
      .filter((line) => line === 'run').length;

  /** Carries out an approved plan of one step and lets `trouble` happen once its command has begun. */
  async function carryOut(
    name: string,
    trouble: (attempt: string) => Promise<void>,
    idempotent = false,
  ): Promise<TaskRow> {
    const step = {
      ...shellStep(1, sandbox.host.name, `echo run >>${name}; echo begun; sleep 600`),
      idempotent,
    };
    const proposed = await ledger().transact(async (tx) => {
      const plan = await draftPlan(tx);
      return { plan, hash: await propose(tx, plan, contentWith([step], name)) };
    });
    await decide(proposed, anna, 'approve');
    const [run] = await ledger().runs(proposed.plan);
    if (run === undefined) throw new Error('nothing was approved');
    const happened: Promise<void>[] = [];
    const perform: StepExecutor['perform'] = async (given, options) =>
      await executor.perform(given, {
        ...options,
        onOutput: async (chunk) => {
          await options.onOutput(chunk);
          if (happened.length === 0) happened.push(trouble(options.attemptId));
        },
      });
    await performTask({ ...worker('w1'), executor: { ...executor, perform } }, `${run.id}-s1`);
    await Promise.all(happened);
    // Whatever is delivered again, by whomever, starts nothing more.
    if (!idempotent) await performTask({ ...worker('w2'), executor }, `${run.id}-s1`);
    const task = await ledger().task(`${run.id}-s1`);
    if (task === null) throw new Error('the task vanished');
    return task;
  }

  async function expectReview(name: string, task: TaskRow, why: RegExp): Promise<void> {
    expect(task).toMatchObject({ state: 'review', errorClass: 'outcome_unknown' });
    expect(task.summary).toMatch(why);
    expect(task.attempts.map(({ outcome }) => outcome)).toEqual(['unknown']);
    expect(startsOf(name)).toBe(1);
    // The host is held for whoever looks; their word lets the next one in.
    const said = await reconcileTask(
      { ledger: ledger(), house, clock },
      { task: task.id, verdict: 'failed', person: anna },
    );
    expect(said.ok).toBe(true);
  }

  /** What becomes of processes that something kills without a word, while the network breaks too. */
  const killSupervisor = async (attempt: string) => {
    const read = (file: string) =>
      Number(readFileSync(join(home(), '.chiffon/attempts', attempt, file), 'utf8'));
    await expect.poll(() => read('group')).toBeGreaterThan(1);
    process.kill(read('pid'), 'SIGKILL');
    process.kill(-read('group'), 'SIGKILL');
    sandbox.dropConnections();
  };

  it(`goes to a person after each of ${drops} broken connections with a supervisor that is gone`, async () => {
    for (let i = 0; i < drops; i += 1) {
      await expectReview(`drop-${i}`, await carryOut(`drop-${i}`, killSupervisor), /supervisor .* is gone/);
    }
  }, 1_800_000);

  it(`goes to a person after each of ${reboots} restarts of the host`, async () => {
    for (let i = 0; i < reboots; i += 1) {
      const task = await carryOut(`boot-${i}`, async () => {
        await sandbox.stop();
        sandbox = await boot();
      });
      await expectReview(`boot-${i}`, task, /was restarted/);
    }
  }, 1_800_000);

  it('is tried again by itself only where the step says that it may run twice, and three times at most', async () => {
    let task = await carryOut('again', killSupervisor, true);
    for (let tries = 1; task.state === 'waiting_retry' && tries < 10; tries += 1) {
      let happened = false;
      const perform: StepExecutor['perform'] = async (given, options) =>
        await executor.perform(given, {
          ...options,
          onOutput: async (chunk) => {
            await options.onOutput(chunk);
            if (happened) return;
            happened = true;
            await killSupervisor(options.attemptId);
          },
        });
      await performTask({ ...worker('w3'), executor: { ...executor, perform } }, task.id);
      task = (await ledger().task(task.id)) ?? task;
    }
    expect(task.state).toBe('review');
    expect(task.attempts.length).toBe(3);
    expect(startsOf('again')).toBe(3);
  }, 120_000);

  it('is not one whose connection broke while it went on: that one is found again', async () => {
    const command = 'echo run >>found; echo begun; while [ ! -e go-on ]; do sleep 0.1; done; echo done';
    const step = shellStep(1, sandbox.host.name, command);
    const proposed = await ledger().transact(async (tx) => {
      const plan = await draftPlan(tx);
      return { plan, hash: await propose(tx, plan, contentWith([step], 'found')) };
    });
    // The host is free: the step before was left in review, and is settled first.
    for (const run of await ledger().runsIn(['review'])) {
      for (const { id, state } of await ledger().tasks(run.id)) {
        if (state === 'review')
          await reconcileTask(
            { ledger: ledger(), house, clock },
            { task: id, verdict: 'failed', person: anna },
          );
      }
    }
    await decide(proposed, anna, 'approve');
    const [run] = await ledger().runs(proposed.plan);
    let heard = 0;
    const perform: StepExecutor['perform'] = async (given, options) =>
      await executor.perform(given, {
        ...options,
        onOutput: async (chunk) => {
          await options.onOutput(chunk);
          heard += 1;
          if (heard > 1) return;
          sandbox.dropConnections();
          writeFileSync(join(home(), 'go-on'), '');
        },
      });
    await performTask({ ...worker('w1'), executor: { ...executor, perform } }, `${run?.id}-s1`);
    const task = await ledger().task(`${run?.id}-s1`);
    expect(task).toMatchObject({ state: 'completed' });
    expect(startsOf('found')).toBe(1);
    const log = (await ledger().readLog(run?.id ?? '', 0, 10_000)).chunks.map(({ text }) => text).join('');
    expect(log).toBe('begun\ndone\n');
  });
});
