import { z } from 'zod';
import { Risk } from '#core/risk.ts';

const sentence = z.string().trim().min(1);

/** What kind of thing an input is, and with that how it is found in words. */
export const InputKind = z.enum([
  'service',
  'host',
  'port',
  'stage',
  'task',
  'vm',
  'since',
  'text',
  'person',
  'plan',
]);
export type InputKind = z.infer<typeof InputKind>;

/** One thing a command wants to know. */
export const CommandInput = z.strictObject({
  kind: InputKind,
  required: z.boolean().default(false),
  /** The question asked when it is required and missing. */
  ask: sentence,
  /** For a person: only somebody this house knows is taken, and not any name. */
  known: z.boolean().optional(),
  /** The only values there are, each with other words for it. Without it any value of the kind is taken. */
  values: z.record(z.string(), z.array(sentence)).optional(),
});
export type CommandInput = z.infer<typeof CommandInput>;

/** A sentence and what it has to mean: documentation that a test checks. */
export const CommandExample = z.strictObject({
  say: sentence,
  means: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
});
export type CommandExample = z.infer<typeof CommandExample>;

/**
 * The sentences people say for one command: `commands/<command>/sentences.yaml`.
 *
 * Phrases are words with `{slots}`, `(one|of several)` and `[optional parts]`. Articles, "please" and the like need no
 * mention. A slot is the name of an input.
 */
export const CommandSentences = z.strictObject({
  command: z
    .string()
    .regex(/^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9_-]*)?$/, 'small letters, digits and at most one dot'),
  summary: sentence,
  /** The shortest complete request, for choices and suggestions: "restart {service}". */
  say: sentence,
  risk: Risk,
  /** Who answers: `steps` runs on a host, `ledger` reads the record, `none` is not built yet. */
  hands: z.enum(['steps', 'ledger', 'none']),
  /** For `hands: none`: what is missing, as a sentence for the person who asked. */
  missing: sentence.optional(),
  inputs: z.record(z.string().regex(/^[a-z][a-z_]*$/, 'small letters only'), CommandInput).default({}),
  /** The input that verbs and nouns act on; without it the first one. */
  object: z.string().optional(),
  /** Verbs for it. English's ways of saying them (would you mind …ing, it needs …ing) come for free. */
  verbs: z.array(sentence).default([]),
  /** Nouns for it: "a restart", as in "give it a restart", "it needs a restart". */
  nouns: z.array(sentence).default([]),
  /** Phrases that start with a verb and give an order. */
  orders: z.array(sentence).default([]),
  /** Whole questions and remarks that ask for exactly this. */
  questions: z.array(sentence).default([]),
  /** Names of what is wanted: "logs of {service}". "Show me", "what are the" and the like come for free. */
  labels: z.array(sentence).default([]),
  examples: z.array(CommandExample).min(1),
});
export type CommandSentences = z.infer<typeof CommandSentences>;
