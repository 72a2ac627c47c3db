import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TakenMessage {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ProviderDouble {
  readonly url: string;
  readonly taken: TakenMessage[];
  /** What it answers from now on; `away` breaks every connection off. */
  behave(status: number | 'away' | 'silent'): void;
  stop(): Promise<void>;
}

/** Something that takes messages over HTTP, as providers of push messages and monitors do. */
export async function startProviderDouble(): Promise<ProviderDouble> {
  const taken: TakenMessage[] = [];
  let behaviour: number | 'away' | 'silent' = 200;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    if (behaviour === 'away') return void request.socket.destroy();
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (behaviour === 'silent' || behaviour === 'away') return;
      if (behaviour < 300) {
        const { method = '', url = '', headers } = request;
        taken.push({ method, path: url, headers, body: Buffer.concat(parts).toString('utf8') });
      }
      response.writeHead(behaviour).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    behave: (next) => {
      behaviour = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
