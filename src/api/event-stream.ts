import type { ServerResponse } from 'node:http';

/** Between signs of life, in milliseconds, so that proxies keep the connection and readers notice a dead one. */
const heartbeatMs = 15_000;
/** Bytes that may wait for a reader who does not read. Then it is let go; it comes back and says what it has. */
const mostUnread = 1024 * 1024;

/** One open connection with server-sent events (the HTML standard, section 9.2). */
export interface EventStream {
  readonly closed: boolean;
  /** Sends a message; with an id, a reader who comes back names it as the last one it has. */
  send(message: unknown, id?: number): void;
  /** Resolves when the reader has taken what was sent, or is gone. */
  drained(): Promise<void>;
  end(): void;
}

/**
 * Takes over an answer.
 *
 * @param headers what the rest of the server wants to stand at the top of every answer.
 * @param onEnd is called once with the stream, whoever ends it; before this returns when the reader is gone already.
 */
export function openEventStream(
  raw: ServerResponse,
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
  onEnd: (stream: EventStream) => void,
): EventStream {
  let closed = false;
  const write = (text: string): void => {
    if (closed) return;
    raw.write(text);
    if (raw.writableLength <= mostUnread) return;
    raw.destroy();
    finish();
  };
  const beat = setInterval(() => write(': still here\n\n'), heartbeatMs);
  const finish = (): void => {
    if (closed) return;
    closed = true;
    clearInterval(beat);
    raw.end();
    onEnd(stream);
  };
  const stream: EventStream = {
    get closed() {
      return closed;
    },
    send(message, id) {
      write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(message)}\n\n`);
    },
    async drained() {
      if (closed || !raw.writableNeedDrain) return;
      await new Promise<void>((resolve) => {
        const go = (): void => {
          raw.off('drain', go);
          raw.off('close', go);
          resolve();
        };
        raw.on('drain', go);
        raw.on('close', go);
      });
    },
    end: finish,
  };
  if (raw.destroyed || raw.socket?.destroyed === true) finish();
  else {
    raw.once('close', finish);
    // A connection that breaks says "close" too; without a listener its error would end the process.
    raw.on('error', finish);
    raw.writeHead(200, {
      ...Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      // With the stream its connection ends too; kept for a next request, it would hold up a server that closes.
      connection: 'close',
    });
  }
  return stream;
}
