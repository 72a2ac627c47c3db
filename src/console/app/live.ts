import type { StreamMessage } from '#api/contract/house.ts';
import { connection, onConnectionFailed } from './connection.ts';
import { eventStreamReader } from './event-stream.ts';
import { signedOut } from './session.ts';

type Listener = (message: StreamMessage) => void;

const listeners = new Set<Listener>();
let lastEventId: string | null = null;
let abort: AbortController | null = null;
let heardAt = 0;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Heartbeats come every 15 s; after three missed ones the connection is taken for dead. */
const silenceMs = 47_000;

/** Hears everything the server tells; returns how to stop. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Keeps one stream open for as long as the page lives. It reads the stream with fetch rather than EventSource because
 * EventSource hides heartbeats (a dead line then looks alive) and gives up for good on a proxy's 502.
 */
export function stayConnected(): void {
  onConnectionFailed(() => {
    if (connection.peek().state === 'live') abort?.abort();
  });
  addEventListener('online', retryNow);
  addEventListener('offline', () => abort?.abort());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && Date.now() - heardAt > 20_000) retryNow();
  });
  setInterval(() => {
    if (connection.peek().state === 'live' && Date.now() - heardAt > silenceMs) abort?.abort();
  }, 5000);
  void connect();
}

/** Ends the stream, for signing out. */
export function disconnect(): void {
  clearTimeout(timer);
  abort?.abort('signed out');
}

function retryNow(): void {
  clearTimeout(timer);
  if (abort) abort.abort();
  else void connect();
}

async function connect(): Promise<void> {
  const mine = new AbortController();
  abort = mine;
  try {
    await read(mine.signal);
  } catch (problem) {
    if (!(problem instanceof Error)) throw problem;
  }
  abort = null;
  if (mine.signal.reason === 'signed out') return;
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
