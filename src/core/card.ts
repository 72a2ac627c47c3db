import { z } from 'zod';
import { Effect, Rehearsal } from './plan.ts';
import { RecordAnswer } from './record-answer.ts';
import { Risk } from './risk.ts';

/** The one vocabulary of states people see, on every surface. Each has a shape and a word; colour comes third. */
export const CardState = z.enum([
  'needs_you',
  'question',
  'drafting',
  'waiting',
  'queued',
  'running',
  'retrying',
  'escalated',
  'done',
  'failed',
  'gave_up',
  'refused',
  'unknown',
  'answer',
  'rejected',
  'replaced',
  'stopped',
  'parked',
]);
export type CardState = z.infer<typeof CardState>;

/** A step as the card shows it: the plan's words and how far it has come. */
export const CardStep = z.strictObject({
  id: z.string(),
  position: z.number().int(),
  summary: z.string(),
  target: z.string(),
  uses: z.enum(['shell', 'file', 'http', 'wait']),
  /** Exactly what runs: the command line, the path written, the address asked. Never shortened. */
  exact: z.string(),
  /** The content of a file step, whole. */
  content: z.string().nullable(),
  undo: z.string(),
  rehearsed: z.boolean(),
  rehearsalNote: z.string().nullable(),
  diff: z.string().nullable(),
  state: CardState,
  stateWord: z.string(),
  /** What came of it, as a sentence, once there is something to say. */
  result: z.string().nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** How long it usually takes, in milliseconds, from earlier runs; null or absent when it never ran before. */
  usualMs: z.number().nullable().optional(),
});
export type CardStep = z.infer<typeof CardStep>;

/** Something a person can do now. */
export const CardAction = z.strictObject({
  kind: z.enum(['approve', 'reject', 'changes', 'cancel', 'answer', 'ask', 'reset', 'acknowledge', 'open']),
  /** Verb and object: "Approve and run". */
  label: z.string(),
  tone: z.enum(['primary', 'danger', 'plain']),
  /** For `answer` and `ask`: the words that are sent. For `open`: the address. */
  value: z.string().nullable(),
  /** Why this reader can't do it; null when they can. */
  blocked: z.string().nullable(),
});
export type CardAction = z.infer<typeof CardAction>;

/** What a surface draws for one request. Slots in fixed order, so the thumb learns where to look. */
export const Card = z.strictObject({
  request: z.number().int(),
  plan: z.number().int().nullable(),
  run: z.string().nullable(),
  revision: z.number().int().nullable(),
  hash: z.string().nullable(),
  state: CardState,
  /** The state in words, e.g. "Needs you", "Waiting for P-141". */
  stateWord: z.string(),
  title: z.string(),
  ask: z.strictObject({ person: z.string(), surface: z.string(), at: z.string(), words: z.string() }),
  /** What is true now or what happened, in one or two sentences. The answer itself for read-only requests. */
  message: z.string().nullable(),
  /** The same answer in parts, where the record was asked: surfaces draw it instead of the message. */
  answer: RecordAnswer.nullable().optional(),
  risk: Risk.nullable(),
  /** What must be read before a yes, a sentence each; drawn loudly. */
  warnings: z.array(z.string()).optional(),
  effects: z.array(Effect),
  steps: z.array(CardStep),
  rehearsal: Rehearsal.nullable(),
  verification: z.string().nullable(),
  undo: z.string().nullable(),
  cost: z.string().nullable(),
  /** Who decided what, when, where, in words; newest last. */
  decisions: z.array(z.strictObject({ words: z.string(), at: z.string(), comment: z.string().nullable() })),
  /** What changed from the revision before: only the delta. */
  delta: z.array(z.string()),
  /** Where the finished service opens. */
  link: z.string().nullable(),
  /** The code to type for a destructive plan; only for readers who may approve it. */
  confirmCode: z.string().nullable(),
  actions: z.array(CardAction),
  answerBy: z.string().nullable(),
  asOf: z.string(),
});
export type Card = z.infer<typeof Card>;
