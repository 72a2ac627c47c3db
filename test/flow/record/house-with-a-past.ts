import { openPlanner } from '#assembly/open-planner.ts';
import { canonicalJson } from '#core/canonical.ts';
import type { NewEvent } from '#core/event.ts';
import type { Person, Surface } from '#core/person.ts';
import { type PlanContent, planHash } from '#core/plan.ts';
import type { Step } from '#core/step.ts';
import type { ErrorClass } from '#core/task.ts';
import { askRecord } from '#flow/ask-record.ts';
import { createHouse } from '#flow/house.ts';
import { receiveRequest } from '#flow/receive-request.ts';
import { loadConfig } from '#platform/config/load-config.ts';
import { ledgerForTests, shellStep } from '../../ledger/house-of-tests.ts';
import { onConnection } from '../../support/postgres.ts';

export const anna: Person = { id: 'anna', name: 'Anna', role: 'owner' };
export const ben: Person = { id: 'ben', name: 'Ben', role: 'operator' };

/** A Saturday; 15:30 in Berlin. */
export const now = new Date('2026-11-28T14:30:00.000Z');

/** A moment of the week before, such as `at('Thu 14:05')`, or of a date, `at('2026-11-12 09:00')`; UTC. */
export function at(words: string): string {
  const [day = '', clock = ''] = words.split(' ');
  if (/^\d{4}-/.test(day)) return `${day}T${clock}:00.000Z`;
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  const back = (now.getUTCDay() - days.indexOf(day) + 7) % 7;
  const date = new Date(now.getTime() - back * 86_400_000).toISOString().slice(0, 10);
  return `${date}T${clock}:00.000Z`;
}

/** A plan that was carried out, or what became of it instead. */
export interface Past {
  readonly title: string;
  readonly command: string;
  readonly service?: string;
  readonly host?: string;
  readonly asked?: Person;
  readonly approved?: Person;
  readonly surface?: Surface;
  readonly started: string;
  readonly minutes?: number;
  /** Seconds between proposal and yes. */
  readonly hesitated?: number;
  readonly reads?: boolean;
  readonly failed?: { readonly errorClass: ErrorClass; readonly summary: string; readonly printed?: string };
  /** Further tries the step had. */
  readonly retries?: number;
  readonly thread?: string;
  /** Still under way. */
  readonly open?: boolean;
  /** What people decided instead of approving. */
  readonly instead?: 'rejected' | 'changes_requested';
}

