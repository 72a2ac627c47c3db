import type { Node } from 'web-tree-sitter';

/** A stretch of a word: characters as they are after quotes are removed, or a pattern for file names. */
export interface WordPiece {
  readonly text: string;
  readonly pattern: boolean;
}

/**
 * Reads a word of tree-sitter's tree: its stretches, neighbours of one kind joined; undefined when something in it
 * expands.
 */
export function pieceOf(node: Node): readonly WordPiece[] | undefined {
  const pieces: WordPiece[] = [];
  if (/\{.*(,|\.\.).*\}/s.test(bareText(node))) return undefined;
  if (!gather(node, pieces)) return undefined;
  return joined(pieces);
}

/** What of a word stands outside quotes: the grammar does not know `{a,b}` outside of `{1..3}`. */
function bareText(node: Node): string {
  if (node.type === 'concatenation') return node.children.map((child) => bareText(child)).join('');
  return ['raw_string', 'string'].includes(node.type) ? '' : node.text;
}

function gather(node: Node, pieces: WordPiece[]): boolean {
  switch (node.type) {
    case 'concatenation':
      return isWithoutGaps(node) && node.children.every((child) => gather(child, pieces));
    case 'raw_string':
      pieces.push({ text: node.text.slice(1, -1), pattern: false });
      return true;
    case 'string': {
      if (node.children.some((child) => !['"', 'string_content'].includes(child.type))) return false;
      const text = insideDoubleQuotes(node.text.slice(1, -1));
      if (text === undefined) return false;
      pieces.push({ text, pattern: false });
      return true;
    }
    default:
      return (node.childCount === 0 || node.type === 'number') && gatherBare(node.text, pieces);
  }
}

/** The grammar drops what it takes for blanks, also between two halves of a word. */
function isWithoutGaps(node: Node): boolean {
  return node.children.every((child, i) => i === 0 || node.children[i - 1]?.endIndex === child.startIndex);
}

function gatherBare(text: string, pieces: WordPiece[]): boolean {
  for (const [, escaped, pattern, plain] of text.matchAll(/\\([^\n])|([*?])|([^\\])/gs)) {
    const characters = escaped ?? plain;
    if (pattern !== undefined) pieces.push({ text: pattern, pattern: true });
    else if (characters === undefined || (plain !== undefined && /[`\n;&|<>()'"]/.test(plain))) return false;
    else pieces.push({ text: characters, pattern: false });
  }
  // A backslash at the end of the text, or before a line break, belongs to more than this word.
  return !/(?<!\\)(\\\\)*\\(\n|$)/.test(text);
}

function insideDoubleQuotes(text: string): string | undefined {
  if (/(?<!\\)(\\\\)*\\\n/.test(text) || /(?<!\\)(\\\\)*[$`]/.test(text)) return undefined;
  return text.replace(/\\([$`"\\])/g, '$1');
}

function joined(pieces: readonly WordPiece[]): readonly WordPiece[] {
  const together: WordPiece[] = [];
  for (const piece of pieces) {
    const last = together.at(-1);
    if (last && !last.pattern && !piece.pattern)
      together.splice(-1, 1, { text: last.text + piece.text, pattern: false });
    else together.push(piece);
  }
  return together;
}
