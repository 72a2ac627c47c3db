import { expect, test, vi } from 'vitest';
import { type PerformOptions, type StepExecutor } from '#flow/executor-port.ts';
import { performTask } from '#flow/perform-task.ts';
import { flowsForTests, rounds } from './house-of-flows.ts';

const flows = flowsForTests((line) =>
  line.startsWith('echo 1 on') ? { output: [{ stream: 'out', text: `${line}\n` }] } : undefined,
);
const { ledger, approved, worker, perform, starts, sql, story } = flows;

/** A worker whose executor does this instead of the step. */
function workerThat(performs: (options: PerformOptions) => ReturnType<StepExecutor['perform']>, name = 'w1') {
  const deps = worker(name);
  return {
    ...deps,
    executor: { ...deps.executor, perform: (_: unknown, options: PerformOptions) => performs(options) },
  };
}

const succeeded = {
  outcome: 'succeeded',
  exitCode: 0,
  errorClass: null,
  summary: 'Done',
  records: {},
} as const;

const logOf = async (run: string) =>
  (await ledger().readLog(run, 0, 1_000_000)).chunks.map((chunk) => chunk.text).join('');

test('a job for a later step starts nothing while an earlier one is not completed', async () => {
  const run = await approved({ steps: 3 });
  await perform(`${run.id}-s2`);
  await perform(`${run.id}-s3`);
  expect(starts(run.hosts[0] ?? '')).toBe(0);
  const states = (await ledger().tasks(run.id)).map((task) => task.state);
  expect(states).toEqual(['pending', 'pending', 'pending']);
});

test('who did a step goes on with the next ones at once, and jobs for these start nothing more', async () => {
  const run = await approved({ steps: 3 });
  await perform(`${run.id}-s1`);
  expect((await ledger().run(run.id))?.state).toBe('completed');
  const tasks = await ledger().tasks(run.id);
  expect(tasks.map(({ attempts }) => attempts.length)).toEqual([1, 1, 1]);
  await perform(`${run.id}-s2`);
  expect(starts(run.hosts[0] ?? '')).toBe(3);
});

test.each(['is to stop', 'is needed elsewhere'])(
  'a worker that %s leaves the next step to the queue',
  async (why) => {
    const run = await approved({ steps: 3 });
    const stopping = new AbortController();
    const deps = { ...worker('w1'), mayGoOn: () => why === 'is to stop' };
    const executor = {
      ...deps.executor,
      perform: async (...given: Parameters<typeof deps.executor.perform>) => {
        const result = await deps.executor.perform(...given);
        if (why === 'is to stop') stopping.abort();
        return result;
      },
    };
    await performTask({ ...deps, executor, stopping: stopping.signal }, `${run.id}-s1`);
    const states = (await ledger().tasks(run.id)).map((task) => task.state);
    expect(states).toEqual(['completed', 'pending', 'pending']);
    const jobs: string[] = [];
    await ledger().drainOutbox(async ({ id }) => void jobs.push(id), 1_000);
    expect(jobs).toContain(`${run.id}-s2`);
  },
);

test('jobs for what is not there, is over or waits in line start nothing', async () => {
  const first = await approved();
  const blocked = await approved({ host: first.hosts[0] ?? '' });
  await perform('nonsense');
  await perform(`${blocked.id}-s1`);
  await perform(`${first.id}-s1`);
  await perform(`${first.id}-s1`);
  expect(starts(first.hosts[0] ?? '')).toBe(1);
});

