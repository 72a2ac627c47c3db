import { z } from 'zod';
import type { StoredEvent } from '#core/event.ts';
import type { StreamMessage } from '../contract/house.ts';
import { type EventStream, openEventStream } from '../event-stream.ts';
import type { ApiServices } from '../services.ts';
import { problems, type TypedApp } from '../typed-app.ts';
import { auditRow } from '../views/audit-view.ts';
import { requestName } from '../views/names.ts';

/** Missed events are read in portions of this many. */
const portion = 500;

/** Server-sent events of everything: the ledger's events with their ids, and hints that a log has grown. */
export function eventRoutes(app: TypedApp, services: ApiServices): void {
  const { ledger, clock, log } = services;
  const open = new Set<EventStream>();
  app.addHook('preClose', async () => {
    for (const stream of open) stream.end();
  });

  app.get(
    '/api/v1/events',
    {
      // A HEAD request would wait for a body that never ends.
      exposeHeadRoute: false,
      schema: {
        tags: ['events'],
        summary: 'Server-sent events; resumable with Last-Event-ID',
        response: {
          200: {
            description: 'One StreamMessage an event; those of the record carry its id',
            content: { 'text/event-stream': { schema: z.string() } },
          },
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const newest = (await ledger.audit({ limit: 1 }))[0]?.id ?? 0;
      let last = lastSeen(request.headers['last-event-id'], newest);
      // Listening starts before the missed events are read, so that none falls between the two.
      const early: StoredEvent[] = [];
      let hearEvent = (event: StoredEvent): void => void early.push(event);
      let hearLog = (_run: string, _end: number): void => {};
      const unlisten = await ledger.listen({
        event: (event) => hearEvent(event),
        log: (run, end) => hearLog(run, end),
      });

      // From here on the answer is the stream's: what goes wrong ends it, and the reader comes back.
      reply.hijack();
      const stream = openEventStream(reply.raw, reply.getHeaders(), (ended) => {
        open.delete(ended);
        unlisten().catch((error: unknown) => log.warn({ error }, 'an event stream could not stop listening'));
      });
      if (stream.closed) return;
      open.add(stream);
      const send = (message: StreamMessage, id?: number): void => stream.send(message, id);
      const sendEvent = (event: StoredEvent): void => {
        if (event.id <= last) return;
        last = event.id;
        const requestId = event.plan === undefined ? null : requestName(event.plan);
        send({ type: 'event', event: auditRow(event), requestId }, event.id);
      };
      hearLog = (runId, end) => send({ type: 'log', runId, end });
      send({ type: 'hello', at: clock.now().toISOString(), lastEventId: newest });
      try {
        for (let missed = portion; missed === portion && !stream.closed; ) {
          const events = await ledger.eventsAfter(last, portion);
          for (const event of events) sendEvent(event);
          await stream.drained();
          missed = events.length;
        }
      } catch (error) {
        log.warn({ error }, 'an event stream could not read what its reader missed');
        stream.end();
        return;
      }
      for (const event of early) sendEvent(event);
      hearEvent = sendEvent;
    },
  );
}

/** The id a reader says it has; one from another record (the data was put away) counts as none. */
function lastSeen(header: string | string[] | undefined, newest: number): number {
  const given = Number(header);
  return header !== undefined && header !== '' && Number.isSafeInteger(given) && given >= 0 && given <= newest
    ? given
    : newest;
}
