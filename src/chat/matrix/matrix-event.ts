import { z } from 'zod';

/** What is read of an event. Homeservers add much more. */
export const MatrixEvent = z.object({
  event_id: z.string(),
  type: z.string(),
  sender: z.string(),
  origin_server_ts: z.number().optional().catch(undefined),
  state_key: z.string().optional(),
  content: z.record(z.string(), z.unknown()).catch({}),
  redacts: z.string().optional().catch(undefined),
  unsigned: z.record(z.string(), z.unknown()).catch({}).default({}),
});
export type MatrixEvent = z.infer<typeof MatrixEvent>;

const Relation = z.object({
  rel_type: z.string().optional().catch(undefined),
  event_id: z.string().optional().catch(undefined),
  key: z.string().optional().catch(undefined),
  is_falling_back: z.boolean().optional().catch(undefined),
  'm.in_reply_to': z.object({ event_id: z.string() }).optional().catch(undefined),
});

export type Relation = z.infer<typeof Relation>;

/** How an event hangs together with others; empty when it doesn't. */
export function relationOf(event: Pick<MatrixEvent, 'content'>): Relation {
  const relation = Relation.safeParse(event.content['m.relates_to']);
  return relation.success ? relation.data : {};
}

/** The root of the thread an event stands in; null outside of threads. */
export function threadOf(event: Pick<MatrixEvent, 'content'>): string | null {
  const relation = relationOf(event);
  return relation.rel_type === 'm.thread' ? (relation.event_id ?? null) : null;
}

/** The event a redaction takes back; null for everything else. */
export function redactedBy(event: MatrixEvent): string | null {
  if (event.type !== 'm.room.redaction') return null;
  const inside = event.content['redacts'];
  return typeof inside === 'string' ? inside : (event.redacts ?? null);
}

/** Whether this event is the moment somebody came into the room; a new name or picture is not. */
export function isJoinOf(event: MatrixEvent, userId: string): boolean {
  if (event.type !== 'm.room.member' || event.state_key !== userId) return false;
  if (event.content['membership'] !== 'join') return false;
  const before = event.unsigned['prev_content'];
  return !(
    typeof before === 'object' &&
    before !== null &&
    'membership' in before &&
    before.membership === 'join'
  );
}

/** Whether an event was deleted: nothing is left of it but its frame. */
export function isRedacted(event: MatrixEvent): boolean {
  return event.unsigned['redacted_because'] !== undefined || Object.keys(event.content).length === 0;
}