test('a job delivered again to the worker that has it, after its lease ran out, is done by one of the two', async () => {
  const run = await approved();
  const task = `${run.id}-s1`;
  const arrived = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const first = performTask(
    workerThat(async (options) => {
      await options.onOutput({ stream: 'out', text: 'one\n', endOffset: { out: 4, err: 0 } });
      arrived.resolve();
      await goOn.promise;
      await options.onOutput({ stream: 'out', text: 'two\n', endOffset: { out: 8, err: 0 } });
      return succeeded;
    }),
    task,
  );
  await arrived.promise;
  // Output is stored while more of it comes.
  await vi.waitFor(async () => expect(await logOf(run.id)).toBe('one\n'), 10_000);
  let again = 0;
  const secondWorker = workerThat(async (options) => {
    again += 1;
    expect(options).toMatchObject({ mayHaveStarted: true, resumeAt: { out: 4, err: 0 } });
    goOn.resolve();
    await first;
    await options.onOutput({ stream: 'out', text: 'two and three\n', endOffset: { out: 18, err: 0 } });
    return succeeded;
  });
  await performTask(secondWorker, task);
  expect(again, 'the lease still lasts').toBe(0);
  await sql(`UPDATE attempts SET lease_until = now() - interval '1 second' WHERE task = $1`, [task]);
  await performTask(secondWorker, task);
  expect(again).toBe(1);
  expect(await logOf(run.id)).toBe('one\ntwo and three\n');
  expect((await story(run.plan)).filter((event) => event.kind === 'attempt.ended')).toHaveLength(1);
});

test('a step that is not, to the letter, the approved one is not run', async () => {
  const run = await approved();
  await sql(
    `ALTER TABLE tasks DISABLE TRIGGER tasks_guard; UPDATE tasks SET step = replace(step, 'echo', 'echo -n');
     ALTER TABLE tasks ENABLE TRIGGER tasks_guard`,
  );
  await perform(`${run.id}-s1`);
  expect(starts(run.hosts[0] ?? '')).toBe(0);
  expect(await ledger().run(run.id)).toMatchObject({
    state: 'failed',
    summary: expect.stringContaining('not the one that was approved'),
  });
});

test('an executor that throws leaves a step whose outcome a person looks into, with a sentence', async () => {
  const other = await approved();
  const broken = workerThat(() => Promise.reject(new TypeError('no such thing')));
  for (let tries = 1; tries <= 5; tries += 1) await performTask(broken, `${other.id}-s1`);
  const task = await ledger().task(`${other.id}-s1`);
  expect(task).toMatchObject({ state: 'review', summary: expect.stringMatching(/^Chiffon itself met an/) });
  expect(task?.attempts.map((attempt) => attempt.outcome)).toEqual(['unknown', 'unknown', 'unknown']);
  expect((await ledger().run(other.id))?.state).toBe('review');
});

test('without a record nothing runs: while no event can be written, no command is started', async () => {
  const run = await approved();
  await sql('REVOKE INSERT ON events FROM chiffon_app');
  try {
    for (let tries = 1; tries <= 2 * rounds; tries += 1)
      await expect(perform(`${run.id}-s1`)).rejects.toThrow(/permission denied/);
    expect(starts(run.hosts[0] ?? '')).toBe(0);
    expect((await ledger().task(`${run.id}-s1`))?.state).toBe('pending');
  } finally {
    await sql('GRANT INSERT ON events TO chiffon_app');
  }
  await perform(`${run.id}-s1`);
  expect((await ledger().run(run.id))?.state).toBe('completed');
});

test('output that can not be stored is not taken for an unknown outcome: the command is found again later', async () => {
  const run = await approved();
  await sql('REVOKE INSERT ON log_chunks FROM chiffon_app');
  try {
    await expect(perform(`${run.id}-s1`)).rejects.toThrow(/permission denied/);
  } finally {
    await sql('GRANT INSERT ON log_chunks TO chiffon_app');
  }
  expect((await ledger().task(`${run.id}-s1`))?.state).toBe('running');
  await sql(`UPDATE attempts SET lease_until = now() - interval '1 second' WHERE task = $1`, [
    `${run.id}-s1`,
  ]);
  await perform(`${run.id}-s1`);
  expect((await ledger().run(run.id))?.state).toBe('completed');
  expect(starts(run.hosts[0] ?? '')).toBe(1);
  expect(await logOf(run.id)).toBe(`echo 1 on ${run.hosts[0]}\n`);
});
