import { z } from 'zod';
import { RecordFilter } from './record-filter.ts';
import { Outcome } from './task.ts';

/** A moment that every surface writes in its reader's zone: with the time of day, or only the day. */
const Moment = z.strictObject({ at: z.string(), how: z.enum(['moment', 'day']) });

/** A sentence with moments in it. */
export const Wording = z.array(z.union([z.string(), Moment]));
export type Wording = z.infer<typeof Wording>;

/** Where more stands. */
export const AnswerLink = z.strictObject({
  kind: z.enum(['request', 'plan', 'run', 'log', 'commit']),
  /** What is pressed: "P-142", "run 142-1", "log", "a1b2c3d". */
  name: z.string(),
  /** A path of the console; null for what has no page there: a commit of the git trail, named by its whole hash. */
  path: z.string().nullable(),
  /** The whole hash of a commit. */
  commit: z.string().optional(),
});
export type AnswerLink = z.infer<typeof AnswerLink>;

/** One thing that happened. */
export const AnswerLine = z.strictObject({
  at: z.string().nullable(),
  /** The name of whoever did it; null for Chiffon itself. */
  who: z.string().nullable(),
  /** What was done: "Update Jellyfin on n100", "jellyfin: 3 × the port is taken". */
  what: z.string(),
  /** How it ended; null while it is under way and where there is no end. */
  outcome: z.enum([...Outcome.options, 'refused']).nullable(),
  /** More about it, without a full stop: "step 4: exit code 1", "revision 2, after 42 s, on Discord". */
  note: z.string().nullable(),
  links: z.array(AnswerLink),
});
export type AnswerLine = z.infer<typeof AnswerLine>;

/**
 * An answer about the record. The short sentence comes first; the lines are at most ten; `path` opens the console's
 * Audit page with exactly the filter that was asked. Texts may come from people and hosts: surfaces make them inert.
 */
export const RecordAnswer = z.strictObject({
  sentence: Wording,
  groups: z.array(z.strictObject({ title: z.string().nullable(), lines: z.array(AnswerLine) })),
  /** What is not shown; `atLeast` when counting stopped there. */
  more: z.strictObject({ count: z.number().int(), atLeast: z.boolean() }).nullable(),
  /** One more sentence: what is not in the list, or what to ask instead. */
  advice: z.string().nullable(),
  /** Lines a host printed last, shown as output. */
  output: z.string().nullable(),
  filter: RecordFilter,
  /** The console's page for the filter. */
  path: z.string(),
});
export type RecordAnswer = z.infer<typeof RecordAnswer>;

/** Lines an answer has at most; the Audit page shows the rest. */
export const mostAnswerLines = 10;
