/** Quotes a word for any POSIX shell. A first word is never left looking like an assignment. */
export function quoteWord(word: string, first = false): string {
  if (/^[A-Za-z0-9_@%+:,./-]+$/.test(word) || (!first && /^[A-Za-z0-9_@%+:,./=-]+$/.test(word))) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
