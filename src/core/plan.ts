import { z } from 'zod';
import { canonicalJson, sha256Hex } from './canonical.ts';
import { Intent } from './intent.ts';
import { Risk } from './risk.ts';
import { Step } from './step.ts';

/** Something outside Chiffon that will be different afterwards. */
export const Effect = z.strictObject({
  host: z.string(),
  kind: z.enum(['service', 'container', 'file', 'folder', 'port', 'package', 'volume', 'command']),
  /** Which one: "uptime-kuma", "3001", "services/uptime-kuma/compose.yaml". */
  what: z.string(),
  /** What becomes of it, e.g. "created", "restarted", "deleted for good". */
  change: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
});
export type Effect = z.infer<typeof Effect>;

/** What an approval is bound to. Any difference in here is a different plan. */
export const PlanContent = z.strictObject({
  version: z.literal(1),
  /** Imperative, with object and host: "Deploy Uptime Kuma on sandbox". */
  title: z.string(),
  risk: Risk,
  intents: z.array(Intent),
  steps: z.array(Step).min(1),
  effects: z.array(Effect),
  /** How success will be seen, as a sentence. */
  verification: z.string(),
  /** How the whole is undone, as a sentence. */
  undo: z.string(),
  /** Where the finished service can be opened, when it has a page. */
  link: z.url().nullable(),
});
export type PlanContent = z.infer<typeof PlanContent>;

/** What was seen on the host for one step before anything ran. */
export const StepRehearsal = z.strictObject({
  stepId: z.string(),
  rehearsed: z.boolean(),
  /** What was observed, or why it could not be rehearsed. */
  note: z.string(),
  /** Unified diff for files. */
  diff: z.string().optional(),
});
export type StepRehearsal = z.infer<typeof StepRehearsal>;

/** What is known around a plan but is not part of what is approved. */
export const Rehearsal = z.strictObject({
  at: z.iso.datetime(),
  steps: z.array(StepRehearsal),
  /** Numbers for the card's fit lines: RAM, disk, port. */
  facts: z.array(z.strictObject({ label: z.string(), value: z.string() })),
  /** Things the approver should know: "Docker is not installed on sandbox, so the npm package is used". */
  notes: z.array(z.string()),
});
export type Rehearsal = z.infer<typeof Rehearsal>;

export const PlanState = z.enum([
  'drafting',
  'awaiting_approval',
  'approved',
  'rejected',
  'changes_requested',
  'superseded',
  'parked',
  'expired',
]);
export type PlanState = z.infer<typeof PlanState>;

/** SHA-256 of the canonical text of a plan's content: the name of exactly this revision. */
export function planHash(content: PlanContent): string {
  return sha256Hex(canonicalJson(content));
}

const codeAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** The six characters the owner types to approve a destructive plan: derived from the hash, without look-alikes. */
export function confirmCode(hash: string): string {
  const digest = sha256Hex(`chiffon confirm ${hash}`);
  return Array.from(
    { length: 6 },
    (_, i) => codeAlphabet[Number.parseInt(digest.slice(i * 2, i * 2 + 2), 16) % 32],
  ).join('');
}
