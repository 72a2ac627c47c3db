import type { Intent } from '#core/intent.ts';
import type { NoPlanReason } from '#core/understanding.ts';
import type { Pattern, Phrasebook } from './compile-phrases.ts';
import type { VerbForm } from './english/openings.ts';
import { showing, tailWords } from './english/soft-words.ts';
import type { FloorRule } from './floor.ts';
import type { Item } from './items.ts';
import { determiners, isFree, type Match, matchPattern, type Surroundings } from './match-pattern.ts';
import { type Missing, whatIsMissing } from './what-is-missing.ts';
import {
  beforeReason,
  isConditional,
  isNegated,
  isReported,
  type VerbForms,
  whyNoPlan,
} from './why-no-plan.ts';

/** What one clause means by itself. */
export type Reading =
  | {
      readonly kind: 'meant';
      readonly match: Match;
      readonly intents: readonly Intent[];
      readonly exact: boolean;
    }
  /** Meant, but something has to be asked first. `firm` when it was an order rather than a remark. */
  | {
      readonly kind: 'ask';
      readonly match: Match;
      readonly missing: Missing;
      readonly inputs: Intent['inputs'];
      readonly firm: boolean;
    }
  | { readonly kind: 'refused'; readonly floor: FloorRule }
  | { readonly kind: 'nothing'; readonly why: NoPlanReason; readonly blocks: 'sentence' | 'verb' | null }
  | { readonly kind: 'empty' };

/** What reading needs to know. */
export interface Reader {
  readonly phrases: Phrasebook;
  readonly floor: Phrasebook;
  readonly floorRules: ReadonlyMap<string, FloorRule>;
  readonly forms: VerbForms;
}

interface Start {
  readonly at: number;
  readonly form: VerbForm;
  /** After "show me" and the like, where only names of things make sense. */
  readonly shown: boolean;
  /** After "could you please" and the like. */
  readonly opened: boolean;
  /** After an article: "the restart" is a thing, not an order. */
  readonly named: boolean;
}

export function readClause(
  reader: Reader,
  items: readonly Item[],
  starts: readonly Start[],
  asked: boolean,
  around: Surroundings,
): Reading {
  if (items.every((item) => isFree(item) && item.kind !== 'host')) return { kind: 'empty' };
  const best = bestMatch(reader.phrases, items, starts, around);
  const refused = refusal(reader, items, starts, around, best);
  if (refused !== null) return refused;
  const begins = starts.findLast(({ opened }) => opened)?.at ?? 0;
  if (best === null) return nothing(reader, items.slice(begins), items, asked);

  const unexplained = items.filter((item, at) => !best.explained.includes(at));
  if (best.strays + best.rest.length > 0 || hasAnything(best)) {
    if (isConditional(unexplained)) return { kind: 'nothing', why: 'conditional', blocks: 'sentence' };
    if (isReported(unexplained)) return { kind: 'nothing', why: 'hearsay', blocks: 'sentence' };
    const ends =
      unexplained.some((item) => !isFree(item) && reader.forms.doing.has(item.text)) && endsSomething(items);
    if (isNegated(beforeReason(unexplained), reader.forms) || ends)
      return { kind: 'nothing', why: 'negation', blocks: 'verb' };
  }
  const { meaning } = best.pattern;
  if (meaning.risk !== 'read' && items.some((item) => item.kind === 'time' && item.later)) {
    return { kind: 'nothing', why: 'conditional', blocks: 'sentence' };
  }
  return settle(best, items);
}

/** Where in a clause an order, a question or a label may begin. */
export function findStarts(
  items: readonly Item[],
  openingAt: (items: readonly Item[], at: number) => { length: number; form: VerbForm } | null,
): readonly Start[] {
  const starts: Start[] = [];
  let at = 0;
  let form: VerbForm = 'base';
  const skipSoft = () => {
    while (at < items.length && isFree(items[at] as Item)) at += 1;
  };
  starts.push({ at: 0, form, shown: false, opened: false, named: false });
  for (let turns = 0; turns < 8; turns += 1) {
    const opening = openingAt(items, at);
    if (opening === null) {
      const before = at;
      if (at < items.length && isFree(items[at] as Item)) {
        at += 1;
        starts.push({
          at,
          form,
          shown: false,
          opened: false,
          named: determiners.has(items[at - 1]?.text ?? ''),
        });
      }
      if (at === before) break;
      continue;
    }
    at += opening.length;
    form = opening.form;
    starts.push({ at, form, shown: false, opened: true, named: false });
  }
  skipSoft();
  const shown = (from: number, turns: number): void => {
    let next = from;
    while (next < items.length && isFree(items[next] as Item)) next += 1;
    for (const words of showing) {
      if (!words.every((word, i) => items[next + i]?.text === word)) continue;
      const after = next + words.length;
      if (starts.some((start) => start.shown && start.at === after)) continue;
      starts.push({ at: after, form: 'base', shown: true, opened: false, named: false });
      if (turns > 1) shown(after, turns - 1);
    }
  };
  for (const { at: from } of starts.slice()) shown(from, 3);
  return starts.filter(({ at: position }) => position < items.length);
}

