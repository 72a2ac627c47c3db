import type { OutputChunk } from './executor-port.ts';

/** Characters that may wait to be stored before whoever brings more has to wait. */
const mostWaiting = 4 * 1024 * 1024;
/** Characters that are stored at once, and in one piece. */
const mostAtOnce = 2 * 1024 * 1024;
const largestPiece = 512 * 1024;

/** Characters that may be left for whoever stores what comes after them. */
const mostLeft = 64 * 1024;

/**
 * Stores output in the background, in the order it came, one call after the other. What comes meanwhile is joined to large pieces: a
 * slow trickle is stored at once, and a flood in few calls.
 *
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
  let storing: Promise<void> | null = null;
  let patience: NodeJS.Timeout | null = null;
  let failed: { readonly error: unknown } | null = null;
  let roomier = Promise.withResolvers<void>();

  async function storeAll(): Promise<void> {
    while (waiting.length > 0 && failed === null) {
      const taken = takeBatch();
      try {
        await append(taken);
      } catch (error) {
        failed = { error };
      }
      roomier.resolve();
      roomier = Promise.withResolvers();
    }
    storing = null;
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

  function store(): void {
    if (patience !== null) clearTimeout(patience);
    patience = null;
    if (waiting.length > 0) storing ??= storeAll();
  }

  function throwIfFailed(): void {
    if (failed !== null) throw failed.error;
  }

  async function done(): Promise<void> {
    store();
    while (storing !== null) await storing;
    throwIfFailed();
  }

  return {
    async add(chunk) {
      throwIfFailed();
      waiting.push(chunk);
      size += chunk.text.length;
      if (patienceMs === 0 || size > mostLeft) store();
      else if (storing === null) patience ??= setTimeout(store, patienceMs);
      while (size > mostWaiting && failed === null) await roomier.promise;
      throwIfFailed();
    },
    async rest() {
      while (storing !== null) await storing;
      if (size > mostLeft) await done();
      throwIfFailed();
      if (patience !== null) clearTimeout(patience);
      patience = null;
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
