import fc from 'fast-check';
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { PlanState } from '#core/plan.ts';
import { mayMoveTask, TaskState } from '#core/task.ts';
import { onConnection } from '../support/postgres.ts';
import { contentWith, draftPlan, ledgerForTests, openRun, propose, shellStep } from './house-of-tests.ts';

const { ledger, database } = ledgerForTests();

const allPairs = <S>(states: readonly S[]): readonly (readonly [S, S])[] =>
  states.flatMap((from) => states.map((to) => [from, to] as const));

/** Moves that lead from pending to each state. */
const wayTo: Readonly<Record<TaskState, readonly TaskState[]>> = {
  pending: [],
  running: ['running'],
  completed: ['running', 'completed'],
  failed: ['running', 'failed'],
  escalated: ['running', 'escalated'],
  blocked: ['running', 'blocked'],
  waiting_retry: ['running', 'waiting_retry'],
  review: ['running', 'review'],
  cancelled: ['cancelled'],
};

describe('PostgreSQL holds the table of task states that the core holds', () => {
  test('the function agrees with the core for every pair of states', async () => {
    await onConnection(database().url, async (client) => {
      for (const [from, to] of allPairs(TaskState.options)) {
        const { rows } = await client.query<{ may: boolean }>('SELECT may_move_task($1, $2) AS may', [
          from,
          to,
        ]);
        expect([from, to, rows[0]?.may]).toEqual([from, to, mayMoveTask(from, to)]);
      }
    });
  });

  test.each(['tasks', 'runs'])('a superuser too is refused every other move of %s', async (table) => {
    const run = await openRun(ledger());
    await onConnection(database().superuserUrl, async (client) => {
      const id = table === 'tasks' ? `${run.id}-s1` : run.id;
      if (table === 'tasks') await client.query(`UPDATE runs SET state = 'running' WHERE id = $1`, [run.id]);
      for (const [from, to] of allPairs(TaskState.options)) {
        if (from === to) continue;
        const moved = await undone(client, async () => {
          for (const state of wayTo[from]) await move(client, table, id, state);
          return await move(client, table, id, to);
        });
        expect([from, to, moved]).toEqual([from, to, mayMoveTask(from, to)]);
      }
    });
  });

  test.each(TaskState.options.filter((state) => state !== 'pending'))(
    'neither a run nor a task begins as %s',
    async (state) => {
      const run = await openRun(ledger());
      await onConnection(database().superuserUrl, async (client) => {
        const again = `INSERT INTO runs (id, plan, number, revision, hash, mutates, hosts, state)
          SELECT plan || '-2', plan, 2, revision, hash, mutates, hosts, $2 FROM runs WHERE id = $1`;
        await expect(client.query(again, [run.id, state])).rejects.toThrow(/begins as pending/);
        const task = `INSERT INTO tasks (id, run, position, step, state) SELECT 'other', run, 2, step, $2 FROM tasks WHERE run = $1`;
        await expect(client.query(task, [run.id, state])).rejects.toThrow(/begins as pending/);
      });
    },
  );
});

