import { z } from 'zod';
import { Card } from '#core/card.ts';
import { RecordAnswer } from '#core/record-answer.ts';
import { TimeZone } from './time-zone.ts';

export const NewRequest = z.strictObject({
  text: z.string(),
  /** Continues this thread, e.g. to answer its question. A new one is opened without it. */
  thread: z
    .string()
    .max(200)
    .regex(/^[^\p{Cc}]+$/u, 'must be the threadId of an earlier answer')
    .optional(),
  /**
   * The request whose card these words were pressed on. When they have the same planned again, whoever pressed is on it:
   * its alarms stop.
   */
  pressedOn: z
    .string()
    .regex(/^R-[1-9][0-9]{0,8}$/u, 'must be the requestId of an earlier answer')
    .optional(),
  /** The reader's time zone: days and times of day in the words are theirs. Without it those of the house. */
  zone: TimeZone.optional(),
});

export type NewRequest = z.infer<typeof NewRequest>;

export const RequestState = z.enum(['received', 'planned', 'answered', 'question', 'refused']);

export const NewRequestAnswer = z.object({
  requestId: z.string(),
  threadId: z.string(),
  planId: z.string().nullable(),
  state: RequestState,
  reply: z.string(),
  /** What the record answered, in parts; null for everything that is no question about it. */
  answer: RecordAnswer.nullable(),
  choices: z.array(z.object({ label: z.string(), words: z.string(), fact: z.string().optional() })),
  suggestions: z.array(z.string()),
});
export type NewRequestAnswer = z.infer<typeof NewRequestAnswer>;

/** One event of the record, as shown to people and programs. */
export const AuditRow = z.object({
  id: z.number().int(),
  at: z.string(),
  stream: z.string(),
  seq: z.number().int(),
  kind: z.string(),
  actor: z.string(),
  plan: z.string().nullable(),
  run: z.string().nullable(),
  host: z.string().nullable(),
  service: z.string().nullable(),
  outcome: z.string().nullable(),
  summary: z.string(),
  hash: z.string(),
});
export type AuditRow = z.infer<typeof AuditRow>;

/** One row of the list of requests. */
export const RequestSummary = z.object({
  requestId: z.string(),
  number: z.number().int(),
  planId: z.string().nullable(),
  runId: z.string().nullable(),
  title: z.string(),
  words: z.string(),
  person: z.string(),
  surface: z.string(),
  at: z.string(),
  /** The card's state and word. */
  state: z.string(),
  stateWord: z.string(),
  /** One line: the result, the question, the last line of output. */
  message: z.string().nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** Why somebody is called, until somebody says that they are on it. */
  alert: z
    .object({
      kind: z.enum(['gave_up', 'review']),
      /** What is true now, in one line. */
      headline: z.string(),
      /** What is needed from a person, in one line. */
      need: z.string(),
      at: z.string(),
    })
    .nullable(),
  /** Until when an answer is waited for; null when none is. */
  answerBy: z.string().nullable(),
  /** Step n of m while running. */
  step: z.object({ position: z.number().int(), of: z.number().int() }).nullable(),
});
export type RequestSummary = z.infer<typeof RequestSummary>;

export const RequestList = z.object({
  requests: z.array(RequestSummary),
  counts: z.object({
    all: z.number().int(),
    needsYou: z.number().int(),
    running: z.number().int(),
    failed: z.number().int(),
  }),
  /** Pass as `before` for the next page; null at the end. */
  next: z.string().nullable(),
});
export type RequestList = z.infer<typeof RequestList>;

/** One request with everything that became of it. */
export const RequestDetail = z.object({
  requestId: z.string(),
  number: z.number().int(),
  threadId: z.string(),
  card: Card,
  /** Older revisions, folded to one line each. */
  earlier: z.array(
    z.object({ revision: z.number().int(), hash: z.string(), words: z.string(), at: z.string() }),
  ),
  runs: z.array(
    z.object({
      runId: z.string(),
      state: z.string(),
      stateWord: z.string(),
      startedAt: z.string().nullable(),
      endedAt: z.string().nullable(),
    }),
  ),
  audit: z.array(AuditRow),
});
export type RequestDetail = z.infer<typeof RequestDetail>;
