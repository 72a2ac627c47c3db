import { z } from 'zod';
import { Intent } from '#core/intent.ts';
import { RecordAnswer } from '#core/record-answer.ts';
import { ErrorClass, RunState, TaskState } from '#core/task.ts';

/** What a question about the record came to. */
export const RecordReplyAnswer = z.object({
  /** Null when the words are no question about the record; the reply then says what to do instead. */
  answer: RecordAnswer.nullable(),
  intents: z.array(Intent),
  reply: z.string(),
  suggestions: z.array(z.string()),
});
export type RecordReplyAnswer = z.infer<typeof RecordReplyAnswer>;

/** How the work stands. */
export const TaskFigures = z.object({
  /** Runs that are not over, oldest first, with the step each is at. */
  running: z.array(
    z.object({
      runId: z.string(),
      planId: z.string(),
      state: RunState,
      hosts: z.array(z.string()),
      startedAt: z.string().nullable(),
      task: z
        .object({
          taskId: z.string(),
          position: z.number().int(),
          of: z.number().int(),
          summary: z.string(),
          state: TaskState,
          attempts: z.number().int(),
        })
        .nullable(),
    }),
  ),
  /** Further tries in the period. */
  retries: z.number().int(),
  /** Failed tries in the period, the most frequent class first. */
  failures: z.array(
    z.object({
      errorClass: ErrorClass,
      count: z.number().int(),
      lastAt: z.string(),
      lastTaskId: z.string(),
      lastRunId: z.string(),
      lastPlanId: z.string(),
      lastSummary: z.string().nullable(),
    }),
  ),
  /** The class of the newest failed try in the period; null when none failed. */
  lastError: z
    .object({ errorClass: ErrorClass, at: z.string(), taskId: z.string(), runId: z.string() })
    .nullable(),
});
export type TaskFigures = z.infer<typeof TaskFigures>;
