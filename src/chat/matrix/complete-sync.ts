import { z } from 'zod';
import type { FlowLog } from '#flow/log-port.ts';
import { fillGap } from './fill-gap.ts';
import type { HomeserverClient } from './homeserver-client.ts';
import { isJoinOf, MatrixEvent } from './matrix-event.ts';

const Timeline = z.looseObject({
  events: z.array(z.unknown()).catch([]).default([]),
  limited: z.boolean().catch(false).default(false),
  prev_batch: z.string().optional().catch(undefined),
});
const JoinedRoom = z.looseObject({ timeline: Timeline.optional(), state: z.unknown().optional() });
const Sync = z.looseObject({
  next_batch: z.string(),
  rooms: z.looseObject({ join: z.record(z.string(), JoinedRoom).optional() }).optional(),
});

/** What a sync brought, as the SDK reads it, with nothing missing and nothing too much. */
export interface CompleteSync {
  readonly next: string;
  readonly raw: unknown;
  /** By room, the last event of it. */
  readonly last: ReadonlyMap<string, string>;
}

/**
 * Makes a sync complete: what was written while Chiffon was away is fetched and put in front, and what was written
 * before it came into a room is left out, as is everything on the very first sync.
 * @throws when the homeserver does not answer
 */
export async function completeSync(
  deps: { readonly client: Pick<HomeserverClient, 'call'>; readonly userId: string; readonly log: FlowLog },
  answer: unknown,
  since: string | null,
  lastOf: (room: string) => string | null,
  isWanted: (room: string) => boolean,
): Promise<CompleteSync> {
  const sync = Sync.parse(answer);
  const last = new Map<string, string>();
  const join: Record<string, unknown> = {};
  for (const [room, joined] of Object.entries(sync.rooms?.join ?? {})) {
    const timeline = joined.timeline ?? Timeline.parse({});
    const events = isWanted(room) ? await eventsOf(deps, room, timeline, since, lastOf(room)) : [];
    const newest = timeline.events
      .map((event) => MatrixEvent.safeParse(event).data)
      .findLast((event) => event !== undefined);
    if (newest !== undefined && isWanted(room)) last.set(room, newest.event_id);
    join[room] = { ...joined, timeline: { ...timeline, events } };
  }
  return { next: sync.next_batch, raw: { ...sync, rooms: { ...sync.rooms, join } }, last };
}

async function eventsOf(
  { client, userId, log }: Parameters<typeof completeSync>[0],
  room: string,
  timeline: z.infer<typeof Timeline>,
  since: string | null,
  lastProcessed: string | null,
): Promise<readonly unknown[]> {
  if (since === null) return [];
  const joinedAt = timeline.events.findLastIndex((raw) => {
    const event = MatrixEvent.safeParse(raw).data;
    return event !== undefined && isJoinOf(event, userId);
  });
  // The own joining stays in: the encryption has to see it.
  if (joinedAt >= 0) return timeline.events.slice(joinedAt);
  if (!timeline.limited || timeline.prev_batch === undefined) return timeline.events;
  const gap = await fillGap(client, userId, { room, from: timeline.prev_batch, to: since, lastProcessed });
  if (!gap.whole)
    log.warn({ room }, 'too much was written in a Matrix room meanwhile; the oldest of it was not read');
  return [...gap.events, ...timeline.events];
}
