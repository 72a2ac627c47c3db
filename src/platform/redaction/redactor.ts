import { done, type Result, refuse } from '#core/refusal.ts';
import { hiddenForms } from './hidden-forms.ts';
import { buildNeedleIndex, type NeedleIndex } from './needle-index.ts';
import { type RedactingStream, redactingStream } from './redacting-stream.ts';

/** Shorter values also occur by chance: hiding them would blank ordinary words. In UTF-16 code units. */
export const shortestSecret = 6;

/** Hides values that must not be seen, in any of the forms programs commonly write them. */
export interface Redactor {
  /**
   * Hides `secret` from now on, as `[secret: <name>]` (quotes, backslashes and controls in the name are left out, so that it fits
   * into JSON). Surrounding white space is no part of a secret. Values that are too
   * short are refused, and are then not hidden.
   */
  register(name: string, secret: string): Result<void>;
  /** The text with every secret replaced; the very same text when it holds none. */
  text(plain: string): string;
  /** For text that arrives in pieces: what comes out, put together, is `text` of what went in, put together. */
  stream(): RedactingStream;
  /** The name of the secret that ends first in the text, or null when there is none. */
  contains(text: string): string | null;
}

/**
 * Creates a redactor. What it finds, and what it does not:
 *
 * - each secret as it is and as base64 (any alignment), base64url, URL-encoded, JSON-escaped (once and twice), shell-quoted and
 *   in hexadecimal;
 * - a secret that a line break (`\n`, `\r\n`, `\r\r\n`) was put into, unless it was put before the fourth character;
 * - of a secret with several lines, also each line of 16 characters or more on its own;
 * - not a secret that was compressed, encrypted, reversed or cut into pieces with other text between them.
 *
 * Time is linear in the text, whatever the number of secrets. A secret registered while a stream runs is hidden from the
 * text on that the stream has not given out yet.
 */
export function createRedactor(): Redactor {
  const secrets = new Map<string, string>();
  let index: NeedleIndex | null = null;
  const currentIndex = (): NeedleIndex => {
    index ??= buildNeedleIndex([...secrets].map(([needle, name]) => ({ needle, name })));
    return index;
  };
  const stream = (): RedactingStream => redactingStream(currentIndex);

  return {
    register(name, secret) {
      const value = secret.trim();
      if (value.length < shortestSecret) {
        return refuse(
          'secret_too_short',
          `The secret "${name}" has ${value.length} characters and can't be hidden in logs and messages: values shorter than ${shortestSecret} also occur by chance. Choose a longer one.`,
        );
      }
      const label = name.replace(/["\\\p{Cc}]/gu, '');
      for (const form of hiddenForms(value)) if (!secrets.has(form)) secrets.set(form, label);
      index = null;
      return done(undefined);
    },
    text(plain) {
      const whole = stream();
      return whole.push(plain) + whole.flush();
    },
    stream,
    contains: (text) => currentIndex().firstIn(text),
  };
}
