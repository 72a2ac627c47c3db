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
    // The loop runs once for every character of every log, so it works on locals.
    const { next, foundLength } = needles;
    const from = position;
    let current = state;
    for (let i = 0; i < piece.length; i += 1) {
      const unit = piece.charCodeAt(i);
      const following = next(current, unit);
      if (following === 0) {
        if (readOver.length > 0) readOver = [];
      } else if (following === current && isLineBreak(unit)) {
        readOver.push(from + i);
      } else if (foundLength(following) > 0) {
        position = from + i + 1;
        hide(foundLength(following), needles.foundName(following));
      }
      current = following;
    }
    position = from + piece.length;
    state = current;
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
    const foundBefore = hidden;
    hidden = [];
    state = 0;
    readOver = [];
    position = base;
    read(kept);
    hidden = joined([...foundBefore, ...hidden]);
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

/** The same stretches in order, those that overlap made one. */
function joined(stretches: readonly Hidden[]): Hidden[] {
  const result: Hidden[] = [];
  for (const stretch of stretches.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last !== undefined && stretch.start < last.end) last.end = Math.max(last.end, stretch.end);
    else result.push({ ...stretch });
  }
  return result;
}

function isLineBreak(unit: number): boolean {
  return unit === 10 || unit === 13;
}
