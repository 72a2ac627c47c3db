import { done, type Result, refuse } from '#core/refusal.ts';
import { type AnchorIndex, buildAnchorIndex } from './anchor-index.ts';
import { hiddenForms } from './hidden-forms.ts';
import { firstSecret, type RedactingStream, redactingStream } from './redacting-stream.ts';
import type { BlockMemory } from './rule-finder.ts';
import { allRules } from './rules/all-rules.ts';
import { buildSecretIndex, type SecretIndex } from './secret-index.ts';
import type { SecretRule } from './secret-rule.ts';

/** Shorter values also occur by chance: hiding them would blank ordinary words. In UTF-16 code units. */
export const shortestSecret = 6;

/** Hides values that must not be seen, in any of the forms programs commonly write them, and whatever looks like a secret. */
export interface Redactor {
  /**
   * Hides `secret` from now on, as `[secret: <name>]` (quotes, backslashes and controls in the name are left out, so that it fits
   * into JSON). Surrounding white space is no part of a secret. Values that are too
   * short are refused, and are then not hidden.
   */
  register(name: string, secret: string): Result<void>;
  /** The text with every secret replaced; the very same text when it holds none. */
  text(plain: string): string;
  /**
   * For text that arrives in pieces: what comes out, put together, is `text` of what went in, put together.
   *
   * @param beside a stream whose text belongs to the same output: the lines of a key may stand partly in one and partly in the other.
   */
  stream(beside?: RedactingStream): RedactingStream;
  /** What the first secret of the text is: the name of one that was registered, or its kind. Null when there is none. */
  contains(text: string): string | null;
}

/**
 * Creates a redactor. What it finds, and what it does not:
 *
 * - each registered secret as it is and as base64 (any alignment), base64url, URL-encoded, JSON-escaped (once and twice),
 *   shell-quoted and in hexadecimal;
 * - a registered secret that a line break (`\n`, `\r\n`, `\r\r\n`) was put into, unless it was put before the fourth character;
 * - of a registered secret with several lines, also each line of 16 characters or more on its own;
 * - whatever looks like a secret by the rules in `rules/`;
 * - not a secret that was compressed, encrypted, reversed or cut into pieces with other text between them.
 *
 * Time is linear in the text, whatever the number of secrets. A secret registered while a stream runs is hidden from the
 * text on that the stream has not given out yet.
 */
export function createRedactor(rules: readonly SecretRule[] = allRules): Redactor {
  const secrets = new Map<string, string>();
  const anchors = anchorsOf(rules);
  let built: SecretIndex | null = null;
  const index = (): SecretIndex => {
    built ??= buildSecretIndex(secrets, anchors);
    return built;
  };
  const memories = new WeakMap<RedactingStream, BlockMemory>();
  const stream = (beside?: RedactingStream): RedactingStream => {
    const memory: BlockMemory = (beside && memories.get(beside)) ?? { open: null };
    const made = redactingStream({ index, memory });
    memories.set(made, memory);
    return made;
  };
  const text = (plain: string): string => {
    if (isClean(plain)) return plain;
    const whole = stream();
    return whole.push(plain) + whole.flush();
  };
  /** Whether a short look is enough to see that nothing is to be hidden. */
  const isClean = (plain: string): boolean => {
    // Every rule and every value needs four characters that the filter knows.
    const asLine = `\n${plain}`;
    return index().filter.next(asLine, 0) === asLine.length;
  };

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
      built = null;
      return done(undefined);
    },
    text,
    stream,
    contains(plain) {
      if (isClean(plain)) return null;
      return firstSecret(index(), plain);
    },
  };
}

/** The rules that ship are prepared once; only tests bring others. */
const prepared = new WeakMap<readonly SecretRule[], AnchorIndex>();

function anchorsOf(rules: readonly SecretRule[]): AnchorIndex {
  const known = prepared.get(rules) ?? buildAnchorIndex(rules);
  prepared.set(rules, known);
  return known;
}
