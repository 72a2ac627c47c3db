import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A loopback address that leads to a server, and that can be cut and mended while programs use it. */
export interface BreakableLink {
  readonly port: number;
  /** Drops every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Lets connections through again, on the same port. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** @param at the port of the link itself; any free one unless told. */
export async function createBreakableLink(
  target: { readonly host: string; readonly port: number },
  at = 0,
): Promise<BreakableLink> {
  const sockets = new Set<Socket>();
  let port = at;
  let server: Server | undefined;

  function join(near: Socket): void {
    const far = connect({ ...target, noDelay: true });
    near.setNoDelay(true);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  }

  async function mend(): Promise<void> {
    if (server) return;
    server = createServer(join).listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
    port = address.port;
  }

  async function cut(): Promise<void> {
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    server = undefined;
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  await mend();
  return { port, cut, mend, close: cut };
}
