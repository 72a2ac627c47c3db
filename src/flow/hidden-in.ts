import type { Redaction } from './redaction-port.ts';

/** A value of plain data with the secrets in its texts hidden, however deep; the same value when there are none. */
export function hiddenIn<T>(value: T, redaction: Pick<Redaction, 'text'>): T {
  return hide(value, redaction) as T;
}

function hide(value: unknown, redaction: Pick<Redaction, 'text'>): unknown {
  if (typeof value === 'string') return redaction.text(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => hide(item, redaction));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  // What has a class of its own (a date, bytes) is no text.
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  const members = Object.entries(value);
  const hidden = members.map(([name, member]) => [name, hide(member, redaction)] as const);
  return hidden.some(([, member], index) => member !== members[index]?.[1])
    ? Object.fromEntries(hidden)
    : value;
}

function isPlain(value: object): boolean {
  const kind: unknown = Object.getPrototypeOf(value);
  return kind === Object.prototype || kind === null;
}
