import { openings } from './english/openings.ts';
import { isOrdinary } from './english/ordinary-words.ts';
import { softTurns } from './english/soft-words.ts';
import type { Names } from './names.ts';
import { createSlipFinder } from './slips.ts';

/** What a word that nobody knows was probably meant to be. */
export type Correction =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'service'; readonly names: readonly string[] }
  | { readonly kind: 'host'; readonly host: string };

/** Knows which words have a meaning, and puts slips of the finger right. */
export interface Vocabulary {
  isKnown(word: string): boolean;
  correct(word: string): Correction | null;
  /** Services whose names are near, for "did you mean". */
  nearServices(word: string): readonly string[];
}

/** @param destructive words that only destructive commands use: a slip near one of them is always read as that one */
export function createVocabulary(
  phraseWords: Iterable<string>,
  destructive: ReadonlySet<string>,
  names: Names,
): Vocabulary {
  const words = new Set<string>();
  for (const word of phraseWords) words.add(word);
  for (const table of [openings, softTurns]) for (const first of table.keys()) words.add(first);

  type Meaning = Correction | { readonly kind: 'destructive'; readonly text: string };
  const known: (readonly [string, Meaning])[] = [];
  for (const word of words) {
    if (/^[a-z-]{4,}$/.test(word))
      known.push([word, { kind: destructive.has(word) ? 'destructive' : 'word', text: word }]);
  }
  for (const [name, service] of names.services) known.push([name, { kind: 'service', names: [service] }]);
  for (const [name, host] of names.hosts) if (name.length > 4) known.push([name, { kind: 'host', host }]);
  const finder = createSlipFinder(known);

  return {
    isKnown: (word) => words.has(word) || isOrdinary(word),
    correct(word) {
      const guesses = finder.near(word);
      const best = guesses[0];
      if (best === undefined) return null;
      const feared = guesses.find(({ value }) => value.kind === 'destructive');
      // "unstall" is nearer to "install", but "uninstall" contains it: what may destroy wins such ties, and is asked about.
      const margin = feared?.target.includes(best.target) === true ? 1 : 0;
      if (feared !== undefined && feared.distance <= best.distance + margin)
        return { kind: 'word', text: feared.target };
      if (best.value.kind !== 'service') return best.value as Correction;
      const rivals = guesses.filter(
        ({ distance, value, swapped }) =>
          distance === best.distance && swapped === best.swapped && value.kind === 'service',
      );
      return {
        kind: 'service',
        names: [...new Set(rivals.flatMap(({ value }) => (value.kind === 'service' ? value.names : [])))],
      };
    },
    nearServices(word) {
      const near = finder.near(word).flatMap(({ value }) => (value.kind === 'service' ? value.names : []));
      const begun =
        word.length < 4
          ? []
          : [...names.services].flatMap(([name, service]) =>
              name.startsWith(word) || (name.length > 4 && word.startsWith(name)) ? [service] : [],
            );
      return [...new Set([...near, ...begun])].slice(0, 6);
    },
  };
}
