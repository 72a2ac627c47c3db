import { describe, expect, test } from 'vitest';
import { parkOverduePlans } from '#flow/park-overdue-plans.ts';
import type { Planner } from '#flow/planner-port.ts';
import { proposePlan } from '#flow/propose-plan.ts';
import { receiveRequest } from '#flow/receive-request.ts';
import { reconcileTask } from '#flow/reconcile-task.ts';
import { stopRun } from '#flow/stop-run.ts';
import { contentWith, draftPlan, shellStep } from '../ledger/house-of-tests.ts';
import { anna, ben, clock, flowsForTests, house, late, race, rounds } from './house-of-flows.ts';

const flows = flowsForTests((line) => {
  if (line.startsWith('echo 1 on')) return { output: [{ stream: 'out', text: `${line}\n`, after: 2 }] };
  return undefined;
});
const { ledger, other, proposal, decide, approved, perform, worker, story, starts, sql } = flows;

/** Long enough for a machine on which much else runs. */
const patience = { timeout: 60_000 + rounds * 2_000 };

/** Understands one thing that needs a question, a name alone as nothing, and everything else as a plan for one host. */
function plannerFor(host: string): Planner {
  const intents = [{ command: 'deploy', inputs: { service: 'uptime-kuma' } }];
  const planner: Partial<Planner> = {
    understand: (words) =>
      words === 'deploy it'
        ? {
            kind: 'question',
            question: 'Deploy what?',
            choices: [{ label: 'Kuma', words: 'deploy kuma' }],
            intents: [],
          }
        : words === 'Kuma'
          ? { kind: 'nothing', why: 'name_only', reply: 'What about it?', suggestions: [] }
          : { kind: 'intents', intents },
    hands: () => 'steps',
    riskOf: () => 'change',
    place: () => ({ kind: 'placed', hosts: [host], intents }),
    compose: () => ({ kind: 'plan', content: contentWith([shellStep(1, host)]), notes: [], facts: [] }),
  };
  return planner as Planner;
}

const codes = (results: readonly { readonly ok: boolean; readonly code?: string }[]) =>
  results.flatMap((result) => (result.ok ? [] : [result.code]));
const heldBy = async (run: string) => await sql('SELECT host FROM host_holds WHERE run = $1', [run]);

