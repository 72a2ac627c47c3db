import { z } from 'zod';
import { Card } from '#core/card.ts';
import { RunState, TaskState } from '#core/task.ts';

export const RunDetail = z.object({
  runId: z.string(),
  planId: z.string(),
  requestId: z.string(),
  revision: z.number().int(),
  hash: z.string(),
  state: RunState,
  title: z.string(),
  summary: z.string().nullable(),
  /** "P-141 (Deploy Jellyfin on n100)" while another run holds the host. */
  waitsFor: z.string().nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  tasks: z.array(
    z.object({
      taskId: z.string(),
      stepId: z.string(),
      position: z.number().int(),
      summary: z.string(),
      target: z.string(),
      state: TaskState,
      result: z.string().nullable(),
      errorClass: z.string().nullable(),
      startedAt: z.string().nullable(),
      endedAt: z.string().nullable(),
      attempts: z.array(
        z.object({
          attemptId: z.string(),
          number: z.number().int(),
          outcome: z.string().nullable(),
          exitCode: z.number().int().nullable(),
          summary: z.string().nullable(),
          records: z.record(z.string(), z.string()),
          startedAt: z.string(),
          endedAt: z.string().nullable(),
        }),
      ),
    }),
  ),
  card: Card,
});
export type RunDetail = z.infer<typeof RunDetail>;

export const RunLog = z.object({
  runId: z.string(),
  /** Byte offset of `text`'s first byte in the run's log (UTF-8). */
  from: z.number().int(),
  /** Ask again with `?from=` this. */
  next: z.number().int(),
  /** How long the log is now. */
  end: z.number().int(),
  /** True when the run is over: nothing more will come behind `end`. */
  complete: z.boolean(),
  text: z.string(),
  /** Which bytes belong to which task and stream, in order. */
  chunks: z.array(
    z.object({
      offset: z.number().int(),
      bytes: z.number().int(),
      taskId: z.string(),
      stepId: z.string(),
      attempt: z.number().int(),
      stream: z.enum(['out', 'err', 'note']),
      at: z.string(),
      text: z.string(),
    }),
  ),
});
export type RunLog = z.infer<typeof RunLog>;
