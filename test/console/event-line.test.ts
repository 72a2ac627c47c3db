import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openEventLine } from '../../src/console/app/event-line.ts';

/** A server whose streams the test holds in its hands. */
class Server {
  readonly asked: (string | null)[] = [];
  status = 200;
  away = false;
  greets = true;
  #stream: ReadableStreamDefaultController<Uint8Array> | null = null;

  readonly fetch = async (_address: string, init: RequestInit): Promise<Response> => {
    this.asked.push(new Headers(init.headers).get('last-event-id'));
    if (this.away) throw new TypeError('Failed to fetch');
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#stream = controller;
        if (this.greets) this.send('data: hello\n\n');
        init.signal?.addEventListener('abort', () =>
          controller.error(new DOMException('aborted', 'AbortError')),
        );
      },
    });
    return new Response(this.status === 200 ? body : null, { status: this.status });
  };

  send(text: string): void {
    this.#stream?.enqueue(new TextEncoder().encode(text));
  }

  hangUp(): void {
    this.#stream?.close();
  }
}

let server: Server;
let told: string[];
let line: ReturnType<typeof openEventLine>;

function open(lastEventId: string | null = null): void {
  line = openEventLine({
    lastEventId: () => lastEventId,
    heard: () => {},
    live: () => told.push('live'),
    lost: () => told.push('lost'),
    said: (id, data) => {
      if (data !== 'hello') told.push(`${id}: ${data}`);
    },
    signedOut: () => told.push('signed out'),
    surprised: (problem) => told.push(`surprised: ${problem}`),
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  told = [];
  vi.stubGlobal('fetch', server.fetch);
});
afterEach(() => {
  line.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the line to the server', () => {
  test('hands on what is said and goes on behind the last event after a break', async () => {
    open('41');
    await vi.advanceTimersByTimeAsync(0);
    server.send('id: 42\ndata: {"a":1}\n\n');
    await vi.advanceTimersByTimeAsync(0);
    server.hangUp();
    await vi.advanceTimersByTimeAsync(200);
    expect(told).toEqual(['live', '42: {"a":1}', 'live']);
    expect(server.asked).toEqual(['41', '41']);
  });

  test('that breaks once is had again without a word; when that fails it is lost, and tried on', async () => {
    open();
    await vi.advanceTimersByTimeAsync(0);
    server.away = true;
    server.hangUp();
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toEqual(['live']);
    await vi.advanceTimersByTimeAsync(100);
    expect(told).toEqual(['live', 'lost']);
    server.away = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect(told.at(-1)).toBe('live');
  });

  test('that carries no sign of life for 47 s is taken for dead, while heartbeats keep it', async () => {
    open();
    await vi.advanceTimersByTimeAsync(0);
    for (let beat = 0; beat < 20; beat++) {
      await vi.advanceTimersByTimeAsync(15_000);
      server.send(': still here\n\n');
    }
    expect(server.asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(55_000);
    expect(server.asked.length).toBeGreaterThan(1);
  });

  test('that a proxy holds back is not taken for live', async () => {
    server.greets = false;
    open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(new Set(told)).toEqual(new Set(['lost']));
  });

  test('is not asked for again once nobody is signed in', async () => {
    server.status = 401;
    open();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(told).toEqual(['signed out']);
    expect(server.asked).toHaveLength(1);
  });

  test('that was closed stays closed', async () => {
    open();
    await vi.advanceTimersByTimeAsync(0);
    line.close();
    line.retry();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(server.asked).toHaveLength(1);
  });
});