describe('two people at the same instant', () => {
  test('ten presses of Approve make one run, and nine are told who was first', patience, async () => {
    await race(async () => {
      const proposed = await proposal();
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, i) => decide(proposed, i % 2 === 0 ? anna : ben, 'approve')),
      );
      expect(results.filter((result) => result.ok)).toHaveLength(1);
      expect(codes(results)).toEqual(Array.from({ length: 9 }, () => 'already_decided'));
      const winner = (await ledger().approvals(proposed.plan)).map((row) => row.person);
      expect(winner).toHaveLength(1);
      const name = winner[0] === 'anna' ? 'Anna' : 'Ben';
      for (const result of results) {
        if (!result.ok)
          expect(result.reason).toBe(`This plan is already approved by ${name}. Nothing more was done.`);
      }
      expect(await ledger().runs(proposed.plan)).toHaveLength(1);
      const kinds = (await story(proposed.plan)).map((event) => event.kind);
      expect(kinds.filter((kind) => kind === 'plan.approved')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'run.started')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'plan.decision_refused')).toHaveLength(9);
    });
  });

  test.each(['reject', 'changes'] as const)('Approve and "%s": one counts', patience, async (against) => {
    await race(async () => {
      const proposed = await proposal();
      const [yes, no] = await Promise.all([
        late(4, () => decide(proposed, anna, 'approve')),
        late(4, () => decide(proposed, ben, against)),
      ]);
      expect([yes.ok, no.ok].filter((ok) => ok)).toHaveLength(1);
      expect(await ledger().runs(proposed.plan)).toHaveLength(yes.ok ? 1 : 0);
      expect(await ledger().approvals(proposed.plan)).toMatchObject([
        { decision: yes.ok ? 'approve' : against },
      ]);
      const state = (await ledger().plan(proposed.plan))?.state;
      expect(state).toBe(yes.ok ? 'approved' : against === 'reject' ? 'rejected' : 'changes_requested');
      expect(codes([yes, no])).toEqual([!yes.ok && against === 'changes' ? 'not_ready' : 'already_decided']);
    });
  });

  test(
    'Approve and the end of the time to answer: the plan is parked or runs, never both',
    patience,
    async () => {
      await race(async () => {
        const proposed = await proposal();
        await sql(`UPDATE plans SET answer_by = now() + interval '20 milliseconds' WHERE id = $1`, [
          proposed.plan,
        ]);
        const [yes] = await Promise.all([
          late(40, () => decide(proposed, anna, 'approve')),
          late(40, () => parkOverduePlans({ ledger: other() })),
        ]);
        await sql(
          `SELECT pg_sleep(greatest(0, extract(epoch FROM answer_by - now()))) FROM plans WHERE id = $1`,
          [proposed.plan],
        );
        await parkOverduePlans({ ledger: ledger() });
        const state = (await ledger().plan(proposed.plan))?.state;
        expect(state).toBe(yes.ok ? 'approved' : 'parked');
        // Too late is too late, whether somebody has parked it yet or not.
        expect(yes.ok ? 'approved' : yes.code).toMatch(/^(approved|parked|expired)$/);
        expect(await ledger().runs(proposed.plan)).toHaveLength(yes.ok ? 1 : 0);
      });
    },
  );

  test('two rounds that park at once park a plan once', patience, async () => {
    await race(async () => {
      const { plan } = await proposal();
      await sql(`UPDATE plans SET answer_by = now() - interval '1 second' WHERE id = $1`, [plan]);
      await Promise.all([parkOverduePlans({ ledger: ledger() }), parkOverduePlans({ ledger: other() })]);
      expect((await story(plan)).filter((event) => event.kind === 'plan.parked')).toHaveLength(1);
    });
  });

  test('two answers to one question start one plan', patience, async () => {
    await race(async () => {
      const planner = plannerFor(flows.freshHost());
      const ask = (of: typeof ledger, text: string, thread: string | null, person = anna) =>
        receiveRequest({ ledger: of(), planner, house, clock }, { text, thread, person, surface: 'console' });
      const asked = await ask(ledger, 'deploy it', null);
      if (!asked.ok) throw new Error(asked.reason);
      const { thread, id } = asked.value.request;
      const answers = await Promise.all([ask(ledger, '1', thread), ask(other, 'Kuma', thread, ben)]);
      // Whoever comes when all is over has said a name, and nobody asked for one any more.
      expect(['', 'already_answered']).toContain(codes(answers).join());
      expect(answers.filter((answer) => answer.ok && answer.value.planned)).toHaveLength(1);
      expect((await ledger().request(id))?.state).toBe('answered');
    });
  });

  test('two drafts of one plan at once propose it once', patience, async () => {
    await race(async () => {
      const host = flows.freshHost();
      const plan = await ledger().transact((tx) => draftPlan(tx));
      const draft = (of: typeof ledger) =>
        proposePlan({ ...worker('w', of()), planner: plannerFor(host), answerWithinHours: 24 }, plan);
      await Promise.all([draft(ledger), draft(other), draft(ledger)]);
      expect(await ledger().revisions(plan)).toHaveLength(1);
      expect(await ledger().plan(plan)).toMatchObject({ state: 'awaiting_approval', revision: 1 });
      expect((await story(plan)).filter((event) => event.kind === 'plan.proposed')).toHaveLength(1);
    });
  });

  test('a step in review is settled once', patience, async () => {
    await race(async () => {
      const run = await approved({ steps: 2 });
      const task = `${run.id}-s1`;
      await ledger().transact(async (tx) => {
        await tx.moveTask(task, ['pending'], { state: 'running' });
        await tx.moveTask(task, ['running'], { state: 'review' });
        await tx.moveRun(run.id, ['running'], { state: 'review' });
      });
      const settle = (of: typeof ledger, person: typeof anna, verdict: 'completed' | 'failed') =>
        reconcileTask({ ledger: of(), house, clock }, { task, verdict, person });
      const results = await Promise.all([settle(ledger, anna, 'completed'), settle(other, ben, 'failed')]);
      expect(codes(results)).toEqual(['not_in_review']);
      expect((await story(run.plan)).filter((event) => event.kind === 'task.reconciled')).toHaveLength(1);
      expect((await ledger().task(task))?.state).toBe(results[0].ok ? 'completed' : 'failed');
      expect((await ledger().run(run.id))?.state).toBe(results[0].ok ? 'running' : 'failed');
    });
  });
});

