import type { NeedleIndex } from './needle-index.ts';

export interface RedactingStream {
  /** Takes a piece and gives out what is certain: all but an end that could be the start of a secret. */
  push(piece: string): string;
  /** Gives out what was kept back. The stream can be used again afterwards, as a new one. */
  flush(): string;
}

/** A stretch of the text that is hidden. Positions count from where the stream began. */
interface Hidden {
  start: number;
  end: number;
  name: string;
}

/**
 * Redacts a text that arrives in pieces. Secrets that overlap become one hidden stretch, named after the one that begins first.
 *
 * @param index the needles to look for; a different one when secrets were added, and then the text kept back is read again.
 */
export function redactingStream(index: () => NeedleIndex): RedactingStream {
  let needles = index();
  let state = 0;
  /** Text not given out yet. It begins at `base`. */
  let kept = '';
  let base = 0;
  let position = 0;
  /** Hidden stretches not given out yet, in order, none touching another. The text of the first may be gone already. */
  let hidden: Hidden[] = [];
  /** Where line breaks were read over, in order. */
  let readOver: number[] = [];

  /** Where the last `length` units begin that count, line breaks that were read over not counted. */
  function startOf(length: number): number {
    let start = position - length;
    for (let i = readOver.length - 1; i >= 0 && (readOver[i] ?? -1) >= start; i -= 1) start -= 1;
    return start;
  }

  function hide(length: number, name: string): void {
    const found: Hidden = { start: startOf(length), end: position, name };
    let last = hidden.at(-1);
    while (last !== undefined && last.end > found.start) {
      if (last.start < found.start) {
        found.start = last.start;
        found.name = last.name;
      }
      hidden.pop();
      last = hidden.at(-1);
    }
    hidden.push(found);
  }

  function read(piece: string): void {
    for (let i = 0; i < piece.length; i += 1) {
      const before = state;
      state = needles.next(state, piece.charCodeAt(i));
      position += 1;
      if (state === 0) {
        if (readOver.length > 0) readOver = [];
        continue;
      }
      if (state === before && isLineBreak(piece.charCodeAt(i))) {
        readOver.push(position - 1);
        continue;
      }
      const length = needles.foundLength(state);
      if (length > 0) hide(length, needles.foundName(state));
    }
  }

  /** Gives out everything before `safe`, where the next secret could begin at the earliest. */
  function giveOut(safe: number): string {
    let out = '';
    let from = base;
    let given = 0;
    for (const { start, end, name } of hidden) {
      if (start > from) out += kept.slice(from - base, Math.min(start, safe) - base);
      // It may still grow. What of it lies before `safe` is not needed any more.
      if (end > safe) break;
      out += `[secret: ${name}]`;
      from = end;
      given += 1;
    }
    const growing = hidden[given];
    if (growing === undefined && safe > from) out += kept.slice(from - base, safe - base);
    if (given > 0) hidden = hidden.slice(given);
    kept = kept.slice(safe - base);
    base = safe;
    if (readOver.length > 0) readOver = readOver.filter((at) => at >= safe);
    return out;
  }

  function followIndex(): void {
    const current = index();
    if (current === needles) return;
    needles = current;
    state = 0;
    readOver = [];
    position = base;
    read(kept);
  }

  return {
    push(piece) {
      followIndex();
      kept += piece;
      read(piece);
      return giveOut(startOf(needles.depth(state)));
    },
    flush() {
      followIndex();
      const out = giveOut(position);
      state = 0;
      readOver = [];
      return out;
    },
  };
}

function isLineBreak(unit: number): boolean {
  return unit === 10 || unit === 13;
}
