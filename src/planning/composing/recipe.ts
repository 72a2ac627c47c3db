import { z } from 'zod';
import type { Risk } from '#core/risk.ts';

const sentence = z.string().trim().min(1);
const seconds = z.number().int().min(1).max(86_400);

/**
 * What has to be true for a part of a recipe to be used. All members must hold; an empty condition always holds.
 */
export const Condition = z.strictObject({
  /** How the service that is there is kept running. */
  manager: z
    .array(z.enum(['compose', 'docker', 'process']))
    .min(1)
    .optional(),
  /** What the service that is there was doing when it was seen. */
  state: z
    .array(z.enum(['running', 'stopped', 'unknown']))
    .min(1)
    .optional(),
  /** For `service-or-host`: which of the two is asked about. */
  about: z.enum(['service', 'host']).optional(),
  /** The catalog's names of services this is for. */
  services: z.array(sentence).min(1).optional(),
  /** Whether the catalog knows the service. */
  catalogued: z.boolean().optional(),
  /** Whether the catalog names an npm package for it. */
  package: z.boolean().optional(),
  /** Whether the owner has to provide settings for it. */
  needs: z.boolean().optional(),
  /** Whether it works without a second container. */
  standalone: z.boolean().optional(),
  /** Whether the catalog has a note about it for the card. */
  noted: z.boolean().optional(),
  /** Whether the catalog says that it can only be set up by hand. */
  by_hand: z.boolean().optional(),
  /** Whether the service can be asked over HTTP if it is well: its port is known, and it speaks HTTP for all we know. */
  health: z.boolean().optional(),
  /** Whether the catalog's image is a later version of the one that runs. */
  newer: z.boolean().optional(),
  docker: z.boolean().optional(),
  /** Docker with its compose plug-in. */
  compose: z.boolean().optional(),
  /** Node and npm. */
  npm: z.boolean().optional(),
  /** Programs that must all be on the host. */
  tools: z.array(sentence).min(1).optional(),
  /** Whether the service's port on the host is known. */
  port: z.boolean().optional(),
  /** Whether people reach the host's services on the machine itself only. */
  loopback: z.boolean().optional(),
  /** Whether something on the host has a folder under `services`. */
  hosting: z.boolean().optional(),
  /** Inputs that must have been said. */
  inputs: z.array(sentence).min(1).optional(),
  /** Inputs that must, or must not, be made of digits only. */
  digits: z.record(z.string(), z.boolean()).optional(),
});
export type Condition = z.infer<typeof Condition>;

/** How a step is taken back. Commands that only look may leave it out: "reads only". */
export const UndoText = z.union([
  z.strictObject({ reversible: sentence }),
  z.strictObject({ irreversible: sentence }),
  z.strictObject({ not_needed: sentence }),
]);
export type UndoText = z.infer<typeof UndoText>;

const common = {
  summary: sentence,
  when: Condition.optional(),
  undo: UndoText.optional(),
  /** Seconds after which the step counts as hanging. */
  timeout: seconds.optional(),
};

/** Repeats a step or an effect for each volume, needed setting or further port of the service. */
export const Each = z.enum(['volumes', 'needs', 'ports']);
export type Each = z.infer<typeof Each>;

const ShellRecipe = z.strictObject({
  ...common,
  uses: z.literal('shell'),
  command: sentence,
  each: Each.optional(),
  /** Whether running it twice does what running it once does. Commands that only look may leave it out. */
  idempotent: z.boolean().optional(),
});

/** Written by Chiffon instead of by a template: the service's compose.yaml; for npm its package.json and what installs it. */
const Rendered = z.enum(['compose-file', 'package-file', 'install-script']);
export type Rendered = z.infer<typeof Rendered>;

const FileRecipe = z.strictObject({
  ...common,
  uses: z.literal('file'),
  path: sentence,
  content: z.string().optional(),
  render: Rendered.optional(),
  mode: z
    .string()
    .regex(/^0[0-7]{3}$/, 'four octal digits, such as "0644"')
    .default('0644'),
});

