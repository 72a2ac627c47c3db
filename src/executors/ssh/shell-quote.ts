/**
 * One word for a POSIX shell, whatever it contains.
 *
 * @throws TypeError for a NUL character, which no shell word can carry.
 */
export function shellQuote(text: string): string {
  if (text.includes('\0')) throw new TypeError('a shell word cannot contain a NUL character');
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
