import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SteadyClient } from '#queue/steady-client.ts';

/** A message of PostgreSQL's protocol: a letter, the length of the rest with itself, the rest. */
function message(letter: string, body: string): Buffer {
  const bytes = Buffer.from(body, 'latin1');
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length + 4);
  return Buffer.concat([Buffer.from(letter), length, bytes]);
}
const welcome = Buffer.concat([message('R', '\0\0\0\0'), message('Z', 'I')]);
const farewell = message(
  'E',
  'SFATAL\0C57P02\0Mterminating connection because of crash of another server process\0\0',
);

let server: Server;
let port: number;
const sockets = new Set<Socket>();
/** What the server does with somebody who has introduced himself. */
let greet: (socket: Socket) => void;

beforeEach(async () => {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => greet(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const config = () => ({ host: '127.0.0.1', port, user: 'somebody', database: 'anything' });

test('a server that crashes in the instant in which it lets a client in is an error of connecting, and ends nothing', async () => {
  greet = (socket) => socket.end(Buffer.concat([welcome, farewell]));
  // What the test is about: such a server does take a program with it that uses the library's own client as BullMQ does.
  const unheard = vi.fn();
  const plain = new pg.Client(config());
  plain.emit = new Proxy(plain.emit, {
    apply(emit, client, [event, ...more]: [string, ...unknown[]]) {
      if (event !== 'error' || plain.listenerCount('error') > 0)
        return Reflect.apply(emit, client, [event, ...more]);
      unheard();
      return false;
    },
  });
  await plain.connect();
  plain.on('error', () => {});
  expect(unheard).toHaveBeenCalled();

  await expect(new SteadyClient(config()).connect()).rejects.toThrow(/crash of another server process/);
  await expect(
    new Promise((resolve, reject) => {
      new SteadyClient(config()).connect((error: Error | null) =>
        error ? reject(error) : resolve('connected'),
      );
    }),
  ).rejects.toThrow(/crash of another server process/);
});

test('a connection that is lost while it is borrowed from a pool is told to whoever uses it, and ends nothing', async () => {
  greet = (socket) => socket.write(welcome);
  const pool = new pg.Pool({ ...config(), Client: SteadyClient });
  const client = await pool.connect();
  const lost = new Promise<void>((resolve) => client.once('end', resolve));
  for (const socket of sockets) socket.end(farewell);
  await lost;
  await expect(client.query('SELECT 1')).rejects.toThrow(/not queryable|closed|terminated/);
  client.release(true);
  await pool.end();
});
