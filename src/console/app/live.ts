import type { StreamMessage } from '#api/contract/house.ts';
import { type Connection, connection, onConnectionFailed } from './connection.ts';
import { type EventLine, openEventLine } from './event-line.ts';
import { signedOut } from './session.ts';
import { TabElection, type TabTalk } from './tab-election.ts';

type Listener = (message: StreamMessage) => void;

const listeners = new Set<Listener>();
let lastEventId: string | null = null;
let leave: (() => void) | null = null;

/** A tab that is looked at again after so long a silence asks for a new line, as timers may have slept. */
const staleMs = 20_000;
const signOfLifeMs = 2000;
const doubtMs = 3000;

/** Hears everything the server tells; returns how to stop. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Hears what the server tells until `disconnect`. Of all tabs of the same circle (whoever may hear the same) one holds
 * the line and passes on what it hears.
 */
export function stayConnected(circle: string): void {
  disconnect();
  const stop = new AbortController();
  const { signal } = stop;
  // Without channels between tabs (very old browsers) every tab leads.
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(`chiffon ${circle}`) : null;
  const say = (talk: TabTalk): void => {
    if (!signal.aborted) channel?.postMessage(talk);
  };
  let line: EventLine | null = null;
  let heardAt = Date.now();

  const show = (next: Connection): void => {
    if (next.state !== connection.peek().state) connection.value = next;
  };
  const tell = (next: Connection): void => {
    show(next);
    election.beat(next);
  };
  const hold = (): EventLine =>
    openEventLine({
      lastEventId: () => lastEventId,
      heard: () => {
        // Output can come many times a second; the other tabs only need to know that the line is alive.
        if (Date.now() - heardAt > signOfLifeMs) election.beat(connection.peek());
        heardAt = Date.now();
      },
      live: () => {
        heardAt = Date.now();
        tell({ state: 'live', since: heardAt });
      },
      lost: () => {
        if (connection.peek().state !== 'lost') tell({ state: 'lost', since: heardAt });
      },
      said: (id, data) => {
        say({ kind: 'said', id, data });
        deliver(id, data);
      },
      signedOut,
      surprised: reportError,
    });
  const election = new TabElection(
    say,
    {
      lead: () => {
        line ??= hold();
      },
      follow: () => {
        line?.close();
        line = null;
        // What happened before this tab listened is in the pages' answers only if they ask now.
        hand({ type: 'hello', at: new Date().toISOString(), lastEventId: 0 });
      },
      connection: (theirs) => {
        heardAt = Date.now();
        if (theirs.state !== 'connecting') show(theirs);
      },
    },
    () => document.visibilityState === 'visible',
  );

  channel?.addEventListener(
    'message',
    (event: MessageEvent<TabTalk>) => {
      const talk = event.data;
      if (talk.kind === 'said') deliver(talk.id, talk.data);
      else if (talk.kind === 'look') line?.retry();
      else election.hear(talk);
    },
    { signal },
  );
  const look = (): void => {
    if (line) line.retry();
    else say({ kind: 'look' });
  };
  onConnectionFailed(() => {
    // A call that fails while the line has just spoken says nothing about the line, and must not break it for all tabs.
    if (connection.peek().state === 'live' && Date.now() - heardAt > doubtMs) look();
  });
  addEventListener('online', look, { signal });
  addEventListener('offline', look, { signal });
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState !== 'visible' || Date.now() - heardAt < staleMs) return;
      if (line) line.retry();
      else election.lookAround();
    },
    { signal },
  );
  // A page that is put aside whole (the back button keeps it) must not hold the line: it hears nothing meanwhile.
  addEventListener(
    'pagehide',
    () => {
      election.leave();
      line?.close();
      line = null;
    },
    { signal },
  );
  addEventListener(
    'pageshow',
    (event) => {
      if (event.persisted) stayConnected(circle);
    },
    { signal },
  );

  leave = () => {
    election.leave();
    stop.abort();
    line?.close();
    channel?.close();
    onConnectionFailed(() => {});
  };
  election.join();
}

/** Hears nothing any more, for signing out. */
export function disconnect(): void {
  leave?.();
  leave = null;
}

function deliver(id: string | null, data: string): void {
  if (id !== null && id !== '') lastEventId = id;
  hand(JSON.parse(data) as StreamMessage);
}

function hand(message: StreamMessage): void {
  for (const listener of listeners) listener(message);
}
