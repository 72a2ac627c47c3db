import { createGramFilter, foldedCode, type Gram, type GramFilter } from './gram-filter.ts';
import type { SecretRule } from './secret-rule.ts';

/** Where anchors of rules may stand in a text. */
export interface AnchorIndex {
  readonly filter: GramFilter;
  /** The rules one of whose anchors may begin `offset` characters before the place a gram was found at. */
  readonly rulesAt: (gram: Gram) => readonly Anchored[];
  /** How many of the last characters of a text could begin an anchor; at most four. */
  readonly openEnd: (text: string) => number;
}

export interface Anchored {
  readonly rule: SecretRule;
  /** -1 where the gram begins one character before the anchor. */
  readonly offset: -1 | 0 | 1;
}

export function buildAnchorIndex(rules: readonly SecretRule[]): AnchorIndex {
  const filter = createGramFilter();
  const byGram = new Map<Gram, Anchored[]>();
  const beginnings = new Set<string>();

  function note(rule: SecretRule, places: readonly (readonly number[])[], offset: Anchored['offset']): void {
    for (const codes of product(places)) {
      const gram = filter.add(codes);
      const known = byGram.get(gram) ?? [];
      if (!known.some((other) => other.rule === rule && other.offset === offset))
        known.push({ rule, offset });
      byGram.set(gram, known);
    }
  }

  for (const rule of rules) {
    for (const anchor of rule.anchors) {
      const places = anchorPlaces(anchor).slice(0, 5);
      const before = classCodes(rule.before ?? String.raw`\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f`);
      if (places.length < 4)
        throw new TypeError(`the anchor ${anchor} of "${rule.kind}" is shorter than four characters`);
      note(rule, places.slice(0, 4), 0);
      if (places.length === 5) note(rule, places.slice(1, 5), 1);
      else note(rule, [before, ...places.slice(0, 3)], -1);
      for (let length = 1; length <= 4; length += 1)
        for (const codes of product(places.slice(0, length))) beginnings.add(String.fromCharCode(...codes));
    }
  }

  return {
    filter,
    rulesAt: (gram) => byGram.get(gram) ?? [],
    openEnd(text) {
      const end = text.slice(-4);
      const folded = String.fromCharCode(...Array.from(end, (_, i) => foldedCode(end.charCodeAt(i))));
      for (let length = folded.length; length > 0; length -= 1)
        if (beginnings.has(folded.slice(-length))) return length;
      return 0;
    },
  };
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
