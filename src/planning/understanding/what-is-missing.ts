import type { Intent } from '#core/intent.ts';
import { negators, questionWords } from './english/no-plan-words.ts';
import { serviceNouns, tailWords } from './english/soft-words.ts';
import type { Filling } from './fill-slot.ts';
import type { Item } from './items.ts';
import { isFree, type Match } from './match-pattern.ts';

/** Why a command that was recognised cannot become an intent yet. */
export type Missing =
  /** Nothing at all was said about what to act on. */
  | { readonly kind: 'object'; readonly bare: boolean }
  /** "the thing I deployed" */
  | { readonly kind: 'vague'; readonly said: string }
  /** "all services" */
  | { readonly kind: 'all'; readonly said: string }
  | { readonly kind: 'several'; readonly said: string; readonly values: readonly string[] }
  | { readonly kind: 'sort'; readonly said: string; readonly values: readonly string[] }
  | { readonly kind: 'stranger'; readonly said: string }
  /** Understood, but too uncertain to act on: slips, or words that nothing explains. */
  | { readonly kind: 'confirm'; readonly services: readonly string[] }
  | { readonly kind: 'port'; readonly port: number }
  /** A version was asked for, and the catalog decides on those. */
  | { readonly kind: 'version'; readonly said: string; readonly services: readonly string[] }
  | { readonly kind: 'negated' }
  | { readonly kind: 'question' };

const allWords = new Set('everything all every each anything whatever lot everyone entire whole'.split(' '));
const vagueWords = new Set(
  'thing things something someone one ones stuff it that this them those these they what whatever which service app container application another other same last previous latest new newest it all'.split(
    ' ',
  ),
);
const plurals = new Set(
  'services containers apps applications stacks deployments pods instances servers programs softwares'.split(
    ' ',
  ),
);

/** What has to be asked before a match can become an intent; null when nothing has to. */
export function whatIsMissing(
  match: Match,
  items: readonly Item[],
  inputs: Intent['inputs'],
): Missing | null {
  for (const filling of match.fillings.values()) {
    const missing = fromFilling(filling, items);
    if (missing !== null) return missing;
  }
  const { meaning, style } = match.pattern;
  for (const [name, input] of Object.entries(meaning.inputs)) {
    if (!input.required || match.fillings.has(name) || inputs[name] !== undefined) continue;
    const spoken = items.filter((item) => !isFree(item));
    if (match.rest.length > 0) return fromRest(match.rest, items);
    return { kind: 'object', bare: style === 'order' && spoken.length <= 1 };
  }
  const port = items.find((item) => item.kind === 'port');
  if (port?.kind === 'port' && inputs['port'] !== undefined && (port.port < 1 || port.port > 65_535))
    return { kind: 'port', port: port.port };
  if (meaning.risk === 'read') return null;

  const services = [...match.fillings.values()].flatMap((filling) =>
    filling.kind === 'values' ? filling.values.map(String) : [],
  );
  const first = match.rest[0];
  const clear =
    first === undefined || (first.kind === 'word' && (tailWords.has(first.text) || /ly$/.test(first.text)));
  if (!clear) return { kind: 'confirm', services };
  if (meaning.risk !== 'destructive') return null;
  const exact = [...match.fillings.values()].every((filling) => filling.kind !== 'values' || filling.exact);
  return match.corrected || !exact || match.strays + match.rest.length > 0
    ? { kind: 'confirm', services }
    : null;
}

function fromFilling(filling: Filling, items: readonly Item[]): Missing | null {
  switch (filling.kind) {
    case 'values':
      return null;
    case 'several':
    case 'sort':
    case 'stranger':
      return filling;
    case 'anything':
      return fromRest(filling.items, items);
  }
}

function fromRest(rest: readonly Item[], items: readonly Item[]): Missing {
  const spoken = rest.filter((item) => !isFree(item));
  const words = rest.filter((item) => item.kind === 'word' && item.text !== '');
  if (spoken.some((item) => negators.has(item.text))) return { kind: 'negated' };
  const named = spoken.flatMap((item) => (item.kind === 'service' ? item.names : []));
  if (words.some((item) => allWords.has(item.text) || plurals.has(item.text)))
    return { kind: 'all', said: said(words) };
  if (named.length > 0) {
    if (spoken.some((item) => questionWords.has(item.text))) return { kind: 'question' };
    return { kind: 'confirm', services: named };
  }
  const sort = spoken.find((item) => item.kind === 'sort');
  if (sort?.kind === 'sort') return { kind: 'sort', said: sort.text, values: sort.names };
  if (spoken.length === 0) {
    const pointing = words.find((item) => vagueWords.has(item.text));
    if (pointing !== undefined) return { kind: 'vague', said: said(words) };
    return { kind: 'object', bare: !items.some((item) => item.kind === 'host') };
  }
  const first = spoken[0] as Item;
  if (vagueWords.has(first.text) || serviceNouns.has(first.text)) return { kind: 'vague', said: said(words) };
  if (first.kind === 'host') return { kind: 'object', bare: false };
  const end = spoken.findIndex((item, i) => i > 0 && (item.kind !== 'word' || tailWords.has(item.text)));
  return { kind: 'stranger', said: said(spoken.slice(0, end === -1 ? 3 : Math.min(end, 3))) };
}

function said(items: readonly Item[]): string {
  return items.map((item) => item.raw).join(' ');
}
