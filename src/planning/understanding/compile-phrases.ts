import type { Catalog } from '../catalog/catalog.ts';
import type { CommandSentences } from '../catalog/command-sentences.ts';
import { phraseWords } from '../catalog/phrase.ts';
import type { Pattern } from './pattern.ts';
import { anchorOf, pairsAroundAnd } from './phrase-anchors.ts';
import { network } from './phrase-network.ts';
import { type Sayings, waysOfSaying } from './ways-of-saying.ts';

/** All phrases, found by a word that each of them needs. */
export interface Phrasebook {
  candidates(words: Iterable<string>): readonly Pattern[];
  readonly words: ReadonlySet<string>;
  /** Pairs of words around an "and" that belongs to a phrase: "off and on". */
  readonly joined: ReadonlySet<string>;
}

/** Prepares phrases for matching, once. */
export function compilePhrases(sayings: readonly Sayings[]): Phrasebook {
  const byAnchor = new Map<string, Pattern[]>();
  const always: Pattern[] = [];
  const words = new Set<string>();
  const joined = new Set<string>();
  for (const saying of sayings) {
    const meaning = {
      command: saying.command,
      risk: saying.risk,
      hands: saying.hands,
      inputs: saying.inputs,
    };
    for (const { phrase, style, form } of waysOfSaying(saying)) {
      for (const word of phraseWords(phrase)) words.add(word);
      for (const pair of pairsAroundAnd(phrase)) joined.add(pair);
      const pattern = { meaning, style, form, ...network(phrase) };
      const anchor = anchorOf(phrase);
      if (anchor === null) always.push(pattern);
      else {
        for (const word of anchor) {
          const list = byAnchor.get(word);
          if (list === undefined) byAnchor.set(word, [pattern]);
          else list.push(pattern);
        }
      }
    }
    for (const input of Object.values(saying.inputs)) {
      for (const [value, others] of Object.entries(input.values ?? {})) {
        for (const word of [value, ...others].flatMap((name) => name.split(' '))) words.add(word);
      }
    }
  }
  return {
    words,
    joined,
    candidates(said) {
      const found = new Set(always);
      for (const word of said) for (const pattern of byAnchor.get(word) ?? []) found.add(pattern);
      return [...found];
    },
  };
}

/** The words that only commands which destroy something use. */
export function destructiveWords(catalog: Catalog): ReadonlySet<string> {
  const split = (list: readonly CommandSentences[]) =>
    new Set(
      list.flatMap(({ verbs, nouns }) =>
        [...verbs, ...nouns].flatMap((words) => words.toLowerCase().split(/\s+/)),
      ),
    );
  const harmless = split(catalog.commands.filter(({ risk }) => risk !== 'destructive'));
  const harmful = split(catalog.commands.filter(({ risk }) => risk === 'destructive'));
  return new Set([...harmful].filter((word) => word.length > 3 && !harmless.has(word)));
}
