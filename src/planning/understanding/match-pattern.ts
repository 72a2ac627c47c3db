import { tailWords } from './english/soft-words.ts';
import { type Filling, fillSlot } from './fill-slot.ts';
import type { Item } from './items.ts';
import type { Pattern } from './pattern.ts';
import type { Node } from './phrase-network.ts';

/** What a phrase found in the items of a clause. */
export interface Match {
  readonly pattern: Pattern;
  /** Slots by input name. */
  readonly fillings: ReadonlyMap<string, Filling>;
  /** Positions of the items that the phrase explains. */
  readonly explained: readonly number[];
  /** Words inside the phrase that nothing explains. */
  readonly strays: number;
  /** What is left behind the phrase, soft items aside. */
  readonly rest: readonly Item[];
  /** Whether a misspelt word was put right to make it fit. */
  readonly corrected: boolean;
}

/** What the surroundings of a clause add to its words. */
export interface Surroundings {
  /** What "it" and "them" stand for: services named before. */
  readonly mentioned: readonly string[];
}

interface Path {
  readonly fillings: ReadonlyMap<string, Filling>;
  readonly explained: readonly number[];
  readonly corrected: boolean;
}

/**
 * Tries a phrase on items from a position on. Soft items are passed over; up to `straysAllowed` other words may stand
 * between a phrase's first word and its end; a lenient reading lets any kind of word stand there. Null when it does not
 * fit.
 */
export function matchPattern(
  pattern: Pattern,
  items: readonly Item[],
  start: number,
  straysAllowed: number,
  surroundings: Surroundings,
  lenient = false,
): Match | null {
  for (let strays = 0; strays <= straysAllowed; strays += 1) {
    const seen = new Set<number>();
    let best: Match | null = null;
    const walk = (node: number, at: number, left: number, path: Path): Match | null => {
      const key = (node * 4 + left) * 512 + at;
      if (seen.has(key)) return null;
      seen.add(key);
      const current = pattern.nodes[node] as Node;
      if (current.kind === 'end') {
        const match = { pattern, ...path, strays: strays - left, rest: restOf(items.slice(at)) };
        if (best === null || match.rest.length < best.rest.length) best = match;
        return match.rest.length === 0 ? match : null;
      }
      const item = items[at];
      if (current.kind === 'split') {
        const direct = item?.kind === 'word' ? current.words.get(item.text) : undefined;
        for (const next of direct ?? []) {
          const found = walk(next, at + 1, left, stepped(path, item as Item, at));
          if (found !== null) return found;
        }
        for (const next of current.others) {
          const found = walk(next, at, left, path);
          if (found !== null) return found;
        }
        if (current.words.size === 0) return null;
      } else if (current.kind === 'word') {
        if (item?.kind === 'word' && item.text === current.text) {
          const found = walk(current.next, at + 1, left, stepped(path, item, at));
          if (found !== null) return found;
        }
      } else {
        const input = pattern.meaning.inputs[current.name];
        for (const { filling, length } of fillSlot(current.name, input, items, at, surroundings)) {
          const found = walk(current.next, at + length, left, {
            fillings: new Map(path.fillings).set(current.name, filling),
            explained: [...path.explained, ...items.slice(at, at + length).map((_, i) => at + i)],
            corrected: path.corrected || items.slice(at, at + length).some((taken) => taken.corrected),
          });
          if (found !== null) return found;
        }
      }
      if (item === undefined) return null;
      if (isFree(item)) {
        if (pattern.style === 'order' && path.explained.length === 0 && determiners.has(item.text))
          return null;
        return walk(node, at + 1, left, path);
      }
      if (left > 0 && at > start && isStray(item, lenient)) return walk(node, at + 1, left - 1, path);
      return null;
    };
    const match = walk(pattern.start, start, strays, {
      fillings: new Map(),
      explained: [],
      corrected: false,
    });
    if (match !== null || best !== null) return match ?? best;
  }
  return null;
}

/** Whether an item may be passed over anywhere. */
export function isFree(item: Item): boolean {
  return item.soft || item.text === '';
}

/** What is left, from the first item that is not soft; a soft word that opens a reason stays to show that it is one. */
function restOf(items: readonly Item[]): readonly Item[] {
  const first = items.findIndex((item) => !isFree(item));
  if (first < 0) return [];
  const before = items[first - 1];
  const rest = items.slice(first).filter((item) => !isFree(item));
  return before?.kind === 'word' && tailWords.has(before.text) ? [before, ...rest] : rest;
}

function stepped(path: Path, item: Item, at: number): Path {
  return { ...path, explained: [...path.explained, at], corrected: path.corrected || item.corrected };
}

/** Adjectives and the like; never what would turn the sense: prepositions, negations, names. */
function isStray(item: Item, lenient: boolean): boolean {
  if (lenient) return item.kind === 'word' && !/^(?:of|for|from|not|no|never|and|but|if)$/.test(item.text);
  return item.kind === 'word' && !turning.has(item.text) && !item.unknown && !item.text.endsWith("'s");
}

/** Words that make a noun of what follows: "the restart" is no order. */
export const determiners: ReadonlySet<string> = new Set(
  'the a an my our your his her its their this that these those some any every each last next another'.split(
    ' ',
  ),
);

const turning = new Set(
  `of for from in on with without to by not no never nothing none neither nor except but and or than if unless when whenever while before after until because
  is are was were be been am has have had do does did will would can could should may might must broke
  config configuration settings database volume volumes data user users password backup backups plugin plugins logs cache old-data`.split(
    /\s+/,
  ),
);