/** A house whose record tells of the last weeks, in a database of the test file's own. */
export function houseWithAPast() {
  const { ledger, database } = ledgerForTests();
  const loaded = loadConfig({ environment: {}, cwd: '/nowhere' });
  if (!loaded.ok) throw new Error('the defaults have mistakes');
  const built = openPlanner({
    ...loaded.config,
    people: [
      { ...anna, role: 'owner', accounts: [], token: null, tokenFile: null },
      { ...ben, role: 'operator', accounts: [], token: null, tokenFile: null },
    ],
  });
  if (!built.ok) throw new Error('the catalog has mistakes');
  const house = createHouse([anna, ben], { timeZone: 'UTC', publicUrl: 'https://chiffon.example.org' });
  const clock = { now: () => now, freshId: () => 'id' };
  const deps = () => ({ ledger: ledger(), planner: built.planner, house, clock });
  // Below everything the ledger itself numbers.
  let events = -1_000_000;
  const streams = new Map<string, number>();

  /** Puts entries into the record as if they had been written then: nobody can do that without the database's superuser. */
  const recordAt = async (entries: readonly (NewEvent & { readonly at: string })[]): Promise<void> => {
    await onConnection(database().superuserUrl, async (client) => {
      await client.query('SET session_replication_role = replica');
      for (const entry of entries) {
        events += 1;
        const seq = (streams.get(entry.stream) ?? 0) + 1;
        streams.set(entry.stream, seq);
        await client.query(
          'INSERT INTO events (canonical, previous_hash, hash, at) VALUES ($1, $2, $3, $4)',
          [
            canonicalJson({ ...entry, id: events, seq }),
            '0'.repeat(64),
            (-events).toString(16).padStart(64, '0'),
            entry.at,
          ],
        );
      }
    });
  };

  const happened = async (past: Past): Promise<number> => {
    const { host = 'n100', asked = anna, approved = anna, surface = 'console', minutes = 2 } = past;
    const step: Step = { ...shellStep(1, host), summary: `${past.title} now` };
    const content: PlanContent = {
      version: 1,
      title: past.title,
      risk: past.reads === true ? 'read' : 'change',
      intents: [
        { command: past.command, inputs: past.service === undefined ? {} : { service: past.service } },
      ],
      steps: [step],
      effects: [],
      verification: 'It answers.',
      undo: 'Nothing to undo.',
      link: null,
    };
    const hash = planHash(content);
    const start = Date.parse(past.started);
    const ended = new Date(start + minutes * 60_000).toISOString();
    const proposed = new Date(start - (past.hesitated ?? 10) * 1000).toISOString();
    const mutates = past.reads !== true;
    const rule = past.reads === true ? 'policy.read-runs-at-once' : null;
    const { id, run } = await ledger().transact(async (tx) => {
      const request = await tx.insertRequest({
        text: past.title.toLowerCase(),
        person: asked.id,
        surface,
        thread: past.thread ?? null,
      });
      const plan = request.id;
      await tx.answerRequest(plan, { state: 'planned', reply: 'Looking.' });
      await tx.insertPlan({ id: plan, title: past.title });
      await tx.insertRevision({
        plan,
        revision: 1,
        content,
        hash,
        rehearsal: { at: proposed, steps: [], facts: [], notes: [] },
        askedFor: null,
      });
      await tx.movePlan(
        plan,
        { states: ['drafting'] },
        { state: 'awaiting_approval', revision: 1, hash, risk: content.risk, title: past.title },
      );
      if (past.instead !== undefined) return { id: plan, run: null };
      await tx.movePlan(plan, { states: ['awaiting_approval'], revision: 1, hash }, { state: 'approved' });
      await tx.insertApproval({
        plan,
        revision: 1,
        hash,
        decision: 'approve',
        person: rule === null ? approved.id : 'chiffon',
        surface,
        rule,
        comment: null,
      });
      const opened = await tx.insertRun({ plan, revision: 1, hash, mutates, hosts: [host] }, [step]);
      const task = `${opened.id}-s1`;
      await tx.moveRun(opened.id, ['pending'], { state: 'running', startedAt: past.started });
      await tx.moveTask(task, ['pending'], { state: 'running', startedAt: past.started });
      for (let number = 1; number <= (past.retries ?? 0) + 1; number += 1) {
        const last = number > (past.retries ?? 0);
        const attempt = `${task}-${number}`;
        await tx.openAttempt({ id: attempt, task, worker: 'w1', leaseSeconds: 60 });
        if (last && past.open === true) return { id: plan, run: opened.id };
        const outcome = !last ? 'unknown' : past.failed === undefined ? 'succeeded' : 'failed';
        await tx.closeAttempt(attempt, 'w1', {
          outcome,
          exitCode: outcome === 'failed' ? 1 : 0,
          errorClass: last ? (past.failed?.errorClass ?? null) : 'outcome_unknown',
          summary: past.failed?.summary ?? 'ended',
          records: {},
        });
      }
      const state = past.failed === undefined ? 'completed' : 'failed';
      await tx.moveTask(task, ['running'], {
        state,
        summary: past.failed?.summary ?? 'ended with exit code 0',
        errorClass: past.failed?.errorClass ?? null,
        endedAt: ended,
      });
      await tx.moveRun(opened.id, ['running'], { state, summary: 'It answers.', endedAt: ended });
      return { id: plan, run: opened.id };
    });
    if (past.failed?.printed !== undefined && run !== null) {
      await ledger().appendLog(`${run}-s1-${(past.retries ?? 0) + 1}`, [
        { stream: 'out', text: 'Pulling image\n', endOffset: { out: 14, err: 0 } },
        { stream: 'err', text: `${past.failed.printed}\n`, endOffset: { out: 14, err: 100 } },
        { stream: 'out', text: 'cleaning up\n', endOffset: { out: 26, err: 100 } },
      ]);
    }
    await onConnection(database().superuserUrl, async (client) => {
      await client.query('SET session_replication_role = replica');
      await client.query(
        'UPDATE attempts SET started_at = $2, ended_at = CASE WHEN ended_at IS NULL THEN NULL ELSE $3::timestamptz END WHERE task = $1',
        [`${run}-s1`, past.started, ended],
      );
      await client.query('UPDATE approvals SET at = $2 WHERE plan = $1', [id, past.started]);
      await client.query('UPDATE requests SET at = $2 WHERE id = $1', [id, proposed]);
    });
    const about = {
      plan: id,
      host,
      ...(past.service === undefined ? {} : { service: past.service }),
    };
    const plan = `plan:${id}`;
    const decided = {
      approve: 'plan.approved',
      rejected: 'plan.rejected',
      changes_requested: 'plan.changes_requested',
    } as const;
    const ran: Omit<NewEvent, 'kind' | 'summary'> = {
      ...about,
      stream: `run:${run}`,
      run: run ?? '',
      actor: 'chiffon',
      data: { mutates },
    };
    await recordAt([
      {
        ...about,
        stream: plan,
        at: proposed,
        kind: 'plan.proposed',
        actor: 'chiffon',
        summary: `${past.title}: 1 steps.`,
        data: { revision: 1, hash },
      },
      {
        ...about,
        stream: plan,
        at: past.started,
        kind: decided[past.instead ?? 'approve'],
        actor: rule === null ? approved.id : 'chiffon',
        summary: `${approved.name} decided on “${past.title}”.`,
        data: { revision: 1, hash, surface, rule },
      },
      ...(run === null
        ? []
        : [
            {
              ...ran,
              at: past.started,
              kind: 'run.started' as const,
              summary: `Run ${run} started on ${host}.`,
            },
            ...(past.open === true
              ? []
              : past.failed === undefined
                ? [
                    {
                      ...ran,
                      at: ended,
                      kind: 'run.completed' as const,
                      outcome: 'succeeded' as const,
                      summary: `${past.title}: done.`,
                    },
                  ]
                : [
                    {
                      ...ran,
                      at: ended,
                      kind: 'run.failed' as const,
                      outcome: 'failed' as const,
                      summary: `${past.title}: step 1 failed. ${past.failed.summary}`,
                    },
                  ]),
          ]),
    ]);
    return id;
  };

  return {
    ledger,
    database,
    deps,
    happened,
    recordAt,
    /** Asks as Anna in Berlin, without a thread and without leaving a trace. */
    ask: async (text: string, of: { readonly person?: Person; readonly zone?: string } = {}) =>
      await askRecord(deps(), { text, person: of.person ?? anna, zone: of.zone ?? 'Europe/Berlin' }),
    /** Asks in a thread, as it is done in chat. */
    say: async (text: string, thread: string, person: Person = anna) => {
      const received = await receiveRequest(deps(), {
        text,
        person,
        surface: 'console',
        thread,
        zone: 'Europe/Berlin',
      });
      if (!received.ok) throw new Error(received.reason);
      return received.value.request;
    },
  };
}
