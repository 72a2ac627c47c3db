import type { ChildProcess } from 'node:child_process';
import { timingSafeEqual } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import ssh2 from 'ssh2';

export interface SshServerOptions {
  /** Tried first; another free port is taken when it is in use. Zero for any. */
  readonly port: number;
  /** Private key of the host, OpenSSH format. */
  readonly hostKey: string;
  /** The one key that may log in, OpenSSH public key line. */
  readonly allowedKey: string;
  /** Starts a command with its three streams piped. */
  readonly run: (command: string) => ChildProcess;
}

export interface SshServer {
  readonly port: number;
  /** Cuts every connection as a broken network would. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** A real SSH server on the loopback that can do one thing: run a command. No terminals, no forwarding, no files. */
export async function startSshServer(options: SshServerOptions): Promise<SshServer> {
  const allowed = ssh2.utils.parseKey(options.allowedKey);
  if (allowed instanceof Error) throw allowed;
  const sockets = new Set<Socket>();
  const ssh = new ssh2.Server({ hostKeys: [options.hostKey] }, (client) => {
    client.on('error', () => client.end());
    client.on('authentication', (context) => {
      if (context.method === 'publickey' && holdsKey(context, allowed as ssh2.ParsedKey)) context.accept();
      else context.reject(['publickey']);
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, info) => connect(options.run(info.command), acceptExec()));
    });
  });
  // The sockets are handed in because ssh2 does not set TCP_NODELAY by itself, which costs 40 ms a command.
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    ssh.injectSocket(socket);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
  await listen(options.port).catch(async (error: NodeJS.ErrnoException) => {
    if (options.port === 0 || (error.code !== 'EADDRINUSE' && error.code !== 'EACCES')) throw error;
    await listen(0);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the SSH server has no port');
  const dropConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    dropConnections,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      dropConnections();
      await closed;
    },
  };
}

function holdsKey(context: ssh2.PublicKeyAuthContext, allowed: ssh2.ParsedKey): boolean {
  const wanted = allowed.getPublicSSH();
  const shown = context.key.data;
  if (shown.length !== wanted.length || !timingSafeEqual(shown, wanted)) return false;
  if (context.signature === undefined) return true;
  return (
    context.blob !== undefined && allowed.verify(context.blob, context.signature, context.hashAlgo) === true
  );
}

/** Ties a command to its channel. When the channel goes away the command is left alone; it only loses its listeners. */
function connect(child: ChildProcess, channel: ssh2.ServerChannel): void {
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new TypeError('the command has no streams');
  for (const stream of [stdin, stdout, stderr, channel]) stream.on('error', () => {});
  channel.pipe(stdin);
  const outputs = onePieceAtATime(channel);
  outputs.passOn(stdout, channel);
  outputs.passOn(stderr, channel.stderr);
  child.on('error', () => {
    channel.exit(127);
    channel.end();
  });
  child.on('close', (code, signal) => {
    void outputs.sent().then(() => {
      // Ending the channel waits for what is still to be sent of the output, but not of the error stream.
      channel.stderr.end(() => {
        if (signal !== null) channel.exit(signal.replace(/^SIG/, ''));
        else channel.exit(code ?? 255);
        channel.end();
      });
    });
  });
  channel.on('close', () => {
    stdin.destroy();
    stdout.destroy();
    stderr.destroy();
  });
}

/** What ssh2 (1.17) could not send for want of room in the window, and never forgets once it did. */
const leftovers = ['_chunk', '_chunkcb', '_chunkErr', '_chunkcbErr'] as const;

/**
 * Hands both outputs of a command to its channel, one piece after the other. When both wait for room at once, ssh2's
 * server goes on with the standard output alone and the error stream hangs for ever (ssh2 1.17, lib/server.js,
 * CHANNEL_WINDOW_ADJUST); and what waited once would be sent again the next time.
 */
function onePieceAtATime(channel: ssh2.ServerChannel): {
  passOn(source: Readable, to: Writable): void;
  /** Resolves when everything so far is sent, or the channel is gone. */
  sent(): Promise<void>;
} {
  const gone = new Promise<void>((resolve) => channel.once('close', () => resolve()));
  const fields = channel as unknown as Record<(typeof leftovers)[number], unknown>;
  let turn = Promise.resolve();
  return {
    passOn: (source, to) => {
      source.on('data', (bytes: Buffer) => {
        source.pause();
        turn = turn.then(async () => {
          const taken = new Promise<void>((resolve) => to.write(bytes, () => resolve()));
          await Promise.race([taken, gone]);
          for (const field of leftovers) fields[field] = undefined;
          source.resume();
        });
      });
    },
    sent: () => turn,
  };
}
