import type { StreamMessage } from '#api/contract/house.ts';
import { connection, onConnectionFailed } from './connection.ts';
import { eventStreamReader } from './event-stream.ts';
import { signedOut } from './session.ts';

type Listener = (message: StreamMessage) => void;

const listeners = new Set<Listener>();
let lastEventId: string | null = null;
let abort: AbortController | null = null;
let heardAt = 0;
let triedAt = 0;
let failures = 0;
let wanted = false;
let watching = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Heartbeats come every 15 s; after three missed ones the connection is taken for dead. */
const silenceMs = 47_000;

/** Hears everything the server tells; returns how to stop. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Keeps one stream open until `disconnect`. It reads the stream with fetch rather than EventSource because EventSource
 * hides heartbeats (a dead line then looks alive) and gives up for good on a proxy's 502.
 */
export function stayConnected(): void {
  wanted = true;
  failures = 0;
  watchOnce();
  void connect();
}

/** Ends the stream, for signing out. */
export function disconnect(): void {
  wanted = false;
  clearTimeout(timer);
  abort?.abort();
}

/** Looks for signs that the line is dead, or may be alive again. */
function watchOnce(): void {
  if (watching) return;
  watching = true;
  onConnectionFailed(() => {
    if (connection.peek().state === 'live') abort?.abort();
  });
  addEventListener('online', retryNow);
  addEventListener('offline', () => abort?.abort());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && Date.now() - heardAt > 20_000) retryNow();
  });
  setInterval(() => {
    if (Date.now() - Math.max(heardAt, triedAt) > silenceMs) abort?.abort();
  }, 5000);
}

function retryNow(): void {
  if (!wanted) return;
  clearTimeout(timer);
  if (abort) abort.abort();
  else void connect();
}

async function connect(): Promise<void> {
  const mine = new AbortController();
  abort = mine;
  triedAt = Date.now();
  try {
    await read(mine.signal);
  } catch (problem) {
    // A line that broke or was given up is tried again; anything else is a mistake that belongs in the browser's log.
    if (!(problem instanceof TypeError || problem instanceof DOMException)) reportError(problem);
  }
  if (abort !== mine) return;
  abort = null;
  if (!wanted) return;
  failures += 1;
  // One silent retry: a server that restarts in a moment should not grey the page.
  if (failures > 1 && connection.peek().state !== 'lost')
    connection.value = { state: 'lost', since: heardAt || connection.peek().since };
  timer = setTimeout(() => void connect(), failures === 1 ? 150 : Math.min(500 * failures, 5000));
}

async function read(signal: AbortSignal): Promise<void> {
  const headers: Record<string, string> = { accept: 'text/event-stream' };
  if (lastEventId !== null) headers['last-event-id'] = lastEventId;
  const response = await fetch('/api/v1/events', { headers, credentials: 'same-origin', signal });
  if (response.status === 401) {
    disconnect();
    signedOut();
    return;
  }
  if (!response.ok || !response.body) return;
  failures = 0;
  heardAt = Date.now();
  connection.value = { state: 'live', since: heardAt };
  const parse = eventStreamReader();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heardAt = Date.now();
    for (const event of parse(value)) deliver(event.id, event.data);
  }
}

function deliver(id: string | null, data: string): void {
  if (id !== null && id !== '') lastEventId = id;
  const message = JSON.parse(data) as StreamMessage;
  for (const listener of listeners) listener(message);
}
