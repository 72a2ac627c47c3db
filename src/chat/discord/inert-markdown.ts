import { inertText } from '#platform/untrusted-text.ts';

/**
 * Text of people and hosts as Discord's markdown that shows exactly its letters: nothing in it is formatted, linked,
 * mentioned, hidden or able to leave the place it stands in. What pings is decided by `allowed_mentions` alone; this
 * keeps a text from looking as if it did.
 */
export function inertMarkdown(text: string): string {
  return inertText(text)
    .replace(/[\\*_~|`<>[\]@#]/g, '\\$&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(invite, '$1\\/')
    .replace(/^(\s*)([-+])/gm, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/gm, '$1\\$2');
}

/** The same on one line: line feeds become spaces. */
export function inertLine(text: string): string {
  return inertMarkdown(text.replace(/\s+/g, ' ').trim());
}

/** Discord makes cards of invitations even where no address is written out. */
const invite = /(discord(?:app)?\.(?:gg|io|me|com\/invite))\//gi;

/** Whether a code block shows a text to the letter: no fence in it, and nothing that would have to be made visible first. */
export function showsInCodeBlock(text: string): boolean {
  return !text.includes('```') && inertText(text) === text;
}

/**
 * A code block nothing in the text can close. Fences in it are written with another mark (U+02CB) that looks alike; an
 * empty one says so, because Discord would take its closing fence for the opening of the next.
 */
export function codeBlock(text: string, language: '' | 'diff' = ''): string {
  const shown = inertText(text).replaceAll('```', 'ˋˋˋ');
  return `\`\`\`${language}\n${shown.replaceAll('\n', '') === '' ? '(nothing)' : shown}\n\`\`\``;
}

/** At most so many characters, ending in … when something was left out. Never half a character. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/**
 * The first lines that fit into so many characters, and, when some don't, a last line that says how many more there
 * are. A single line that is too long is shortened.
 */
export function firstLines(lines: readonly string[], most: number): string[] {
  return linesThatFit(lines, most, 'first');
}

/** The last lines that fit, after a line that says how many were before. */
export function lastLines(lines: readonly string[], most: number): string[] {
  return linesThatFit(lines, most, 'last');
}

function linesThatFit(lines: readonly string[], most: number, which: 'first' | 'last'): string[] {
  const whole = lines.reduce((sum, line) => sum + line.length + 1, 0);
  if (whole <= most) return [...lines];
  const room = most - moreLines(lines.length).length - 1;
  const order = which === 'first' ? lines : lines.toReversed();
  const kept: string[] = [];
  let used = 0;
  for (const line of order) {
    if (used + line.length + 1 > room) break;
    kept.push(line);
    used += line.length + 1;
  }
  if (lines.length === 1) return [shorten(lines[0] ?? '', Math.max(1, most - 1))];
  const more = moreLines(lines.length - kept.length);
  return which === 'first' ? [...kept, more] : [more, ...kept.reverse()];
}

/** "… 31 more lines". */
export function moreLines(count: number): string {
  return `… ${count} more ${count === 1 ? 'line' : 'lines'}`;
}
