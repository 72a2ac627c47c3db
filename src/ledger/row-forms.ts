import type { HostFacts } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import type { Surface } from '#core/person.ts';
import { PlanContent, type PlanState, Rehearsal } from '#core/plan.ts';
import { PolicySnapshot } from '#core/policy-snapshot.ts';
import type { RecordAnswer } from '#core/record-answer.ts';
import type { Risk } from '#core/risk.ts';
import { Step } from '#core/step.ts';
import type { ErrorClass, Outcome, RunState, TaskState } from '#core/task.ts';
import type { Choice } from '#core/understanding.ts';
import type {
  ApprovalRow,
  AttemptRow,
  HostRow,
  PlanRow,
  RequestRow,
  RequestState,
  RevisionRow,
  RunRow,
  TaskRow,
} from '#flow/ledger-port.ts';
import type * as Stored from './prisma-client/client.ts';

/*
 * Stored rows as the flow knows them. PostgreSQL's checks hold the sets of words (states, surfaces, outcomes), so
 * they are taken as what they are; documents (plan, step, rehearsal) are parsed again, because they decide what runs.
 */

export function toRequest(row: Stored.Request): RequestRow {
  return {
    id: row.id,
    thread: row.thread,
    text: row.text,
    person: row.person,
    surface: row.surface as Surface,
    state: row.state as RequestState,
    reply: row.reply,
    choices: row.choices as unknown as readonly Choice[],
    suggestions: row.suggestions as unknown as readonly string[],
    intents: row.intents as unknown as readonly Intent[],
    answer: row.answer as RecordAnswer | null,
    at: row.at.toISOString(),
  };
}

export function toPlan(row: Stored.Plan): PlanRow {
  return {
    id: row.id,
    state: row.state as PlanState,
    revision: row.revision,
    hash: row.hash,
    risk: row.risk as Risk | null,
    title: row.title,
    note: row.note,
    answerBy: instant(row.answerBy),
    at: row.at.toISOString(),
    changedAt: row.changedAt.toISOString(),
  };
}

export function toRevision(row: Stored.Revision): RevisionRow {
  return {
    plan: row.planId,
    revision: row.revision,
    content: PlanContent.parse(JSON.parse(row.content)),
    hash: row.hash,
    rehearsal: Rehearsal.parse(JSON.parse(row.rehearsal)),
    askedFor: row.askedFor,
    at: row.at.toISOString(),
  };
}

export function toApproval(row: Stored.Approval): ApprovalRow {
  return {
    plan: row.planId,
    revision: row.revision,
    hash: row.hash,
    decision: row.decision as ApprovalRow['decision'],
    person: row.person,
    surface: row.surface as Surface,
    rule: row.rule,
    comment: row.comment,
    policy: row.policy === null ? null : PolicySnapshot.parse(JSON.parse(row.policy)),
    at: row.at.toISOString(),
  };
}

export function toRun(row: Stored.Run): RunRow {
  return {
    id: row.id,
    plan: row.planId,
    revision: row.revision,
    hash: row.hash,
    state: row.state as RunState,
    mutates: row.mutates,
    hosts: row.hosts,
    blockedBy: row.blockedBy,
    summary: row.summary,
    startedAt: instant(row.startedAt),
    endedAt: instant(row.endedAt),
    at: row.at.toISOString(),
  };
}

export function toTask(row: Stored.Task & { readonly attempts: readonly Stored.Attempt[] }): TaskRow {
  return {
    id: row.id,
    run: row.runId,
    position: row.position,
    step: Step.parse(JSON.parse(row.step)),
    state: row.state as TaskState,
    summary: row.summary,
    errorClass: row.errorClass as ErrorClass | null,
    startedAt: instant(row.startedAt),
    endedAt: instant(row.endedAt),
    attempts: row.attempts.map(toAttempt),
  };
}

export function toAttempt(row: Stored.Attempt): AttemptRow {
  return {
    id: row.id,
    task: row.taskId,
    number: row.number,
    worker: row.worker,
    leaseUntil: row.leaseUntil.toISOString(),
    outcome: row.outcome as Outcome | null,
    exitCode: row.exitCode,
    errorClass: row.errorClass as ErrorClass | null,
    summary: row.summary,
    records: row.records as Readonly<Record<string, string>>,
    outOffset: Number(row.outOffset),
    errOffset: Number(row.errOffset),
    startedAt: row.startedAt.toISOString(),
    endedAt: instant(row.endedAt),
  };
}

export function toHost(row: Stored.Host, heldBy: string | null, heldFor: HostRow['heldFor']): HostRow {
  return {
    host: row.host,
    facts: row.facts as unknown as HostFacts | null,
    unreachable: row.unreachable,
    seenAt: instant(row.seenAt),
    triedAt: row.triedAt.toISOString(),
    heldBy,
    heldFor,
  };
}

function instant(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
