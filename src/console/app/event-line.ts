import { eventStreamReader } from './event-stream.ts';

/** What whoever holds a line is told. */
export interface LineEvents {
  /** The id of the last event that arrived, so that a new line goes on behind it; null before the first. */
  lastEventId(): string | null;
  /** The first thing arrived over a line that is new. */
  live(): void;
  /** Something more arrived, if only a sign of life. */
  heard(): void;
  /** The line broke and the silent retry failed too. */
  lost(): void;
  said(id: string | null, data: string): void;
  /** Nobody is signed in any more: the line is closed and stays closed. */
  signedOut(): void;
  /** Something nobody foresaw went wrong while reading. The line is opened anew all the same. */
  surprised(problem: unknown): void;
}

/** A stream of events that is kept open. */
export interface EventLine {
  /** There are signs that the line is dead or could be had again: it is opened anew at once. */
  retry(): void;
  close(): void;
}

/** Heartbeats come every 15 s; after three missed ones the line is taken for dead. */
const silenceMs = 47_000;
/** The server greets whoever asks at once; without a greeting the line carries nothing. */
const greetingMs = 10_000;
const firstRetryMs = 150;
const lastRetryMs = 5000;

/**
 * Opens the stream of events and keeps it open until `close`. It is read with fetch rather than EventSource because
 * EventSource hides heartbeats (a dead line then looks alive) and gives up for good on a proxy's 502.
 */
export function openEventLine(events: LineEvents): EventLine {
  let wanted = true;
  let abort: AbortController | null = null;
  let aliveAt = Date.now();
  let failures = 0;
  let greeted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const connect = async (): Promise<void> => {
    const mine = new AbortController();
    abort = mine;
    aliveAt = Date.now();
    greeted = false;
    try {
      await read(mine.signal);
    } catch (problem) {
      // A line that broke or was given up is tried again; anything else is a mistake that belongs in the browser's log.
      if (!(problem instanceof TypeError || problem instanceof DOMException)) events.surprised(problem);
    }
    if (abort !== mine) return;
    abort = null;
    if (!wanted) return;
    failures += 1;
    // One silent retry: a server that restarts in a moment should not grey the page.
    if (failures > 1) events.lost();
    const wait = failures === 1 ? firstRetryMs : Math.min(500 * failures, lastRetryMs);
    timer = setTimeout(() => void connect(), wait);
  };

  const read = async (signal: AbortSignal): Promise<void> => {
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    const last = events.lastEventId();
    if (last !== null) headers['last-event-id'] = last;
    const response = await fetch('/api/v1/events', { headers, credentials: 'same-origin', signal });
    if (!wanted) return;
    if (response.status === 401) {
      close();
      events.signedOut();
      return;
    }
    if (!response.ok || !response.body) return;
    const parse = eventStreamReader();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let first = true; ; first = false) {
      const { done, value } = await reader.read();
      if (done || !wanted) return;
      aliveAt = Date.now();
      // Only what arrives shows that the line carries: a proxy that holds everything back sends the head at once.
      if (first) {
        failures = 0;
        greeted = true;
        events.live();
      } else events.heard();
      for (const event of parse(value)) events.said(event.id, event.data);
    }
  };

  const watch = setInterval(() => {
    if (Date.now() - aliveAt > (greeted ? silenceMs : greetingMs)) abort?.abort();
  }, 5000);

  const close = (): void => {
    wanted = false;
    clearTimeout(timer);
    clearInterval(watch);
    abort?.abort();
  };

  void connect();
  return {
    retry: () => {
      if (!wanted) return;
      clearTimeout(timer);
      if (abort) abort.abort();
      else void connect();
    },
    close,
  };
}