function bestMatch(
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

function hasAnything(match: Match): boolean {
  return match.fillings.get('anything') !== undefined;
}

function endsSomething(items: readonly Item[]): boolean {
  return items.some((item) => /^(?:stop|quit|cease|pause|end|halt|suspend|kill|disable)$/.test(item.text));
}

function refusal(
  reader: Reader,
  items: readonly Item[],
  starts: readonly Start[],
  around: Surroundings,
  best: Match | null,
): Reading | null {
  if (best !== null && !hasAnything(best) && best.rest.length + best.strays === 0 && !isOpen(best))
    return null;
  const floor = bestMatch(reader.floor, items, starts, around, true);
  if (floor === null || hasAnything(floor)) return null;
  const namesService = items.some((item) => item.kind === 'service' || item.kind === 'sort');
  const rule = reader.floorRules.get(floor.pattern.meaning.command);
  if (rule === undefined || (namesService && rule.rule === 'floor.host-power')) return null;
  const unexplained = items.filter((_, at) => !floor.explained.includes(at));
  if (isNegated(unexplained, reader.forms) || isConditional(unexplained) || isReported(unexplained))
    return null;
  return { kind: 'refused', floor: rule };
}

function isOpen(match: Match): boolean {
  return [...match.fillings.values()].some(({ kind }) => kind !== 'values');
}

function nothing(reader: Reader, core: readonly Item[], items: readonly Item[], asked: boolean): Reading {
  const found = whyNoPlan(core.length > 0 ? core : items, asked, reader.forms);
  const why = found === 'not_understood' ? whyNoPlan(items, asked, reader.forms) : found;
  const blocks =
    why === 'conditional' || isConditional(items) || why === 'hearsay' || why === 'question'
      ? 'sentence'
      : why === 'negation'
        ? 'verb'
        : null;
  const reports = why === 'hearsay' && !isReported(items);
  return { kind: 'nothing', why, blocks: reports ? null : blocks };
}

function settle(match: Match, items: readonly Item[]): Reading {
  const { meaning, style } = match.pattern;
  const inputs: Record<string, string | number> = {};
  const lists: { name: string; values: readonly (string | number)[] }[] = [];
  let exact = !match.corrected;
  for (const [name, filling] of match.fillings) {
    if (filling.kind !== 'values') continue;
    if (!filling.exact) exact = false;
    if (filling.values.length === 1) inputs[name] = filling.values[0] as string | number;
    else lists.push({ name, values: filling.values });
  }
  for (const [name, input] of Object.entries(meaning.inputs)) {
    if (inputs[name] !== undefined || match.fillings.has(name)) continue;
    const item = items.find((other) => other.kind === input.kind);
    if (item?.kind === 'host') inputs[name] = item.host;
    if (item?.kind === 'port') inputs[name] = item.port;
  }
  const missing = whatIsMissing(match, items, inputs);
  if (missing?.kind === 'negated') return { kind: 'nothing', why: 'negation', blocks: 'verb' };
  if (missing !== null) {
    if (missing.kind === 'question') return { kind: 'nothing', why: 'question', blocks: 'sentence' };
    return { kind: 'ask', match, missing, inputs, firm: style === 'order' };
  }
  let intents: Intent[] = [{ command: meaning.command, inputs: ordered(inputs, meaning.inputs) }];
  for (const { name, values } of lists) {
    intents = intents.flatMap((intent) =>
      values.map((value) => ({
        ...intent,
        inputs: ordered({ ...intent.inputs, [name]: value }, meaning.inputs),
      })),
    );
  }
  return { kind: 'meant', match, intents, exact };
}

function ordered(
  inputs: Readonly<Record<string, string | number>>,
  declared: Readonly<Record<string, unknown>>,
): Intent['inputs'] {
  return Object.fromEntries(
    Object.keys(declared).flatMap((name) =>
      inputs[name] === undefined ? [] : [[name, inputs[name] as string | number]],
    ),
  );
}
