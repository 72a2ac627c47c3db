import type { Item } from './items.ts';

/** What people call this bot behind an @. */
const own = /chiffon|bot/i;
const greetings = new Set(
  'hi hello hey yo howdy hiya dear ok okay good morning afternoon evening greetings so and please'.split(' '),
);

/** Whom a message speaks to when that is somebody else: "@anna please …", "bob, can you …"; null when it is nobody. */
export function otherAddressee(words: string, items: readonly Item[]): string | null {
  const mention = /^\s*(?:(?:hi|hey|hello|yo|ok|okay|please|dear)[\s,]+)?@(\p{L}[\p{L}\p{N}._-]*)/iu.exec(
    words,
  )?.[1];
  if (mention !== undefined) return own.test(mention) ? null : mention;
  const at = items.findIndex((item) => !greetings.has(item.text));
  const name = items[at];
  const next = items[at + 1];
  if (name?.kind !== 'word' || !name.unknown || next === undefined || next.text === '') return null;
  if (own.test(name.text) || !/^\p{L}{2,}$/u.test(name.raw) || !/[aeiouy]/i.test(name.raw)) return null;
  return next.gap === 'comma' || (at > 0 && next.gap === 'none') ? name.raw : null;
}
