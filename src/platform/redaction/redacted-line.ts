import type { Redactor } from './redactor.ts';

/**
 * A JSON line with secrets hidden, still JSON. Hiding works on the line as it stands; only where that would break the JSON,
 * as when a secret of digits sits in a number, the values are hidden one by one.
 *
 * @param lines hides what is secret in one more line of the log.
 */
export function redactedLine(
  line: string,
  lines: Pick<Redactor, 'text'>,
  redactor: Pick<Redactor, 'text'>,
): string {
  const redacted = lines.text(line);
  const whole = redacted === line || isJson(redacted);
  // What stands in several lines is escaped here and reads otherwise.
  if (whole && !redacted.includes('\\')) return redacted;
  return `${JSON.stringify(redactedValue(JSON.parse(whole ? redacted : line), redactor))}\n`;
}

function redactedValue(value: unknown, redactor: Pick<Redactor, 'text'>): unknown {
  if (typeof value === 'string') return redactor.text(value);
  if (typeof value === 'number') {
    const text = redactor.text(`${value}`);
    return text === `${value}` ? value : text;
  }
  if (Array.isArray(value)) return value.map((item) => redactedValue(item, redactor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [redactor.text(key), redactedValue(member, redactor)]),
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
