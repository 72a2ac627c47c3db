import type { OutputChunk } from './executor-port.ts';
import { outputInOrder } from './output-in-order.ts';
import type { Redaction, RedactionStream } from './redaction-port.ts';

/**
 * Stores an attempt's output with secrets hidden. What could be the start of a secret is kept back, and the offsets that
 * are stored leave it out: whoever goes on after a crash reads it again from the host. Storing goes on while more
 * output comes; `write` waits only when too much is waiting.
 *
 * @param append stores pieces in order. What it throws, the next `write` or `end` throws.
 * @param before what is stored of the attempt already, as far back as a secret of several lines may reach.
 * @param patienceMs how long a little output waits for more to come before it is stored, in milliseconds.
 */
export function storeOutput(
  append: (chunks: readonly OutputChunk[]) => Promise<void>,
  redaction: Redaction,
  before: readonly Pick<OutputChunk, 'stream' | 'text'>[] = [],
  patienceMs = 0,
): {
  readonly write: (chunk: OutputChunk) => Promise<void>;
  /** Stores all there is. */
  readonly end: () => Promise<void>;
  /** Ends the output; answers the last of it, which is not stored yet, when it is only a little. */
  readonly rest: () => Promise<readonly OutputChunk[]>;
} {
  const out = redaction.stream();
  const outputs = { out: redactedOutput(out), err: redactedOutput(redaction.stream(out)) };
  const order = outputInOrder(append, patienceMs);
  for (const { stream, text } of before) if (stream !== 'note') outputs[stream].remember(text);

  const write = async (chunk: OutputChunk): Promise<void> => {
    const { stream, text, endOffset } = chunk;
    if (stream === 'note') return order.add({ ...chunk, text: redaction.text(text) });
    const taken = outputs[stream].take(text, endOffset);
    if (taken === null) return;
    const end = endOffset[stream] - taken.keptBytes;
    await order.add({ stream, text: taken.shown, endOffset: { ...endOffset, [stream]: end } });
  };

  const flush = async (): Promise<void> => {
    for (const stream of ['out', 'err'] as const) {
      const rest = outputs[stream].rest();
      if (rest !== null) await order.add({ stream, ...rest });
    }
  };
  const end = async (): Promise<void> => {
    await flush();
    await order.done();
  };
  const rest = async (): Promise<readonly OutputChunk[]> => {
    await flush();
    return await order.rest();
  };
  return { write, end, rest };
}

/** Characters that wait for an offset that can be told, at most. */
const mostUnsure = 256 * 1024;

/** One of the two outputs, with what of it is kept back and how many of the host's bytes that is. */
function redactedOutput(stream: RedactionStream) {
  /** What is kept back, as it came. */
  let kept = '';
  /** Redacted text that was not handed on, because it could not be told where on the host it ends. */
  let unsure = '';
  let last: OutputChunk['endOffset'] | null = null;

  return {
    remember(text: string): void {
      stream.push(text);
      stream.endLine();
    },
    take(
      text: string,
      endOffset: OutputChunk['endOffset'],
    ): { readonly shown: string; readonly keptBytes: number } | null {
      last = endOffset;
      const shown = unsure + stream.push(text);
      kept = lastOf(kept, text, stream.keptBack);
      // This character may stand for any byte that was no text, so it says nothing about how many there were.
      if (kept.includes('\uFFFD') && shown.length < mostUnsure) {
        unsure = shown;
        return null;
      }
      unsure = '';
      return { shown, keptBytes: kept === '' ? 0 : new TextEncoder().encode(kept).length };
    },
    rest(): Pick<OutputChunk, 'text' | 'endOffset'> | null {
      return last === null ? null : { text: unsure + stream.flush(), endOffset: last };
    },
  };
}

/** The last `count` characters of two texts, without joining them where the second has as many. */
function lastOf(before: string, text: string, count: number): string {
  if (count === 0) return '';
  return count <= text.length ? text.slice(-count) : (before + text).slice(-count);
}
