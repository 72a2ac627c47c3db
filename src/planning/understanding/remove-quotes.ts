/** A text without the parts that repeat somebody else's words, and whether there were any. */
export function removeQuotes(
  words: string,
  isName: (text: string) => boolean,
): { readonly text: string; readonly quoted: boolean } {
  let quoted = false;
  const drop = (whole: string, inside: string): string => {
    const text = inside.trim();
    if (!/\s/.test(text) || isName(text)) return ` ${text} `;
    quoted = true;
    return ' ';
  };
  const text = words
    .replace(/```[\s\S]*?(?:```|$)/g, () => {
      quoted = true;
      return '\n';
    })
    .replace(/^[ \t]*>.*$/gm, () => {
      quoted = true;
      return '';
    })
    .replace(/["“”„«»]([^"“”„«»\n]*)["“”«»]/g, drop)
    .replace(/(?<=^|\s)['‘]([^'‘’\n]+)['’](?=$|[\s.,;:!?])/g, drop);
  return { text, quoted };
}