/** The files that keep a program running on a host without a container engine. */
const SupervisorRecipe = z.strictObject({
  ...common,
  uses: z.literal('supervisor'),
  command: sentence,
  environment: z.record(
    z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'capital letters, digits and _ only'),
    z.string(),
  ),
});

/** Asks the service on its port whether it is well, as its catalog entry says. */
const HealthRecipe = z.strictObject({
  ...common,
  uses: z.literal('health'),
  /** How long it may take, in seconds. */
  within: seconds.default(60),
});

const HttpRecipe = z.strictObject({
  ...common,
  uses: z.literal('http'),
  url: sentence,
  status: z.array(z.number().int().min(100).max(599)).min(1).default([200]),
  body: sentence.optional(),
  within: seconds.default(60),
});

const WaitRecipe = z.strictObject({ ...common, uses: z.literal('wait'), seconds });

export const StepRecipe = z.discriminatedUnion('uses', [
  ShellRecipe,
  FileRecipe,
  SupervisorRecipe,
  HealthRecipe,
  HttpRecipe,
  WaitRecipe,
]);
export type StepRecipe = z.infer<typeof StepRecipe>;

export const EffectRecipe = z.strictObject({
  kind: z.enum(['service', 'container', 'file', 'folder', 'port', 'package', 'volume', 'command']),
  what: sentence,
  change: sentence,
  before: sentence.optional(),
  after: sentence.optional(),
  when: Condition.optional(),
  each: Each.optional(),
});
export type EffectRecipe = z.infer<typeof EffectRecipe>;

const Conditional = z.strictObject({ say: sentence, when: Condition.optional() });
/** A sentence, or several of which the first that fits is said. */
const Sentences = z.union([
  sentence.transform((say): z.infer<typeof Conditional>[] => [{ say }]),
  z.array(Conditional).min(1),
]);

/** Why nothing is planned, with requests that would work. */
const No = z.strictObject({ reason: sentence, suggestions: z.array(sentence).default([]) });

export const Variant = z.strictObject({
  /** The first variant whose condition holds is the plan. */
  when: Condition.default({}),
  /** Imperative, without the host: "Deploy {{service.title}}". */
  title: sentence.optional(),
  steps: z.array(StepRecipe).min(1),
  effects: z.array(EffectRecipe).default([]),
  notes: z.array(Conditional).default([]),
  /** How success will be seen, as a sentence; of several the first that fits. */
  verification: Sentences,
  /** How the whole is undone, as a sentence; of several the first that fits. */
  undo: Sentences,
  /** Whether the finished service's page is linked on the card. */
  link: z.boolean().default(false),
});
export type Variant = z.infer<typeof Variant>;

/** How a command becomes steps: `commands/<command>/steps.yaml`, beside its sentences. */
export const RecipeFile = z.strictObject({
  /**
   * What the command acts on: a service that is not on the host yet, one that is there, one that is there or else the
   * whole host, or only the host.
   */
  subject: z.enum(['new-service', 'service', 'service-or-host', 'host']),
  title: sentence,
  /** What stands between the title and the host: "Remove Immich from n100". */
  preposition: z.enum(['on', 'from', 'of']).default('on'),
  /** Whether the card shows free memory and disk, and little of either is warned about or refused. */
  fit: z.boolean().default(false),
  /** What the service is afterwards, for the parts of the same plan that come later. */
  becomes: z.enum(['running', 'stopped', 'gone']).optional(),
  refusals: z.array(No.extend({ when: Condition })).default([]),
  variants: z.array(Variant).min(1),
  /** Said when no variant fits. May be left out when the last variant always does. */
  otherwise: No.optional(),
});
export type RecipeFile = z.infer<typeof RecipeFile>;

/** A recipe with what the catalog says about its command. */
export interface Recipe extends RecipeFile {
  readonly command: string;
  readonly risk: Risk;
}

/** All recipes by command. */
export type Recipes = ReadonlyMap<string, Recipe>;