describe('a worker and somebody else', () => {
  test('of four workers with the same job one carries it out', patience, async () => {
    await race(async () => {
      const run = await approved();
      const task = `${run.id}-s1`;
      await Promise.all([
        perform(task, 'w1'),
        perform(task, 'w1'),
        perform(task, 'w2', other()),
        perform(task, 'w2', other()),
      ]);
      expect(starts(run.hosts[0] ?? '')).toBe(1);
      expect((await ledger().task(task))?.attempts).toMatchObject([{ outcome: 'succeeded', number: 1 }]);
      expect((await ledger().run(run.id))?.state).toBe('completed');
      expect(await heldBy(run.id)).toEqual([]);
      const log = await ledger().readLog(run.id, 0, 10_000);
      expect(log.chunks.map((chunk) => chunk.text).join('')).toBe(`echo 1 on ${run.hosts[0]}\n`);
    });
  });

  test(
    'an attempt whose worker is gone is taken over by one, also of two in one process',
    patience,
    async () => {
      await race(async () => {
        const run = await approved();
        const task = `${run.id}-s1`;
        await ledger().transact(async (tx) => {
          await tx.moveTask(task, ['pending'], { state: 'running' });
          await tx.openAttempt({ id: `gone-${run.id}`, task, worker: 'gone', leaseSeconds: 0 });
        });
        await Promise.all([perform(task, 'w1'), perform(task, 'w1'), perform(task, 'w2', other())]);
        expect(starts(run.hosts[0] ?? '')).toBe(1);
        const ends = (await story(run.plan)).filter((event) => event.kind === 'attempt.ended');
        expect(ends).toHaveLength(1);
        expect((await ledger().run(run.id))?.state).toBe('completed');
      });
    },
  );

  test(
    'Stop and the end of the last step: the run is stopped or completed, and its host is free',
    patience,
    async () => {
      await race(async () => {
        const run = await approved();
        const [, stopped] = await Promise.all([
          perform(`${run.id}-s1`),
          late(40, () => stopRun({ ledger: other(), house, clock }, { run: run.id, person: ben })),
        ]);
        // A stop may come before the worker took the job; then there is nothing to perform.
        const state = (await ledger().run(run.id))?.state;
        expect(state).toBe(stopped.ok ? 'cancelled' : 'completed');
        expect(codes([stopped])).toEqual(stopped.ok ? [] : ['already_over']);
        expect(['completed', 'cancelled']).toContain((await ledger().task(`${run.id}-s1`))?.state);
        expect(await heldBy(run.id)).toEqual([]);
        const kinds = (await story(run.plan)).map((event) => event.kind);
        const count = (kind: string) => kinds.filter((each) => each === kind).length;
        expect(count('attempt.ended')).toBe(count('attempt.intended'));
        expect(count('run.completed') + count('run.cancelled')).toBe(1);
      });
    },
  );

  test('Stop and the end of a step in the middle: nothing more is started afterwards', patience, async () => {
    await race(async () => {
      const run = await approved({ steps: 2 });
      const [, stopped] = await Promise.all([
        perform(`${run.id}-s1`).then(() => perform(`${run.id}-s2`)),
        late(40, () => stopRun({ ledger: other(), house, clock }, { run: run.id, person: ben })),
      ]);
      const states = (await ledger().tasks(run.id)).map((task) => task.state);
      expect((await ledger().run(run.id))?.state).toBe(stopped.ok ? 'cancelled' : 'completed');
      if (!stopped.ok) expect(states).toEqual(['completed', 'completed']);
      for (const state of states) expect(['completed', 'cancelled']).toContain(state);
      expect(await heldBy(run.id)).toEqual([]);
    });
  });

  test('two stops at once stop once', patience, async () => {
    await race(async () => {
      const run = await approved({ steps: 3 });
      const stops = await Promise.all(
        [ledger(), other()].map((of) => stopRun({ ledger: of, house, clock }, { run: run.id, person: anna })),
      );
      expect(codes(stops)).toEqual(['already_over']);
      expect((await story(run.plan)).filter((event) => event.kind === 'run.cancelled')).toHaveLength(1);
      expect(await heldBy(run.id)).toEqual([]);
    });
  });

  test(
    'a waiting run that is stopped while it would get its turn runs nothing, and the next one goes on',
    patience,
    async () => {
      await race(async () => {
        const host = flows.freshHost();
        const first = await approved({ host });
        const [second, third] = [await approved({ host }), await approved({ host })];
        expect(second.id).not.toBe(third.id);
        expect(await ledger().run(third.id)).toMatchObject({ state: 'blocked', blockedBy: first.id });
        const [, stopped] = await Promise.all([
          perform(`${first.id}-s1`),
          late(40, () => stopRun({ ledger: other(), house, clock }, { run: second.id, person: anna })),
        ]);
        expect(stopped.ok).toBe(true);
        expect((await ledger().run(first.id))?.state).toBe('completed');
        expect((await ledger().run(second.id))?.state).toBe('cancelled');
        await perform(`${second.id}-s1`);
        expect(await ledger().run(third.id)).toMatchObject({ state: 'running', blockedBy: null });
        await perform(`${third.id}-s1`);
        expect((await ledger().run(third.id))?.state).toBe('completed');
        expect(starts(host)).toBe(2);
        expect(await sql('SELECT run FROM host_holds WHERE host = $1', [host])).toEqual([]);
      });
    },
  );

  test(
    'plans for one host that are approved at once run one after the other, none is forgotten',
    patience,
    async () => {
      await race(async () => {
        const host = flows.freshHost();
        const plans = [await proposal({ host }), await proposal({ host }), await proposal({ host })];
        await Promise.all(plans.map((plan, i) => decide(plan, i === 0 ? anna : ben, 'approve')));
        for (let turn = 0; turn < plans.length; turn += 1) {
          const runs = (await Promise.all(plans.map((plan) => ledger().runs(plan.plan)))).flat();
          const running = runs.filter((run) => run.state === 'running');
          expect(running).toHaveLength(1);
          for (const run of runs.filter((each) => each.state === 'blocked'))
            expect(run.blockedBy).toBe(running[0]?.id);
          await perform(`${running[0]?.id}-s1`);
        }
        const ends = (await Promise.all(plans.map((plan) => ledger().runs(plan.plan)))).flat();
        expect(ends.map((run) => run.state)).toEqual(['completed', 'completed', 'completed']);
      });
    },
  );
});

test('after all of this the record is whole', async () => {
  expect(await ledger().verify()).toMatchObject({ ok: true, firstBad: null });
});
