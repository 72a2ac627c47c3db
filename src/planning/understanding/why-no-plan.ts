import type { NoPlanReason } from '#core/understanding.ts';
import {
  chatter,
  chatterMarks,
  conditions,
  conditionTurns,
  enders,
  explanations,
  negations,
  negators,
  questionWords,
  reporting,
} from './english/no-plan-words.ts';
import type { Item } from './items.ts';
import { isFree } from './match-pattern.ts';

/** Verb forms of the catalog: "restarting", "restarted". */
export interface VerbForms {
  readonly doing: ReadonlySet<string>;
  readonly past: ReadonlySet<string>;
}

/** Words after which only the reason for an order follows. */
const reasons = new Set(['because', 'since', 'it', 'its', 'they', 'so']);

/** Says that something is not wanted. */
export function isNegated(items: readonly Item[], forms: VerbForms): boolean {
  const words = spoken(items);
  if (words.some((word) => negators.has(word)) || hasTurn(words, negations)) return true;
  return words.some((word, i) => enders.has(word) && forms.doing.has(words[i + 1] ?? ''));
}

/** What is left of a clause before its reason: in "restart it because nothing loads" the negation is not about the order. */
export function beforeReason(items: readonly Item[]): readonly Item[] {
  const because = items.findIndex((item) => reasons.has(item.text));
  return because < 0 ? items : items.slice(0, because);
}

/** Hangs on something that may or may not happen, or repeats. */
export function isConditional(items: readonly Item[]): boolean {
  const words = spoken(items);
  if (words.some((word) => conditions.has(word)) || hasTurn(words, conditionTurns)) return true;
  const when = words.findIndex((word) => word === 'when' || word === 'once');
  if (when > 0 || (when === 0 && !questionWords.has(words[1] ?? '')))
    return words[when + 1] !== undefined || when > 0;
  return words[0] === 'should' && !/^(?:i|we|you|it|they)$/.test(words[1] ?? '');
}

/** Passes on what somebody else said. */
export function isReported(items: readonly Item[]): boolean {
  return spoken(items).some((word) => reporting.has(word));
}

/** Asks about something instead of asking for it. */
export function isQuestion(items: readonly Item[]): boolean {
  const words = items.filter((item) => item.text !== '').flatMap((item) => item.text.split(' '));
  return questionWords.has(words[0] ?? '') || hasTurn(words.slice(0, 6), explanations);
}

/** Tells what happened or is happening. */
export function isStory(items: readonly Item[], forms: VerbForms): boolean {
  const words = spoken(items);
  if (words.some((word) => forms.past.has(word))) return true;
  return (
    words.some((word) => forms.doing.has(word)) ||
    /^(?:i|we|he|she|they) (?:will|am|are|is|have|had|was|were)\b/.test(words.join(' '))
  );
}

/** Small talk. */
export function isChatter(items: readonly Item[]): boolean {
  const words = items.flatMap((item) => (item.kind === 'word' && item.text !== '' ? [item.text] : []));
  if (words.length === 0) return !items.some((item) => item.kind !== 'word' && item.kind !== 'time');
  const marks = words.filter((word) => chatterMarks.has(word)).length;
  if (marks === 0) return false;
  return words.every((word) => chatter.has(word)) || chatterMarks.has(words[0] as string);
}

/** Nothing but names. */
export function isNameOnly(items: readonly Item[]): boolean {
  const rest = items.filter((item) => item.kind === 'host' || !isFree(item));
  return (
    rest.length > 0 &&
    rest.every((item) => item.kind === 'service' || item.kind === 'host' || item.kind === 'sort')
  );
}

/** The first reason that applies to a clause no command fits. */
export function whyNoPlan(items: readonly Item[], asked: boolean, forms: VerbForms): NoPlanReason {
  if (/^(?:do|never|no)\b/.test(spoken(items).join(' ')) && isNegated(items, forms)) return 'negation';
  // "What happens if I restart it" asks; "if it breaks, restart it" orders.
  if (isConditional(items)) return isQuestion(items) ? 'question' : 'conditional';
  if (isNegated(items, forms)) return 'negation';
  if (isReported(items)) return 'hearsay';
  if (isNameOnly(items)) return 'name_only';
  if (isChatter(items)) return 'chatter';
  if (isQuestion(items) || asked) return 'question';
  if (isStory(items, forms)) return 'hearsay';
  return 'not_understood';
}

function spoken(items: readonly Item[]): readonly string[] {
  return items.filter((item) => !isFree(item)).flatMap((item) => item.text.split(' '));
}

function hasTurn(words: readonly string[], turns: readonly (readonly string[])[]): boolean {
  return words.some((_, at) => turns.some((turn) => turn.every((word, i) => words[at + i] === word)));
}
