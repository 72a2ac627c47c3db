import type { AnchorIndex } from './anchor-index.ts';
import type { TextView } from './finder.ts';
import type { GramFilter } from './gram-filter.ts';
import type { NeedleFinder } from './needle-finder.ts';
import { buildNeedleIndex, type NeedleIndex } from './needle-index.ts';
import type { RuleFinder } from './rule-finder.ts';
import type { SecretRule } from './secret-rule.ts';

/** Everything that is looked for. */
export interface SecretIndex {
  readonly needles: NeedleIndex;
  readonly anchors: AnchorIndex;
  /** Knows the grams of both, so that a text is looked through once. */
  readonly filter: GramFilter;
}

/** @param secrets the values to hide, each with its name. */
export function buildSecretIndex(secrets: ReadonlyMap<string, string>, anchors: AnchorIndex): SecretIndex {
  const needles = buildNeedleIndex([...secrets].map(([needle, name]) => ({ needle, name })));
  const filter = anchors.filter.copy();
  for (const gram of needles.grams) filter.addGram(gram);
  return { needles, anchors, filter };
}

/**
 * Tells the finders where to look in a text.
 *
 * @param from the position up to which it was done before.
 * @param looks null when the values alone are to be looked for.
 * @returns where to go on when more text has come.
 */
export function spotSecrets(
  { needles, anchors, filter }: SecretIndex,
  { text, start }: TextView,
  from: number,
  values: NeedleFinder,
  looks: RuleFinder | null,
): number {
  const note = (rule: SecretRule, at: number): void => looks?.note(rule, start + at);
  const next = filter.scan(text, Math.max(0, from - start), (place, gram) => {
    if (needles.mayBegin(gram)) values.note(start + place);
    if (looks !== null) anchors.rulesAt(text, place, gram, note);
    return undefined;
  });
  return start + next;
}
