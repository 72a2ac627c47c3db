import { hash } from 'node:crypto';

/**
 * What all events up to one come to. Each event's hash is folded into the hash of those before it, in order of their
 * ids, over all streams: so one short text vouches for every event, its text, its place and that there is no other,
 * and it can be checked at any number of places in one reading of the record.
 */
export interface EventHead {
  /** The id of the last event in it; 0 before the first. Ids have gaps. */
  readonly position: number;
  /** How many events are in it. */
  readonly events: number;
  readonly head: string;
}

export const noEvents: EventHead = { position: 0, events: 0, head: '0'.repeat(64) };

/** The head with one event more. */
export function withEvent(
  before: EventHead,
  event: { readonly id: number; readonly hash: string },
): EventHead {
  return { position: event.id, events: before.events + 1, head: foldHead(before.head, event.hash) };
}

/** The hash over all events, with one more. */
export function foldHead(head: string, eventHash: string): string {
  return hash('sha256', `${head}\n${eventHash}`);
}
