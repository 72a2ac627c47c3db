import type { Finder, Hidden } from './finder.ts';
import type { NeedleIndex } from './needle-index.ts';

export interface NeedleFinder extends Finder {
  /** To be told before `read`, in order, of every place where a gram of the index stands. */
  note(place: number): void;
}

/** Finds secrets whose values are known. Of the rest of a text it reads no more than the last characters. */
export function needleFinder(needles: NeedleIndex): NeedleFinder {
  const { next, depth, foundLength, foundName } = needles;
  let state = 0;
  let position = 0;
  /** Places that were told and not passed yet. */
  let places: number[] = [];
  /** Where line breaks were read over, in order. */
  let readOver: number[] = [];

  /** Where the last `length` units before `end` begin that count, line breaks that were read over not counted. */
  function startOf(end: number, length: number): number {
    let start = end - length;
    for (let i = readOver.length - 1; i >= 0 && (readOver[i] ?? -1) >= start; i -= 1) start -= 1;
    return start;
  }

  return {
    note(place) {
      places.push(place);
    },
    read(view) {
      const { text, start: base, end } = view;
      const found: Hidden[] = [];
      let passed = 0;
      // The loop may run for every character of a log, so it works on locals.
      let current = state;
      let i = position - base;
      while (i < text.length) {
        if (current === 0) {
          while ((places[passed] ?? Number.POSITIVE_INFINITY) < base + i) passed += 1;
          const place = places[passed];
          // A needle may begin one place before the gram, and in the last places, where no gram fits any more.
          i = Math.max(i, place === undefined ? text.length - 4 : place - base - 1);
        }
        const unit = text.charCodeAt(i);
        const following = next(current, unit);
        if (following === 0) {
          if (readOver.length > 0) readOver = [];
        } else if (following === current && isLineBreak(unit)) {
          readOver.push(base + i);
        } else if (foundLength(following) > 0) {
          const at = base + i + 1;
          found.push({ start: startOf(at, foundLength(following)), end: at, name: foundName(following) });
        }
        current = following;
        i += 1;
      }
      state = current;
      position = end;
      places = [];
      const safe = startOf(end, depth(state));
      if (readOver.length > 0) readOver = readOver.filter((at) => at >= safe);
      return { found, safe };
    },
    reset(at) {
      state = 0;
      position = at;
      places = [];
      readOver = [];
    },
  };
}

function isLineBreak(unit: number): boolean {
  return unit === 10 || unit === 13;
}
