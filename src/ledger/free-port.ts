import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range from which Linux and macOS take ports for outgoing connections, so that none of those sits on it. */
const range = { first: 20_000, count: 12_000 } as const;

/** A port of the loopback address that nobody listens on: the wanted one when it is free. */
export async function freePort(wanted: number | null): Promise<number> {
  if (wanted !== null && (await isFree(wanted))) return wanted;
  for (;;) {
    const port = range.first + Math.floor(Math.random() * range.count);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
