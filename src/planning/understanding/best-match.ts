import type { Phrasebook } from './compile-phrases.ts';
import { tailWords } from './english/soft-words.ts';
import type { Start } from './find-starts.ts';
import type { Item } from './items.ts';
import { type Match, matchPattern, type Surroundings } from './match-pattern.ts';
import type { Pattern } from './pattern.ts';

/** The phrase that fits a clause best, from any of its starts; null when none fits well enough. */
export function bestMatch(
  phrases: Phrasebook,
  items: readonly Item[],
  starts: readonly Start[],
  around: Surroundings,
  lenient = false,
): Match | null {
  let best: Match | null = null;
  let bestCost = Number.POSITIVE_INFINITY;
  const candidates = phrases.candidates(items.map((item) => item.text));
  for (const pattern of candidates) {
    for (const { at, form, shown, named } of starts) {
      if (pattern.style === 'order' ? pattern.form !== form || shown || named : form === 'past') continue;
      if (shown && pattern.style !== 'label') continue;
      const match = matchPattern(pattern, items, at, straysAllowed(pattern, shown), around, lenient);
      if (match === null) continue;
      const cost = costOf(match, shown);
      if (cost === null) continue;
      if (cost < bestCost) {
        best = match;
        bestCost = cost;
      }
    }
  }
  return best;
}

function straysAllowed({ style, meaning }: Pattern, shown: boolean): number {
  if (meaning.risk === 'destructive') return style === 'order' ? 2 : 0;
  if (style === 'order') return 2;
  return style === 'question' || (style === 'label' && shown) ? 1 : 0;
}

/** The lower the better; null when it does not fit well enough to count. */
function costOf(match: Match, shown: boolean): number | null {
  const { style, meaning } = match.pattern;
  const first = match.rest[0];
  const tail = first !== undefined && isTail(first);
  const anything = hasAnything(match);
  if (style === 'terse' && first !== undefined && !tail) return null;
  if (
    style === 'label' &&
    first !== undefined &&
    !(tail && meaning.risk === 'read') &&
    !(shown && match.rest.length <= 2)
  )
    return null;
  if (
    style === 'question' &&
    !tail &&
    (match.rest.length > 1 || match.rest.some(({ kind }) => kind !== 'word'))
  )
    return null;
  if (style === 'order' && meaning.risk === 'read' && match.rest.length > 3 && !tail) return null;
  const open = [...match.fillings.values()].filter(
    ({ kind }) => kind === 'stranger' || kind === 'sort' || kind === 'several',
  ).length;
  const required = Object.entries(meaning.inputs).filter(
    ([name, input]) => input.required && !match.fillings.has(name),
  ).length;
  return (
    (anything ? 4000 : 0) +
    open * 600 +
    (anything ? 0 : required * 500) +
    (tail ? 100 : match.rest.length * 300) +
    match.strays * 200 +
    (match.corrected ? 20 : 0) +
    (meaning.risk === 'destructive' ? 5 : 0) +
    (style === 'order' ? 0 : 1) -
    match.explained.length * 10
  );
}

function isTail(item: Item): boolean {
  return item.kind === 'word' && (tailWords.has(item.text) || /ly$/.test(item.text));
}

/** Whether the object was filled with words that nothing explains. */
export function hasAnything(match: Match): boolean {
  return match.fillings.get('anything') !== undefined;
}
