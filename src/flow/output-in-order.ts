import type { OutputChunk } from './executor-port.ts';

/** Characters that may wait to be stored before whoever brings more has to wait. */
const mostWaiting = 1024 * 1024;
/** Characters that are stored at once, and in one piece. */
const mostAtOnce = 1024 * 1024;
const largestPiece = 512 * 1024;
/** Calls under way at once: one is prepared while another is written. */
const mostUnderWay = 2;
/** Characters that may be left for whoever stores what comes after them. */
const mostLeft = 64 * 1024;

/**
 * Stores output in the background, in the order it came. What comes while some is stored is joined to large pieces: a slow trickle is
 * stored at once, and a flood in few calls. Of a flood the next call begins before the one before it has ended.
 *
 * @param append stores pieces behind those of the calls before, or fails when one of them does.
 * @param patienceMs how long a little output waits for more to come before it is stored, in milliseconds.
 */
export function outputInOrder(
  append: (chunks: readonly OutputChunk[]) => Promise<void>,
  patienceMs = 0,
): {
  /** Takes a piece; returns once there is room for more. Throws what storing threw. */
  add(chunk: OutputChunk): Promise<void>;
  /** What is not stored yet, for the caller to store, once everything before it is; nothing when it is too much. */
  rest(): Promise<readonly OutputChunk[]>;
  /** Returns once all is stored. Throws what storing threw. */
  done(): Promise<void>;
} {
  let waiting: OutputChunk[] = [];
  let size = 0;
  let underWay = 0;
  let patience: NodeJS.Timeout | null = null;
  let failed: { readonly error: unknown } | null = null;
  let changed = Promise.withResolvers<void>();

  function begin(): void {
    stopWaiting();
    while (failed === null && waiting.length > 0 && mayBegin()) {
      underWay += 1;
      void store(takeBatch());
    }
  }

  /** Less than a whole batch is joined by what comes until the call before it has ended. */
  function mayBegin(): boolean {
    return underWay === 0 || (underWay < mostUnderWay && size >= mostAtOnce);
  }

  async function store(batch: readonly OutputChunk[]): Promise<void> {
    try {
      await append(batch);
    } catch (error) {
      failed ??= { error };
    }
    underWay -= 1;
    begin();
    changed.resolve();
    changed = Promise.withResolvers();
  }

  function stopWaiting(): void {
    if (patience !== null) clearTimeout(patience);
    patience = null;
  }

  function takeBatch(): readonly OutputChunk[] {
    let count = 0;
    let taken = 0;
    for (; count < waiting.length && taken < mostAtOnce; count += 1)
      taken += waiting[count]?.text.length ?? 0;
    const batch = joined(waiting.slice(0, count));
    waiting = waiting.slice(count);
    size -= taken;
    return batch;
  }

  function throwIfFailed(): void {
    if (failed !== null) throw failed.error;
  }

  async function done(): Promise<void> {
    begin();
    while (underWay > 0) await changed.promise;
    throwIfFailed();
  }

  return {
    async add(chunk) {
      throwIfFailed();
      waiting.push(chunk);
      size += chunk.text.length;
      if (patienceMs === 0 || size > mostLeft) begin();
      else if (underWay === 0) patience ??= setTimeout(begin, patienceMs);
      while (size > mostWaiting && failed === null) await changed.promise;
      throwIfFailed();
    },
    async rest() {
      while (underWay > 0) await changed.promise;
      if (size > mostLeft) await done();
      throwIfFailed();
      stopWaiting();
      return takeBatch();
    },
    done,
  };
}

/** Neighbours of the same output as one piece, as long as it does not become too large. */
function joined(chunks: readonly OutputChunk[]): readonly OutputChunk[] {
  const pieces: OutputChunk[] = [];
  for (const chunk of chunks) {
    const last = pieces.at(-1);
    if (last?.stream === chunk.stream && last.text.length + chunk.text.length <= largestPiece)
      pieces[pieces.length - 1] = { ...chunk, text: last.text + chunk.text };
    else pieces.push(chunk);
  }
  return pieces;
}
