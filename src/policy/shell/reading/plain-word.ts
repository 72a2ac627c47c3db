import type { Word } from 'unbash';

/**
 * The value of a word that holds nothing but characters, backslashes and ordinary quotes, read a second time and
 * independently of the parser; undefined when it holds anything that expands, or when the two readings differ.
 */
export function plainWord(word: Word): string | undefined {
  if (word.parts?.some((part) => !['Literal', 'SingleQuoted', 'DoubleQuoted'].includes(part.type)))
    return undefined;
  const value = unquote(word.text);
  return value !== undefined && value === word.value ? value : undefined;
}

/**
 * A word that is plain but for `*` and `?` outside quotes, as the pieces between them (the patterns are pieces of
 * their own); undefined for any other word.
 */
export function patternWord(
  word: Word,
): readonly { readonly text: string; readonly pattern: boolean }[] | undefined {
  const parts = word.parts ?? [];
  if (!parts.some((part) => part.type === 'Glob')) return undefined;
  const pieces: { text: string; pattern: boolean }[] = [];
  for (const part of parts) {
    if (part.type === 'Glob') {
      if (part.kind === 'bracket') return undefined;
      pieces.push({ text: part.text, pattern: true });
      continue;
    }
    if (part.type !== 'Literal' && part.type !== 'SingleQuoted' && part.type !== 'DoubleQuoted')
      return undefined;
    const text = unquote(part.text);
    const given = part.type === 'DoubleQuoted' ? text : part.value;
    if (text === undefined || text !== given || /^~/.test(pieces.length === 0 ? text : '')) return undefined;
    const before = pieces.at(-1);
    if (before && !before.pattern) before.text += text;
    else pieces.push({ text, pattern: false });
  }
  return pieces.map((piece) => piece.text).join('') === '' ? undefined : pieces;
}

/** Whether an allowed word starts with a tilde that the shell replaces by the login directory. */
export function startsAtHome(word: Word): boolean {
  return word.text === '~' || word.text.startsWith('~/');
}

function unquote(text: string): string | undefined {
  let value = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '\\') {
      const next = text[++i];
      if (next === undefined) return undefined;
      if (next !== '\n') value += next;
    } else if (char === "'") {
      const close = text.indexOf("'", i + 1);
      if (close < 0) return undefined;
      value += text.slice(i + 1, close);
      i = close;
    } else if (char === '"') {
      const inside = doubleQuoted(text, i + 1);
      if (!inside) return undefined;
      value += inside.value;
      i = inside.end;
    } else if (expands(char, text, i)) return undefined;
    else value += char;
  }
  return value;
}

function doubleQuoted(text: string, from: number): { value: string; end: number } | undefined {
  let value = '';
  for (let i = from; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '"') return { value, end: i };
    if (char === '$' || char === '`') return undefined;
    if (char === '\\') {
      const next = text[++i];
      if (next === undefined) return undefined;
      if (next === '\n') continue;
      value += '$`"\\'.includes(next) ? next : char + next;
    } else value += char;
  }
  return undefined;
}

/** `{}` and `[` alone are ordinary words; a tilde counts only at the start and only before a slash. */
function expands(char: string, text: string, at: number): boolean {
  if (text === '[') return false;
  if ('$`*?['.includes(char)) return true;
  if (char === '{') return text !== '{}' && /[,.]/.test(text);
  if (char === '~') return at === 0 && text !== '~' && text[1] !== '/';
  return ' \t\n;&|<>()'.includes(char);
}
