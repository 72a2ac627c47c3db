import { z } from 'zod';
import { HostFacts } from '#core/host.ts';
import { Role } from '#core/person.ts';
import { AuditRow, RequestSummary } from './requests.ts';

export const Me = z.object({
  person: z.object({ id: z.string(), name: z.string(), role: Role }),
  /** Sent back as `x-csrf-token` with every change made by session cookie. */
  csrf: z.string().nullable(),
  version: z.string(),
  /** Three things worth typing, made from this house's own services. */
  examples: z.array(z.string()),
});
export type Me = z.infer<typeof Me>;

export const Machine = z.object({
  host: z.string(),
  address: z.string(),
  user: z.string(),
  facts: HostFacts.nullable(),
  unreachable: z.string().nullable(),
  seenAt: z.string().nullable(),
  triedAt: z.string().nullable(),
  /** The run that holds the machine, if any. */
  heldBy: z
    .object({ runId: z.string(), planId: z.string(), requestId: z.string(), title: z.string() })
    .nullable(),
});
export type Machine = z.infer<typeof Machine>;
export const MachineList = z.object({ machines: z.array(Machine) });
export type MachineList = z.infer<typeof MachineList>;

export const AuditAnswer = z.object({
  events: z.array(AuditRow),
  count: z.number().int(),
  next: z.string().nullable(),
});
export type AuditAnswer = z.infer<typeof AuditAnswer>;

export const VerifyAnswer = z.object({
  ok: z.boolean(),
  events: z.number().int(),
  streams: z.number().int(),
  gitCommits: z.number().int(),
  /** Events that no commit of the git trail vouches for yet. */
  unanchored: z.number().int(),
  firstBad: z.object({ stream: z.string(), seq: z.number().int(), why: z.string() }).nullable(),
  at: z.string(),
});
export type VerifyAnswer = z.infer<typeof VerifyAnswer>;

export const Check = z.object({
  name: z.string(),
  ok: z.boolean(),
  detail: z.string(),
  remedy: z.string().nullable(),
});
export type Check = z.infer<typeof Check>;
export const DoctorAnswer = z.object({ ok: z.boolean(), checks: z.array(Check) });
export type DoctorAnswer = z.infer<typeof DoctorAnswer>;

/** A chat platform or a phone of the configuration, and what was last heard of it. */
export const Channel = z.object({
  kind: z.enum(['discord', 'matrix', 'phone']),
  /** A phone's own name from the configuration; a platform's is its kind. */
  name: z.string(),
  /** What carries messages to a phone, such as ntfy; null for platforms. */
  provider: z.string().nullable(),
  state: z.enum(['works', 'not_well', 'not_tried']),
  detail: z.string(),
  remedy: z.string().nullable(),
  /** When that was true; null while nothing was heard. */
  at: z.string().nullable(),
  /** Why this reader can't send a test; null when they can, and for what can't be tested. */
  testBlocked: z.string().nullable(),
});
export type Channel = z.infer<typeof Channel>;
export const ChannelList = z.object({ channels: z.array(Channel) });
export type ChannelList = z.infer<typeof ChannelList>;

/** The configuration as it is in force, secrets left out; read-only in the console. */
export const Settings = z.object({
  file: z.string().nullable(),
  people: z.array(
    z.object({ id: z.string(), name: z.string(), role: z.string(), accounts: z.array(z.string()) }),
  ),
  hosts: z.array(
    z.object({ name: z.string(), address: z.string(), user: z.string(), jump: z.string().nullable() }),
  ),
  rules: z.array(z.object({ name: z.string(), words: z.string() })),
  /** Every other key with its value in force and whether it is the default. */
  values: z.array(
    z.object({ key: z.string(), value: z.string(), isDefault: z.boolean(), words: z.string() }),
  ),
  version: z.string(),
});
export type Settings = z.infer<typeof Settings>;

/** The first screen in one answer. */
export const Now = z.object({
  /** The newest of what waits for somebody: the oldest deadline first, and before all what gave up and calls. */
  needsYou: z.array(RequestSummary),
  /** How many wait in all. */
  needsYouCount: z.number().int(),
  running: z.array(RequestSummary),
  recent: z.array(RequestSummary),
  today: z.object({ runs: z.number().int(), failures: z.number().int() }),
  /** For the empty state: "Last change: Jellyfin, yesterday 14:06". */
  lastChange: z.object({ title: z.string(), at: z.string(), requestId: z.string() }).nullable(),
  machines: z.array(z.object({ host: z.string(), reachable: z.boolean(), seenAt: z.string().nullable() })),
  asOf: z.string(),
});
export type Now = z.infer<typeof Now>;

/** What `GET /api/v1/events` sends. `id` of the server-sent event is the ledger's event id; log hints carry none. */
export const StreamMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), event: AuditRow, requestId: z.string().nullable() }),
  z.object({ type: z.literal('log'), runId: z.string(), end: z.number().int() }),
  z.object({ type: z.literal('hello'), at: z.string(), lastEventId: z.number().int() }),
]);
export type StreamMessage = z.infer<typeof StreamMessage>;
