import type { Intent } from '#core/intent.ts';
import type { NoPlanReason } from '#core/understanding.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { bestMatch, hasAnything } from './best-match.ts';
import type { Phrasebook } from './compile-phrases.ts';
import { isOnlyOpening, type Start } from './find-starts.ts';
import type { FloorRule } from './floor.ts';
import { inOrder } from './in-order.ts';
import type { Item } from './items.ts';
import { isFree, type Match, type Surroundings } from './match-pattern.ts';
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
  readonly catalog: Catalog;
}

/** Reads one clause: the floor first, then the best phrase, then the reasons why it may mean nothing after all. */
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
  if (best === null && items.every((item) => item.kind === 'word') && isOnlyOpening(items))
    return { kind: 'empty' };
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

function endsSomething(items: readonly Item[]): boolean {
  return items.some((item) => /^(?:stop|quit|cease|pause|end|halt|suspend|kill|disable)$/.test(item.text));
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
  for (const [name, filling] of match.fillings) {
    if (filling.kind !== 'values') continue;
    if (filling.values.length === 1) inputs[name] = filling.values[0] as string | number;
    else lists.push({ name, values: filling.values });
  }
  for (const [name, input] of Object.entries(meaning.inputs)) {
    if (inputs[name] !== undefined || match.fillings.has(name)) continue;
    const item = items.find((other) => other.kind === input.kind);
    if (item?.kind === 'host') inputs[name] = item.host;
    // A question about the record narrows by whatever is named in it; an order acts only on what it is for.
    if (meaning.hands === 'ledger' && item?.kind === 'service' && item.names.length === 1)
      inputs[name] = item.names[0] as string;
    if (item?.kind === 'port') inputs[name] = item.port;
  }
  const missing = whatIsMissing(match, items, inputs);
  if (missing?.kind === 'negated') return { kind: 'nothing', why: 'negation', blocks: 'verb' };
  if (missing !== null) {
    if (missing.kind === 'question') return { kind: 'nothing', why: 'question', blocks: 'sentence' };
    return { kind: 'ask', match, missing, inputs, firm: style === 'order' };
  }
  let intents: Intent[] = [{ command: meaning.command, inputs: inOrder(inputs, meaning.inputs) }];
  for (const { name, values } of lists) {
    intents = intents.flatMap((intent) =>
      values.map((value) => ({
        ...intent,
        inputs: inOrder({ ...intent.inputs, [name]: value }, meaning.inputs),
      })),
    );
  }
  return { kind: 'meant', match, intents };
}
