import { createGramFilter, foldedCode, type Gram, type GramFilter } from './gram-filter.ts';
import { glance, type SecretRule } from './secret-rule.ts';

/** Where anchors of rules may stand in a text. */
export interface AnchorIndex {
  readonly filter: GramFilter;
  /** Calls `found` for every rule that may find something where a gram stands, with the place where its anchor begins. */
  readonly rulesAt: (
    text: string,
    place: number,
    gram: Gram,
    found: (rule: SecretRule, at: number) => void,
  ) => void;
  /** How many of the last characters of a text could begin an anchor; at most four. */
  readonly openEnd: (text: string) => number;
}

interface Anchored {
  readonly rule: SecretRule;
  /** How many characters before the gram the anchor begins; -1 where the gram begins before the anchor. */
  readonly offset: -1 | 0 | 1;
  /** The one of five characters that the gram leaves out: where it stands, counted from the anchor, and what it may be. */
  readonly fifth: number;
  /** By folded code: 1 for what it may be. */
  readonly allowed: Uint8Array;
}

export function buildAnchorIndex(rules: readonly SecretRule[]): AnchorIndex {
  const filter = createGramFilter('many');
  const byGram = new Map<Gram, Anchored[]>();
  const beginnings = new Set<string>();

  function note(places: readonly (readonly number[])[], anchored: Anchored): void {
    for (const codes of product(places)) {
      const gram = filter.add(codes);
      byGram.set(gram, [...(byGram.get(gram) ?? []), anchored]);
    }
  }

  for (const rule of rules) {
    for (const anchor of rule.anchors) {
      const places = anchorPlaces(anchor).slice(0, 5);
      const before = classCodes(rule.before ?? String.raw`\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f`);
      if (places.length < 4)
        throw new TypeError(`the anchor ${anchor} of "${rule.kind}" is shorter than four characters`);
      const [first = [], second = [], third = [], fourth = [], fifth] = places;
      const four = [first, second, third, fourth];
      if (fifth === undefined) {
        note(four, { rule, offset: 0, fifth: -1, allowed: tableOf(before) });
        note([[...new Set([...before, ...escapeEnds])], first, second, third], {
          rule,
          offset: -1,
          fifth: 3,
          allowed: tableOf(fourth),
        });
      } else {
        note(four, { rule, offset: 0, fifth: 4, allowed: tableOf(fifth) });
        note([second, third, fourth, fifth], { rule, offset: 1, fifth: 0, allowed: tableOf(first) });
      }
      for (let length = 1; length <= 4; length += 1)
        for (const codes of product(places.slice(0, length))) beginnings.add(String.fromCharCode(...codes));
    }
  }

  return {
    filter,
    rulesAt(text, place, gram, found) {
      const here = byGram.get(gram);
      if (here === undefined) return;
      for (const { rule, offset, fifth, allowed } of here) {
        const at = place - offset;
        // What is not there yet may become right.
        const right =
          at + fifth >= text.length ||
          allowed[foldedCode(text.charCodeAt(at + fifth))] === 1 ||
          (fifth === -1 && isBehindEscape(text, at));
        if (right && (rule.glance === undefined || at + glance > text.length || rule.glance(text, at)))
          found(rule, at);
      }
    },
    openEnd(text) {
      let folded = '';
      for (let at = Math.max(0, text.length - 4); at < text.length; at += 1)
        folded += String.fromCharCode(foldedCode(text.charCodeAt(at)));
      for (let length = folded.length; length > 0; length -= 1)
        if (beginnings.has(folded.slice(-length))) return length;
      return 0;
    },
  };
}

/** The letters with which an escaped line break or tab ends. */
const escapeEnds = Array.from('nrt', (letter) => foldedCode(letter.charCodeAt(0)));

/** Whether an escaped line break or tab ends at a place: its letter is no part of the word that begins there. */
export function isBehindEscape(text: string, at: number): boolean {
  if (text.charCodeAt(at - 2) !== backslash) return false;
  const letter = text.charAt(at - 1);
  return letter === 'n' || letter === 'r' || letter === 't';
}

const backslash = 0x5c;

function tableOf(codes: readonly number[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const code of codes) table[code] = 1;
  return table;
}

/** What may stand at each place of an anchor, folded. */
function anchorPlaces(anchor: string): readonly (readonly number[])[] {
  return [...anchor.matchAll(/\[((?:\\.|[^\]\\])+)\]|[^[]/gs)].map(([one, inside]) =>
    inside === undefined ? [foldedCode(one.charCodeAt(0))] : classCodes(inside),
  );
}

/** The folded codes of the ASCII characters in a class of a regular expression. */
function classCodes(inside: string): readonly number[] {
  const one = new RegExp(`^[${inside}]$`, 's');
  const codes = Array.from({ length: 128 }, (_, code) => code).filter((code) =>
    one.test(String.fromCharCode(code)),
  );
  return [...new Set(codes.map(foldedCode))];
}

function product(places: readonly (readonly number[])[]): number[][] {
  return places.reduce<number[][]>(
    (all, codes) => all.flatMap((start) => codes.map((code) => [...start, code])),
    [[]],
  );
}
