import type { StoredEvent } from '#core/event.ts';
import type { StreamMessage } from '../contract/house.ts';
import type { ApiServices } from '../services.ts';
import type { TypedApp } from '../typed-app.ts';
import { auditRow } from '../views/audit-view.ts';
import { requestName } from '../views/names.ts';

/** Seconds between signs of life, so that proxies keep the connection and browsers notice a dead one. */
const heartbeatSeconds = 15;
/** Events a returning reader is sent again at most; further back it reads the pages anew. */
const mostMissed = 1000;

/** Server-sent events of everything: the ledger's events with their ids, and hints that a log has grown. */
export function eventRoutes(app: TypedApp, services: ApiServices): void {
  const { ledger, clock } = services;
  const open = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const end of open) end();
  });

  app.get(
    '/api/v1/events',
    { schema: { tags: ['events'], summary: 'Server-sent events; resumable with Last-Event-ID' } },
    async (request, reply) => {
      const given = Number(request.headers['last-event-id']);
      const newest = (await ledger.audit({ limit: 1 }))[0]?.id ?? 0;
      let last = Number.isSafeInteger(given) && given > 0 ? given : newest;
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const send = (message: StreamMessage, id?: number): void => {
        raw.write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(message)}\n\n`);
      };
      const sendEvent = (event: StoredEvent): void => {
        if (event.id <= last) return;
        last = event.id;
        send(
          {
            type: 'event',
            event: auditRow(event),
            requestId: event.plan === undefined ? null : requestName(event.plan),
          },
          event.id,
        );
      };
      // Listening starts before the missed events are read, so that none falls between the two.
      const early: StoredEvent[] = [];
      let caughtUp = false;
      const unlisten = await ledger.listen({
        event: (event) => (caughtUp ? sendEvent(event) : void early.push(event)),
        log: (runId, end) => send({ type: 'log', runId, end }),
      });
      send({ type: 'hello', at: clock.now().toISOString(), lastEventId: newest });
      for (const event of await ledger.eventsAfter(last, mostMissed)) sendEvent(event);
      for (const event of early) sendEvent(event);
      caughtUp = true;
      const beat = setInterval(() => raw.write(': still here\n\n'), heartbeatSeconds * 1000);
      const end = (): void => {
        clearInterval(beat);
        open.delete(end);
        raw.end();
        unlisten().catch((error: unknown) =>
          services.log.warn({ error }, 'an event stream could not stop listening'),
        );
      };
      open.add(end);
      raw.once('close', end);
    },
  );
}
