import { isKeepable } from '#core/canonical.ts';

/**
 * PostgreSQL stores neither U+0000 nor half of a surrogate pair. Text that must stay exactly as it is (a request, a
 * plan) is refused with this; text that came from a host is made visible instead.
 */
export class UnstorableText extends Error {
  override readonly name = 'UnstorableText';
  readonly code = 'unstorable_text';

  constructor(what: string) {
    super(
      `The ${what} contains a character that can't be stored (a NUL or half of a character). Remove it and send it again.`,
    );
  }
}

/** The text itself. @throws UnstorableText when PostgreSQL couldn't keep it as it is. */
export function storable(text: string, what: string): string {
  if (!isKeepable(text)) throw new UnstorableText(what);
  return text;
}

/** The text with what can't be stored made visible: NUL as ␀, half a surrogate pair as U+FFFD. */
export function visible(text: string): string {
  // Looking is several times faster than replacing, and there is nearly never anything to replace.
  const shown = text.includes('\u0000') ? text.replaceAll('\u0000', '␀') : text;
  return shown.isWellFormed() ? shown : shown.toWellFormed();
}

/** A JSON value with every text in it made visible, keys too. */
export function visibleJson(value: unknown): unknown {
  if (typeof value === 'string') return visible(value);
  if (Array.isArray(value)) return value.map(visibleJson);
  if (typeof value !== 'object' || value === null) return value;
  // Whatever has a class of its own stays what it is, so that it is refused and not stored as an empty object.
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [visible(key), visibleJson(member)]),
  );
}

/** The value itself. @throws UnstorableText when it holds a text that PostgreSQL couldn't keep as it is. */
export function storableJson<T>(value: T, what: string): T {
  visitTexts(value, (text) => storable(text, what));
  return value;
}

function visitTexts(value: unknown, visit: (text: string) => void): void {
  if (typeof value === 'string') return visit(value);
  if (Array.isArray(value)) return value.forEach((item) => visitTexts(item, visit));
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    visit(key);
    visitTexts(member, visit);
  }
}
