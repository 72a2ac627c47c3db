import { buildCard } from '#chat/cards/build-card.ts';
import type { Reader, RequestStory } from '#chat/cards/request-story.ts';
import { finalRunStates } from '#core/task.ts';
import type { Ledger, RunRow } from '#flow/ledger-port.ts';
import type { RunDetail, RunLog } from '../contract/runs.ts';
import { planName, requestName } from './names.ts';

export function runDetail(story: RequestStory, run: RunRow, reader: Reader, now: Date): RunDetail {
  return {
    runId: run.id,
    planId: planName(run.plan),
    requestId: requestName(run.plan),
    revision: run.revision,
    hash: run.hash,
    state: run.state,
    title: story.plan?.title ?? story.request.text,
    summary: run.summary,
    waitsFor: story.waitsFor,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    tasks: story.tasks.map((task) => ({
      taskId: task.id,
      stepId: task.step.id,
      position: task.position,
      summary: task.step.summary,
      target: task.step.target,
      state: task.state,
      result: task.summary,
      errorClass: task.errorClass,
      startedAt: task.startedAt,
      endedAt: task.endedAt,
      attempts: task.attempts.map((attempt) => ({
        attemptId: attempt.id,
        number: attempt.number,
        outcome: attempt.outcome,
        exitCode: attempt.exitCode,
        summary: attempt.summary,
        records: { ...attempt.records },
        startedAt: attempt.startedAt,
        endedAt: attempt.endedAt,
      })),
    })),
    card: buildCard(story, reader, now),
  };
}

/** Bytes of log in one answer; a longer log is asked for in pieces. */
const logBytes = 1024 * 1024;

export async function runLog(ledger: Ledger, run: RunRow, from: number): Promise<RunLog> {
  const { chunks, next, end } = await ledger.readLog(run.id, from, logBytes);
  const over =
    finalRunStates.includes(run.state) &&
    !(await ledger.tasks(run.id)).some((task) => task.state === 'running');
  return {
    runId: run.id,
    from: chunks[0]?.offset ?? from,
    next,
    end,
    complete: over && next >= end,
    text: chunks.map((chunk) => chunk.text).join(''),
    chunks: chunks.map((chunk) => ({
      offset: chunk.offset,
      bytes: chunk.bytes,
      taskId: chunk.task,
      stepId: chunk.task.slice(chunk.task.lastIndexOf('-') + 1),
      attempt: chunk.attempt,
      stream: chunk.stream,
      at: chunk.at,
      text: chunk.text,
    })),
  };
}
