import { z } from 'zod';

/** What it takes to take a step back. */
export const Undo = z.strictObject({
  kind: z.enum(['not_needed', 'reversible', 'irreversible']),
  /** How, in a few words a person reads on the card: "stop the container", "the old file is kept". */
  how: z.string(),
});
export type Undo = z.infer<typeof Undo>;

const common = {
  /** Unique within the plan: `s1`, `s2` … in the order they run. */
  id: z.string().regex(/^s[1-9][0-9]*$/),
  /** The host it acts on, by the name the configuration gives it. */
  target: z.string(),
  /** Imperative, one line: "Write compose.yaml". */
  summary: z.string(),
  undo: Undo,
  /** True when running it twice does what running it once does; only then may an unknown outcome be tried again. */
  idempotent: z.boolean(),
  timeoutSeconds: z.number().int().positive(),
};

/** A command line, run by the host's /bin/sh in the login directory. */
export const ShellStep = z.strictObject({ ...common, uses: z.literal('shell'), command: z.string().min(1) });
/** A rendered file. A path without a leading slash is relative to the login directory. */
export const FileStep = z.strictObject({
  ...common,
  uses: z.literal('file'),
  path: z.string().min(1),
  content: z.string(),
  mode: z.string().regex(/^0[0-7]{3}$/),
});
/** Asks an HTTP address until it answers as expected or the time is up. Runs on Chiffon's side, not on the host. */
export const HttpStep = z.strictObject({
  ...common,
  uses: z.literal('http'),
  url: z.url(),
  /** Status codes that count as healthy. */
  expectStatus: z.array(z.number().int().min(100).max(599)).min(1),
  /** Text the body must contain, when given. */
  expectBody: z.string().optional(),
  /** How long it may take to become healthy. */
  withinSeconds: z.number().int().positive(),
});
/** Lets time pass. */
export const WaitStep = z.strictObject({
  ...common,
  uses: z.literal('wait'),
  seconds: z.number().int().positive(),
});

/** One action on one target, as planned. Everything it needs is resolved: nothing is looked up when it runs. */
export const Step = z.discriminatedUnion('uses', [ShellStep, FileStep, HttpStep, WaitStep]);
export type Step = z.infer<typeof Step>;
export type ShellStep = z.infer<typeof ShellStep>;
export type FileStep = z.infer<typeof FileStep>;
export type HttpStep = z.infer<typeof HttpStep>;
export type WaitStep = z.infer<typeof WaitStep>;
