import { createGramFilter, type Gram } from './gram-filter.ts';

/** Finds any of many needles while reading a text once, from left to right. */
export interface NeedleIndex {
  /** The state after one more UTF-16 code unit. State 0 is "nothing found so far". */
  readonly next: (state: number, unit: number) => number;
  /** How many of the units read last could be the start of a needle. */
  readonly depth: (state: number) => number;
  /** The length of the longest needle that ends here, 0 when none does. */
  readonly foundLength: (state: number) => number;
  /** The name of that needle. */
  readonly foundName: (state: number) => string;
  /** What one has to look for in a text: a needle begins at a place where one of these stands, or one before it. */
  readonly grams: readonly Gram[];
  /** Whether a gram may be one of those. */
  readonly mayBegin: (gram: Gram) => boolean;
}

const lineFeed = 10;
const carriageReturn = 13;
/**
 * From this many matching characters on, a line break in the text is read over. Below, a line's end counts as an end, so that
 * a stream need not keep back every line that happens to end like a secret begins.
 */
const readsOverBreaksFrom = 4;

/**
 * Builds the automaton of Aho and Corasick ("Efficient string matching", 1975) in flat arrays: children are a linked list,
 * because all nodes but the root have one or two, and the root has a table of its own.
 */
export function buildNeedleIndex(
  needles: readonly { readonly needle: string; readonly name: string }[],
): NeedleIndex {
  const size = 1 + needles.reduce((sum, { needle }) => sum + needle.length, 0);
  const unitOf = new Uint16Array(size);
  const firstChild = new Int32Array(size);
  const nextSibling = new Int32Array(size);
  const depthOf = new Int32Array(size);
  /** The state of the longest proper suffix that is also a start of a needle. */
  const fallback = new Int32Array(size);
  const lengthFound = new Int32Array(size);
  const nameFound: (string | undefined)[] = [];
  const fromRoot = new Int32Array(0x10000);
  let count = 1;

  function child(state: number, unit: number): number {
    if (state === 0) return fromRoot[unit] ?? 0;
    let candidate = firstChild[state] ?? 0;
    while (candidate !== 0 && unitOf[candidate] !== unit) candidate = nextSibling[candidate] ?? 0;
    return candidate;
  }

  for (const { needle, name } of needles) {
    let state = 0;
    for (let i = 0; i < needle.length; i += 1) {
      const unit = needle.charCodeAt(i);
      let following = child(state, unit);
      if (following === 0) {
        following = count++;
        unitOf[following] = unit;
        depthOf[following] = i + 1;
        nextSibling[following] = firstChild[state] ?? 0;
        firstChild[state] = following;
        if (state === 0) fromRoot[unit] = following;
      }
      state = following;
    }
    if (state !== 0 && lengthFound[state] === 0) {
      lengthFound[state] = needle.length;
      nameFound[state] = name;
    }
  }

  function step(from: number, unit: number): number {
    let state = from;
    while (state !== 0) {
      let candidate = firstChild[state] ?? 0;
      while (candidate !== 0) {
        if (unitOf[candidate] === unit) return candidate;
        candidate = nextSibling[candidate] ?? 0;
      }
      state = fallback[state] ?? 0;
    }
    return fromRoot[unit] ?? 0;
  }

  // Breadth first, so that a node's fallback, which is nearer to the root, is complete before the node is.
  const order: number[] = [0];
  for (const state of order) {
    for (let node = firstChild[state] ?? 0; node !== 0; node = nextSibling[node] ?? 0) {
      order.push(node);
      if (state === 0) continue;
      const shorter = step(fallback[state] ?? 0, unitOf[node] ?? 0);
      fallback[node] = shorter;
      if (lengthFound[node] === 0) {
        lengthFound[node] = lengthFound[shorter] ?? 0;
        nameFound[node] = nameFound[shorter];
      }
    }
  }

  function next(state: number, unit: number): number {
    const following = state === 0 ? (fromRoot[unit] ?? 0) : step(state, unit);
    if (following !== 0 || (unit !== lineFeed && unit !== carriageReturn)) return following;
    return (depthOf[state] ?? 0) >= readsOverBreaksFrom ? state : 0;
  }

  return {
    next,
    depth: (state) => depthOf[state] ?? 0,
    foundLength: (state) => lengthFound[state] ?? 0,
    foundName: (state) => nameFound[state] ?? '',
    ...beginnings(needles.map(({ needle }) => needle)),
  };
}

/** The grams at the first and the second place of every needle. */
function beginnings(needles: readonly string[]): Pick<NeedleIndex, 'grams' | 'mayBegin'> {
  const filter = createGramFilter(needles.length > 300 ? 'many' : 'few');
  const grams = needles.flatMap((needle) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = Array.from({ length: 5 }, (_, i) => needle.charCodeAt(i));
    return [
      filter.add([a, b, c, d]),
      filter.add([b, c, d, e]),
      // A line break behind the fourth character is read over.
      filter.add([b, c, d, lineFeed]),
      filter.add([b, c, d, carriageReturn]),
    ];
  });
  return { grams, mayBegin: filter.has };
}
