import type { Understanding } from '#core/understanding.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { compactName } from '../catalog/compact-name.ts';
import { otherAddressee } from './addressee.ts';
import { askQuestion } from './ask-question.ts';
import { compilePhrases, destructiveWords } from './compile-phrases.ts';
import { extractItems } from './extract-items.ts';
import { findLookAlike, findUnreadable } from './find-unreadable.ts';
import { floorRules, rawCommandReason } from './floor.ts';
import { doing, past } from './inflect.ts';
import { isRawCommand } from './is-raw-command.ts';
import { collectNames, type House } from './names.ts';
import { readMessage } from './read-message.ts';
import { removeQuotes } from './remove-quotes.ts';
import { replyNothing, replyToOther, replyUnreadable } from './reply.ts';
import { safeSuggestions } from './safe-suggestions.ts';
import { isAsk } from './said.ts';
import { tokens } from './tokens.ts';
import { createVocabulary } from './vocabulary.ts';
import { isNegated, isQuestion } from './why-no-plan.ts';

/** Builds what turns words into intents, once; the function it returns is pure. */
export function createUnderstander(catalog: Catalog, house: House): (words: string) => Understanding {
  const names = collectNames(catalog, house);
  const phrases = compilePhrases(catalog.commands);
  const floor = compilePhrases(floorRules.map(({ sayings }) => sayings));
  const rules = new Map(floorRules.map((rule) => [rule.rule, rule]));
  const verbs = catalog.commands.flatMap((command) =>
    command.verbs.map((verb) => verb.toLowerCase().split(/\s+/)[0] as string),
  );
  const forms = {
    doing: new Set([...verbs.map(doing), ...'backing doing going touching removing'.split(' ')]),
    past: new Set([
      ...verbs.map(past).filter((word) => !verbs.includes(word)),
      ...'was were had did went used tried broke been got touched'.split(' '),
    ]),
  };
  const words = [...phrases.words, ...floor.words, ...forms.doing, ...forms.past];
  const vocabulary = createVocabulary(words, destructiveWords(catalog), names);
  const reader = { phrases, floor, floorRules: rules, forms, catalog };
  const context = { catalog, house, names, vocabulary };

  return (said) => {
    const unreadable = findUnreadable(said);
    if (unreadable !== null) return replyUnreadable(unreadable);
    const lookAlike = findLookAlike(said);
    if (lookAlike !== null)
      return replyUnreadable(`contains the word “${lookAlike}”, whose letters only look like plain ones`);

    const { text, quoted } = removeQuotes(said, (inside) => names.services.has(compactName(inside)));
    const items = extractItems(tokens(text), names, vocabulary);
    const other = otherAddressee(said, items);
    if (other !== null) return replyToOther(other);
    const raw = rawCommandIn(text);
    if (raw !== null && !isNegated(items, forms) && !isQuestion(items)) {
      return {
        kind: 'refused',
        rule: 'floor.raw-command',
        reason: rawCommandReason(short(raw)),
        suggestions: safeSuggestions(context, items),
      };
    }

    const { parts, refused, reasons } = readMessage(reader, items);
    if (refused !== null) {
      return {
        kind: 'refused',
        rule: refused.rule,
        reason: refused.reason(short(said)),
        suggestions: safeSuggestions(context, items),
      };
    }
    const bare = parts.find((part) => isAsk(part) && part.missing.kind === 'object' && part.missing.bare);
    if (parts.length === 1 && bare !== undefined)
      return replyNothing(context, 'too_vague', items, bare.command);
    if (parts.some(isAsk)) return askQuestion(context, parts);
    const intents = parts.filter((part) => !isAsk(part));
    if (intents.length > 0) return { kind: 'intents', intents };
    const why =
      reasons.find((reason) => reason !== 'not_understood' && reason !== 'chatter') ??
      (quoted ? 'hearsay' : reasons[0]) ??
      'chatter';
    return replyNothing(
      context,
      why === 'unreadable' || why === 'addressed' ? 'not_understood' : why,
      items,
      null,
    );
  };
}

/** The first part of a message that is a command line. */
function rawCommandIn(text: string): string | null {
  for (const part of [text, ...text.split(/\n|;|,|\band\b|\bthen\b/i)]) {
    if (isRawCommand(part.trim().replace(/^[`'"\s]+|[`'"\s]+$/g, ''))) return part.trim();
  }
  return null;
}

function short(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
