import { randomBytes } from 'node:crypto';
import type { OutputChunk } from '#flow/executor-port.ts';
import { ConnectionLost } from '../connection-failed.ts';
import type { ConnectionPool } from '../connection-pool.ts';
import { loginShell, nothingRan } from '../login-shell.ts';
import { openUnless } from '../open-channel.ts';
import type { WaitingShells } from '../waiting-shells.ts';
import { handOverInTurns, type OutputName } from './hand-over-in-turns.ts';
import { MarkedStream } from './marked-stream.ts';
import { type Ending, isWhole, readEnding } from './read-ending.ts';
import { RecordLines } from './record-lines.ts';
import { type AttemptSpec, attemptOrder, followerScript } from './scripts/start-and-follow.ts';
import { Utf8Pieces } from './utf8-pieces.ts';

/** How far the output of an attempt has been handed on. Kept by the caller, moved forward while following. */
export interface Position {
  out: number;
  err: number;
}

/** How commands get to hosts. */
export interface Reach {
  readonly pool: ConnectionPool;
  readonly shells: WaitingShells;
}

/** Output waiting to be handed on before the host is told to wait: 1 MiB. */
const mostWaiting = 1024 * 1024;

/**
 * Starts an attempt or attaches to it, and hands on its output from `position` until it ends. `position` always
 * names the bytes whose text was handed on and accepted, also when this throws: going on from there loses nothing
 * and repeats nothing.
 *
 * @throws ConnectionFailed, ConnectionLost; what `onOutput` throws; the reason of `signal` when it lets go.
 */
export async function followAttempt(
  { pool, shells }: Reach,
  host: string,
  spec: AttemptSpec,
  position: Position,
  onOutput: (chunk: OutputChunk) => Promise<void>,
  signal: AbortSignal,
): Promise<Ending> {
  signal.throwIfAborted();
  const token = randomBytes(16).toString('hex');
  const marks = { begin: `chiffon-begin-${token}`, end: `chiffon-end-${token}` };
  const waited = shells.take(host);
  const channel = waited ?? (await openUnless(signal, pool.exec(host, loginShell)));
  // Whatever its state: an error that nobody listens to would end Chiffon.
  if (waited === undefined) channel.on('error', () => {});
  const stream = (offset: number) => ({
    marked: new MarkedStream(`${marks.begin}\n`, `${marks.end}\n`),
    text: new Utf8Pieces(offset),
    records: new RecordLines(),
  });
  const streams = { out: stream(position.out), err: stream(position.err) };
  // An attempt that is followed from its first byte shows all its records; of another the host is asked.
  const fromTheStart = position.out === 0 && position.err === 0;
  let exitCode: number | undefined;
  let heard = '';
  let waiting = 0;
  let trouble: unknown;
  const over = Promise.withResolvers<void>();
  const letGo = () => {
    channel.close();
    channel.resume();
    channel.stderr.resume();
    over.resolve();
  };

  const handOn = async (name: OutputName, text: string) => {
    const endOffset = { ...position, [name]: streams[name].text.offset };
    if (text !== '') await onOutput({ stream: name, text, endOffset });
    position[name] = endOffset[name];
  };
  const handing = handOverInTurns(async (name, bytes) => {
    if (trouble !== undefined || signal.aborted) return;
    try {
      const { marked, text, records } = streams[name];
      if (!marked.begun && heard.length < 400) heard += bytes.toString('utf8');
      const piece = text.push(marked.push(bytes));
      records.push(piece);
      await handOn(name, piece);
    } catch (error) {
      trouble = error ?? new Error('the output was not accepted');
      letGo();
      return;
    }
    waiting -= bytes.length;
    if (waiting <= mostWaiting / 2) {
      channel.resume();
      channel.stderr.resume();
    }
    // All has come; the channel may close when it likes.
    if (isWhole(streams.out.marked.ending ?? '') && streams.err.marked.ending !== null) over.resolve();
  });
  const take = (name: OutputName) => (bytes: Buffer) => {
    waiting += bytes.length;
    if (waiting > mostWaiting) {
      channel.pause();
      channel.stderr.pause();
    }
    handing.add(name, bytes);
  };

  const takeOut = take('out');
  const takeErr = take('err');
  const exited = (code: number | null) => {
    exitCode = code ?? undefined;
  };
  // Each stream closes by itself, once all of it was taken.
  let open = 2;
  const closed = () => {
    open -= 1;
    if (open === 0) over.resolve();
  };
  let kept = false;

  signal.addEventListener('abort', letGo, { once: true });
  channel.on('data', takeOut).on('error', letGo).on('exit', exited).on('close', closed);
  channel.stderr.on('data', takeErr).on('close', closed);
  try {
    if (signal.aborted) letGo();
    else {
      const order = attemptOrder(spec, position, marks);
      // The input stays open while the command runs: its end tells the follower on the host that nobody listens.
      channel.write(waited === undefined ? `${followerScript}${order}` : order);
    }
    await over.promise;
    await handing.done();
    signal.throwIfAborted();
    if (trouble !== undefined) throw trouble;
    const report = streams.out.marked.ending;
    const ending = report === null ? null : readEnding(report);
    if (ending === null) {
      if (exitCode !== undefined && !streams.out.marked.begun && waited === undefined)
        throw nothingRan(host, exitCode, heard);
      throw new ConnectionLost(`The connection to ${host} was lost while the command ran.`);
    }
    // Both streams carry the end mark behind their last byte.
    if (streams.err.marked.ending === null)
      throw new ConnectionLost(`The connection to ${host} ended before all of the output had come.`);
    for (const name of ['out', 'err'] as const) {
      const { text, records } = streams[name];
      const rest = text.flush();
      records.push(rest);
      await handOn(name, rest);
    }
    kept = ending.state === 'exited' && ending.kept;
    if (ending.state !== 'exited' || !fromTheStart) return ending;
    return { ...ending, records: { ...streams.out.records.end(), ...streams.err.records.end() } };
  } finally {
    signal.removeEventListener('abort', letGo);
    channel.off('data', takeOut).off('error', letGo).off('exit', exited).off('close', closed).resume();
    channel.stderr.off('data', takeErr).off('close', closed).resume();
    if (kept) shells.leave(host, channel);
  }
}
