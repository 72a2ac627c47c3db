/** The width of a phone, in columns: what plain clients show on one line. */
export const columns = 40;

/**
 * How many columns a text takes in a fixed-width face: two for emoji and East Asian wide characters, none for marks
 * that sit on another character.
 */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/[\p{Mn}\p{Me}\u200d\ufe0e\ufe0f]/u.test(character)) continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

const wide =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

/**
 * Breaks a text into lines of at most so many columns, usually 40, at its spaces. A word longer than a line stands alone and whole:
 * names, addresses and commands are not cut in two. Further lines begin with `indent`.
 */
export function wrap(text: string, first = '', indent = '', width: number = columns): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/\s+/).filter((piece) => piece !== '')) {
    const joined = empty ? line + word : `${line} ${word}`;
    if (!empty && widthOf(joined) > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = joined;
    }
    empty = false;
  }
  if (!empty || first.trim() !== '') lines.push(line.trimEnd());
  return lines;
}

/** At most so many characters, ending in … when something was left out. Never half a character. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** One line: line feeds and runs of spaces become one space. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
