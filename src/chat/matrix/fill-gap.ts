import { z } from 'zod';
import type { HomeserverClient } from './homeserver-client.ts';
import { isJoinOf, MatrixEvent } from './matrix-event.ts';
import { roomPath } from './rooms.ts';

const Page = z.object({ chunk: z.array(z.unknown()), end: z.string().optional() });

const pageSize = 100;
/** A room in which more was written while Chiffon was away is caught up with from here on. */
const mostEvents = 5_000;

export interface Gap {
  readonly room: string;
  /** Where the timeline that did arrive begins. */
  readonly from: string;
  /** Where the last one ended. */
  readonly to: string;
  /** The last event that was processed; null when none was. */
  readonly lastProcessed: string | null;
}

/**
 * The events between the last sync and the timeline of this one, oldest first: after downtime the homeserver sends only
 * the last few. Never goes back behind Chiffon's own coming into the room. `whole` is false when there were too many.
 * @throws when the homeserver does not answer
 */
export async function fillGap(
  client: Pick<HomeserverClient, 'call'>,
  userId: string,
  gap: Gap,
): Promise<{ readonly events: readonly unknown[]; readonly whole: boolean }> {
  const newestFirst: unknown[] = [];
  let from = gap.from;
  while (newestFirst.length < mostEvents) {
    const answer = await client.call({
      method: 'GET',
      path: roomPath(gap.room, 'messages'),
      query: { dir: 'b', from, to: gap.to, limit: pageSize },
    });
    const { chunk, end } = Page.parse(answer);
    for (const raw of chunk) {
      const event = MatrixEvent.safeParse(raw).data;
      if (event !== undefined && (event.event_id === gap.lastProcessed || isJoinOf(event, userId))) {
        return { events: newestFirst.reverse(), whole: true };
      }
      newestFirst.push(raw);
    }
    if (end === undefined || end === from || end === gap.to)
      return { events: newestFirst.reverse(), whole: true };
    from = end;
  }
  return { events: newestFirst.reverse(), whole: false };
}
