import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HostAddress } from '#executors/host-address.ts';
import { ConnectionFailed } from '#executors/ssh/connection-failed.ts';
import { openConnection } from '#executors/ssh/open-connection.ts';
import { freshKeyPair } from '#executors/ssh/sandbox/key-pair.ts';
import { temporaryFolder } from './support/sandbox-world.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: Server;
let host: HostAddress;
/** Whether the server has let the client in. */
let letIn: boolean;

beforeAll(async () => {
  folder = await temporaryFolder();
  const [hostKey, clientKey] = [freshKeyPair(), freshKeyPair()];
  const ssh = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (context) => {
      if (context.method !== 'publickey') return context.reject(['publickey']);
      if (context.signature !== undefined) letIn = true;
      context.accept();
    });
  });
  server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    ssh.injectSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await writeFile(join(folder.path, 'key'), clientKey.private, { mode: 0o600 });
  const known = hostKey.public.split(' ').slice(0, 2).join(' ');
  await writeFile(join(folder.path, 'known_hosts'), `[127.0.0.1]:${port} ${known}\n`);
  host = {
    name: 'door',
    address: '127.0.0.1',
    port,
    user: 'u',
    keyFiles: [join(folder.path, 'key')],
    agent: false,
  };
});
afterAll(async () => {
  server.close();
  await folder.remove();
});

const knownHosts = () => join(folder.path, 'known_hosts');

test('a connection that breaks in the very turn in which the log-in succeeds is a failed log-in, and ends nothing', async () => {
  letIn = false;
  const socket = connect({ host: host.address, port: host.port, noDelay: true });
  await once(socket, 'connect');
  const opening = openConnection(host, knownHosts(), socket);
  // Behind ssh2's own listener: by the time this one is called, ssh2 has read that the log-in succeeded.
  socket.on('newListener', (event) => {
    if (event !== 'data') return;
    process.nextTick(() => {
      socket.removeAllListeners('newListener');
      socket.on('data', () => {
        if (letIn) socket.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      });
    });
  });
  await expect(opening).rejects.toThrow(ConnectionFailed);
  await expect(opening).rejects.toThrow(/door .* cannot be reached: the connection was closed/);
  expect(letIn).toBe(true);
});

test('a connection that breaks before the log-in began is said so at once', async () => {
  const socket = connect({ host: host.address, port: host.port });
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.destroy(new Error('gone'));
  await expect(openConnection(host, knownHosts(), socket)).rejects.toThrow(/door .* cannot be reached: gone/);
});

test('a connection that is lost later may say so to nobody, and ends nothing', async () => {
  const socket = connect({ host: host.address, port: host.port });
  await once(socket, 'connect');
  const client = await openConnection(host, knownHosts(), socket);
  const closed = new Promise<void>((resolve) => client.once('close', resolve));
  socket.destroy(new Error('read ECONNRESET'));
  await closed;
});
