import { type Phrase, type PhrasePart, phraseWords } from '../catalog/phrase.ts';

const plainWords = new Set(
  'is are was were do does did what which how any there the of for on in to it we i you all my our be a an has have had can could get got give make take put run this that and at when who where show up'.split(
    ' ',
  ),
);

/** The words of which one has to be said: those of the phrase's most telling part. Null when it has no such part. */
export function anchorOf(phrase: Phrase): ReadonlySet<string> | null {
  let best: ReadonlySet<string> | null = null;
  let bestWeight = Number.POSITIVE_INFINITY;
  for (const part of phrase) {
    const words = needed(part);
    if (words === null) continue;
    const weight = [...words].reduce((sum, word) => sum + (plainWords.has(word) ? 50 : 1), 0);
    if (weight < bestWeight) {
      best = words;
      bestWeight = weight;
    }
  }
  return best;
}

function needed(part: PhrasePart): ReadonlySet<string> | null {
  if (part.kind === 'word') return new Set([part.text]);
  if (part.kind === 'slot' || part.optional) return null;
  const words = new Set<string>();
  for (const option of part.options) {
    const anchor = anchorOf(option);
    if (anchor === null) return null;
    for (const word of anchor) words.add(word);
  }
  return words;
}

/** Words around an "and" of the phrase, as "before|after". */
export function pairsAroundAnd(phrase: Phrase): readonly string[] {
  return phrase.flatMap((part, index): readonly string[] => {
    if (part.kind === 'group') return part.options.flatMap(pairsAroundAnd);
    if (part.kind !== 'word' || part.text !== 'and') return [];
    const before = phrase[index - 1];
    const after = phrase.slice(index + 1, index + 3).flatMap((next) => phraseWords([next]));
    return before?.kind === 'word' ? after.map((word) => `${before.text}|${word}`) : [];
  });
}
