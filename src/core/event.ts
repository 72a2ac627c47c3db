import { z } from 'zod';

/** The facts Chiffon records. A stream's events are numbered from 1 and chained by hash. */
export const EventKind = z.enum([
  'request.received',
  'request.answered',
  'request.refused',
  'request.question',
  'plan.drafting',
  'plan.proposed',
  'plan.approved',
  'plan.rejected',
  'plan.changes_requested',
  'plan.parked',
  'plan.expired',
  'plan.superseded',
  'plan.decision_refused',
  'host.probed',
  'host.unreachable',
  'run.started',
  'run.blocked',
  'run.unblocked',
  'run.completed',
  'run.failed',
  'run.cancelled',
  'run.review',
  'task.started',
  'task.completed',
  'task.failed',
  'task.waiting_retry',
  'task.review',
  'task.cancelled',
  'task.reconciled',
  'attempt.intended',
  'attempt.ended',
  'alert.raised',
  'alert.acknowledged',
  'channel.lost',
  'channel.back',
  'session.opened',
  'session.refused',
  'system.started',
  'system.stopped',
]);
export type EventKind = z.infer<typeof EventKind>;

/** An event about to be appended. Columns that questions filter by stand beside the free-form data. */
export interface NewEvent {
  /** `request:142`, `plan:142`, `run:142-1`, `host:n100`, `system`. */
  readonly stream: string;
  readonly kind: EventKind;
  /** Who: a person's id, or `chiffon`. */
  readonly actor: string;
  readonly plan?: number;
  readonly run?: string;
  readonly host?: string;
  readonly service?: string;
  readonly outcome?: 'succeeded' | 'failed' | 'unknown' | 'cancelled' | 'refused';
  /** One sentence for a person. */
  readonly summary: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** An event as it stands in the ledger. */
export interface StoredEvent extends NewEvent {
  /** Position in the whole ledger, for paging and for `Last-Event-ID`. */
  readonly id: number;
  /** Position in its stream, from 1. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly hash: string;
  readonly previousHash: string;
}