test('any sequence of moves ends in the state where the core would end', async () => {
  const run = await openRun(ledger());
  const id = `${run.id}-s1`;
  await onConnection(database().superuserUrl, async (client) => {
    await client.query(`UPDATE runs SET state = 'running' WHERE id = $1`, [run.id]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...TaskState.options), { maxLength: 12 }), async (moves) => {
        let expected: TaskState = 'pending';
        const stored = await undone(client, async () => {
          for (const to of moves) {
            if (mayMoveTask(expected, to)) expected = to;
            await move(client, 'tasks', id, to);
          }
          const { rows } = await client.query<{ state: string }>('SELECT state FROM tasks WHERE id = $1', [
            id,
          ]);
          return rows[0]?.state;
        });
        expect(stored).toBe(expected);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a task starts only in a running run', () => {
  test.each(TaskState.options.filter((state) => state !== 'running'))(
    'not when the run is %s',
    async (state) => {
      const run = await openRun(ledger());
      await onConnection(database().superuserUrl, async (client) => {
        for (const step of wayTo[state])
          await client.query('UPDATE runs SET state = $2 WHERE id = $1', [run.id, step]);
        const start = client.query(`UPDATE tasks SET state = 'running' WHERE run = $1`, [run.id]);
        await expect(start).rejects.toThrow(`cannot start, because run ${run.id} is ${state}`);
      });
    },
  );
});

const planMoves: Readonly<Record<PlanState, readonly PlanState[]>> = {
  drafting: ['awaiting_approval', 'approved', 'rejected', 'parked', 'superseded', 'expired'],
  awaiting_approval: ['approved', 'rejected', 'changes_requested', 'parked', 'superseded', 'expired'],
  changes_requested: ['drafting', 'awaiting_approval', 'rejected', 'superseded'],
  parked: ['drafting', 'awaiting_approval', 'changes_requested', 'rejected', 'superseded', 'expired'],
  approved: [],
  rejected: [],
  superseded: [],
  expired: [],
};

const wayToPlan: Readonly<Record<PlanState, readonly PlanState[]>> = {
  drafting: [],
  awaiting_approval: ['awaiting_approval'],
  changes_requested: ['awaiting_approval', 'changes_requested'],
  parked: ['parked'],
  approved: ['approved'],
  rejected: ['rejected'],
  superseded: ['superseded'],
  expired: ['expired'],
};

describe('a plan moves as people decide', () => {
  test('a superuser too is refused every other move', async () => {
    const content = contentWith([shellStep(1)]);
    const plan = await ledger().transact(async (tx) => {
      const id = await draftPlan(tx);
      await propose(tx, id, content);
      return id;
    });
    await onConnection(database().superuserUrl, async (client) => {
      // Back to the start, past the guard, with a revision at hand.
      await client.query(`ALTER TABLE plans DISABLE TRIGGER plans_guard`);
      await client.query(`UPDATE plans SET state = 'drafting' WHERE id = $1`, [plan]);
      await client.query(`ALTER TABLE plans ENABLE TRIGGER plans_guard`);
      for (const [from, to] of allPairs(PlanState.options)) {
        if (from === to) continue;
        const moved = await undone(client, async () => {
          for (const state of wayToPlan[from]) await move(client, 'plans', plan, state);
          return await move(client, 'plans', plan, to);
        });
        expect([from, to, moved]).toEqual([from, to, planMoves[from].includes(to)]);
      }
    });
  });

  test('a decided plan keeps its revision', async () => {
    const run = await openRun(ledger());
    await onConnection(database().superuserUrl, async (client) => {
      const change = client.query('UPDATE plans SET revision = 2 WHERE id = $1', [run.plan]);
      await expect(change).rejects.toThrow(`plan ${run.plan} is approved`);
    });
  });

  test('a proposal names a revision that exists', async () => {
    const plan = await ledger().transact((tx) => draftPlan(tx));
    await onConnection(database().superuserUrl, async (client) => {
      const propose = client.query(
        `UPDATE plans SET state = 'awaiting_approval', revision = 1, hash = repeat('a', 64) WHERE id = $1`,
        [plan],
      );
      await expect(propose).rejects.toThrow('plans_current_revision_fkey');
    });
  });
});

/** Tries a move and goes on as before when it is refused. */
async function move(client: pg.Client, table: string, id: string | number, to: string): Promise<boolean> {
  await client.query('SAVEPOINT before_move');
  try {
    const { rowCount } = await client.query(`UPDATE ${table} SET state = $2 WHERE id = $1 AND state <> $2`, [
      id,
      to,
    ]);
    return rowCount === 1;
  } catch (error) {
    expect(String(error)).toMatch(/cannot (go|start)/);
    await client.query('ROLLBACK TO SAVEPOINT before_move');
    return false;
  }
}

/** Runs `work` in a transaction that is undone afterwards. */
async function undone<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    return await work();
  } finally {
    await client.query('ROLLBACK');
  }
}
