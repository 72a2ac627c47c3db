import { editDistance, forgivenSlips } from './edit-distance.ts';

/** A word that a misspelt one may have been meant to be. */
export interface Guess<T> {
  readonly target: string;
  readonly value: T;
  readonly distance: number;
  /** True when only neighbouring letters changed places. */
  readonly swapped: boolean;
}

/** Finds known words near an unknown one. */
export interface SlipFinder<T> {
  near(word: string): readonly Guess<T>[];
}

/** Builds an index over known words; the nearest come first. */
export function createSlipFinder<T>(known: Iterable<readonly [string, T]>): SlipFinder<T> {
  const byLength = new Map<number, { word: string; value: T; letters: number; digits: string }[]>();
  for (const [word, value] of known) {
    if (forgivenSlips(word.length) === 0) continue;
    const list = byLength.get(word.length) ?? [];
    list.push({ word, value, letters: letters(word), digits: digits(word) });
    byLength.set(word.length, list);
  }
  const remembered = new Map<string, readonly Guess<T>[]>();

  const search = (word: string): readonly Guess<T>[] => {
    const guesses: Guess<T>[] = [];
    const own = letters(word);
    const ownDigits = digits(word);
    for (let length = word.length - 3; length <= word.length + 3; length += 1) {
      const limit = forgivenSlips(length);
      for (const target of byLength.get(length) ?? []) {
        if (Math.abs(length - word.length) > limit || bits(own ^ target.letters) > 2 * limit) continue;
        if (ownDigits !== target.digits) continue;
        const distance = editDistance(word, target.word, limit);
        if (distance > limit || distance === 0) continue;
        if (distance > 1 && word[0] !== target.word[0] && word[1] !== target.word[0]) continue;
        guesses.push({
          target: target.word,
          value: target.value,
          distance,
          swapped: sorted(word) === sorted(target.word),
        });
      }
    }
    return guesses.sort(
      (a, b) =>
        a.distance - b.distance ||
        Number(b.swapped) - Number(a.swapped) ||
        Number(b.target[0] === word[0]) - Number(a.target[0] === word[0]) ||
        (a.target < b.target ? -1 : 1),
    );
  };

  return {
    near(word) {
      if (word.length < 3 || word.length > 40 || !/^[a-z0-9._-]+$/.test(word)) return [];
      const before = remembered.get(word);
      if (before !== undefined) return before;
      const guesses = search(word);
      if (remembered.size > 5000) remembered.clear();
      remembered.set(word, guesses);
      return guesses;
    },
  };
}

function letters(word: string): number {
  let mask = 0;
  for (let i = 0; i < word.length; i += 1) mask |= 1 << (word.charCodeAt(i) % 31);
  return mask;
}

function bits(mask: number): number {
  let rest = mask;
  let count = 0;
  while (rest !== 0) {
    rest &= rest - 1;
    count += 1;
  }
  return count;
}

function digits(word: string): string {
  return word.replace(/\D/g, '');
}

function sorted(word: string): string {
  return [...word].sort().join('');
}
