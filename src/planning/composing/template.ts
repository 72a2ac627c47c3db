/** A value as recipes see it. `word` values are proven to need no quoting in a shell; `text` may hold anything visible. */
export type ValueType = 'word' | 'number' | 'text';

export type Filter = 'sh' | 'json';

/** `{{name}}` or `{{name|filter}}` inside a recipe's text. */
export interface Placeholder {
  readonly name: string;
  readonly filter: Filter | null;
  /** Index of its `{{` in the text. */
  readonly at: number;
}

export type TemplateParts = readonly (string | Placeholder)[];

/** A value that must not stand where a recipe puts it; the message is a sentence for the person who asked. */
export class UnsafeValue extends Error {
  override readonly name = 'UnsafeValue';
}

const placeholder = /\{\{\s*([a-z][a-z0-9_.-]*)\s*(?:\|\s*([a-z]+)\s*)?\}\}/g;
const filters: readonly string[] = ['sh', 'json'] satisfies readonly Filter[];

// Recipes are few and never change while Chiffon runs, so each of their texts is taken apart once.
const parsed = new Map<string, ReturnType<typeof takeApart>>();

/** Takes a recipe's text apart; answers what is wrong with it as a sentence instead when it can't. */
export function parseTemplate(text: string): TemplateParts | { readonly problem: string } {
  const known = parsed.get(text);
  if (known) return known;
  const parts = takeApart(text);
  parsed.set(text, parts);
  return parts;
}

function takeApart(text: string): TemplateParts | { readonly problem: string } {
  const parts: (string | Placeholder)[] = [];
  let end = 0;
  for (const match of text.matchAll(placeholder)) {
    const [whole, name = '', filter] = match;
    if (filter !== undefined && !filters.includes(filter)) {
      return { problem: `"${whole}" uses the filter "${filter}"; known are ${filters.join(' and ')}` };
    }
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push({ name, filter: (filter as Filter | undefined) ?? null, at: match.index });
    end = match.index + whole.length;
  }
  if (end < text.length) parts.push(text.slice(end));
  for (const part of parts) {
    if (typeof part === 'string' && (part.includes('{{') || part.includes('}}'))) {
      return {
        problem: `a placeholder is written like {{service.name}} or {{unit|sh}}; "${part.trim()}" is not`,
      };
    }
  }
  return parts;
}

/** What a placeholder becomes. Values that could change the meaning of the text around them throw UnsafeValue. */
export function fill(parts: TemplateParts, valueOf: (name: string) => string | number): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const value = valueOf(part.name);
      if (part.filter === 'sh') return quoteForShell(String(value));
      if (part.filter === 'json') return JSON.stringify(value);
      return String(value);
    })
    .join('');
}

const word = /^[A-Za-z0-9_@./][A-Za-z0-9_@./:+-]*$/;

/** Whether a text means itself in a POSIX shell without quotes, also as an argument (no leading dash). */
export function isWord(text: string): boolean {
  return word.test(text);
}

/** One shell word that means exactly this text. A leading dash could be read as an option, so it is refused. */
export function quoteForShell(text: string): string {
  assertVisible(text);
  if (text.startsWith('-'))
    throw new UnsafeValue(`"${text}" starts with a dash and could be read as an option.`);
  if (isWord(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

// Control characters, line and paragraph separators, zero-width and direction marks, surrogates left alone, tags.
const hidden =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]|[\u115f\u1160\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;

/** Whether a text holds characters nobody can see, which would hide on a card what a command says. */
export function hasHidden(text: string): boolean {
  return hidden.test(text);
}

/** @throws UnsafeValue for text with hidden characters. */
export function assertVisible(text: string): void {
  if (!hasHidden(text)) return;
  const shown = text.replace(new RegExp(hidden, 'gu'), '·');
  throw new UnsafeValue(`"${shown}" holds characters that can't be seen (shown as ·).`);
}

/** Where a placeholder stands in a shell text: outside of quotes, inside them, in a comment or behind a heredoc. */
export type ShellPlace = 'bare' | 'single' | 'double' | 'comment' | 'heredoc';

/** Where index `at` of a command line stands, by POSIX quoting rules. */
export function shellPlace(text: string, at: number): ShellPlace {
  let place: ShellPlace = 'bare';
  for (let i = 0; i < at; i++) {
    const char = text[i];
    if (place === 'single') {
      if (char === "'") place = 'bare';
    } else if (place === 'comment') {
      if (char === '\n') place = 'bare';
    } else if (char === '\\') {
      i++;
    } else if (place === 'double') {
      if (char === '"') place = 'bare';
    } else if (char === "'") place = 'single';
    else if (char === '"') place = 'double';
    else if (char === '#' && (i === 0 || /[\s;&|(]/.test(text[i - 1] ?? ''))) place = 'comment';
    else if (char === '<' && text[i + 1] === '<') return 'heredoc';
  }
  return place;
}
