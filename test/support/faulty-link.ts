import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * What a network can do to a connection: let every piece wait (`latency`), cut everything with a reset and refuse
 * what is new (`reset`), swallow bytes in both directions without a word (`silence`), or cut the stream into slivers
 * (`slices`).
 */
export const faults = ['latency', 'reset', 'silence', 'slices'] as const;
export type Fault = (typeof faults)[number];

/** A loopback address that leads to a server through a network whose faults the test chooses. */
export interface FaultyLink {
  readonly port: number;
  /** Lets a fault happen from now on; null for a network as it should be. */
  set(fault: Fault | null): void;
  close(): Promise<void>;
}

const latencyMs = 150;
const sliverBytes = 7;
/** Slivers sent one by one before the rest of a piece goes as it is, so that large outputs still move. */
const slivers = 40;

export async function createFaultyLink(target: {
  readonly host: string;
  readonly port: number;
}): Promise<FaultyLink> {
  const sockets = new Set<Socket>();
  let fault: Fault | null = null;

  async function pump(from: Socket, to: Socket): Promise<void> {
    const send = async (bytes: Buffer) => {
      if (!to.destroyed && !to.write(bytes)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    };
    for await (const piece of from as AsyncIterable<Buffer>) {
      if (fault === 'latency') await pause(latencyMs);
      // Bytes in a silent network are not lost but late, as TCP sends them again.
      while (fault === 'silence') await pause(20);
      if (fault !== 'slices') {
        await send(piece);
        continue;
      }
      let at = 0;
      for (; at < piece.length && at < sliverBytes * slivers; at += sliverBytes) {
        await send(piece.subarray(at, Math.min(at + sliverBytes, sliverBytes * slivers)));
        await pause(1);
      }
      if (at < piece.length) await send(piece.subarray(at));
    }
    to.end();
  }

  const server = createServer({ noDelay: true }, (near) => {
    near.on('error', () => {});
    if (fault === 'reset') {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ ...target, noDelay: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      pump(one, other).catch(() => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    port: address.port,
    set(next) {
      fault = next;
      if (next === 'reset') for (const socket of sockets) socket.resetAndDestroy();
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
