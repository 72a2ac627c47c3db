import type { Node } from 'web-tree-sitter';
import { quoteWord } from '../quote-word.ts';
import { pieceOf, type WordPiece } from './word-pieces.ts';

/**
 * Writes a tree of tree-sitter's bash grammar out in the form that `rebuild` gives a text, from this tree alone;
 * undefined when it holds an error or anything but plain words, simple operators and harmless redirections.
 * Node names are those of tree-sitter-bash 0.25.
 */
export function outlineOf(root: Node): string | undefined {
  if (root.hasError) return undefined;
  const here: string[] = [];
  const parts: string[] = [];
  for (const child of namedIn(root)) {
    const part = outline(child, here);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  // `&` after a command is a piece of its own that has no name.
  if (root.children.some((child) => !child.isNamed && !separators.has(child.type))) return undefined;
  const end = here.length > 0 ? '\n' : '';
  return parts.join('; ') + here.map((body) => `\n${body}`).join('') + end;
}

const separators = new Set([';', '\n']);

/** One command, chain, pipe or test. `here` gathers the texts for standard input that follow the line. */
function outline(node: Node, here: string[]): string | undefined {
  switch (node.type) {
    case 'command':
      return outlineCommand(node, here);
    case 'redirected_statement':
      return outlineRedirected(node, here);
    case 'pipeline':
    case 'list':
      return outlineChain(node, here);
    case 'negated_command': {
      const [inner, ...more] = namedIn(node);
      const text = inner && more.length === 0 ? outline(inner, here) : undefined;
      return text === undefined ? undefined : `! ${text}`;
    }
    case 'test_command':
      return outlineTest(node);
    default:
      return undefined;
  }
}

function outlineChain(node: Node, here: string[]): string | undefined {
  let text = '';
  for (const child of node.children) {
    if (child.type === 'comment') continue;
    const part = child.isNamed ? outline(child, here) : joint(child.type);
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}

function joint(operator: string): string | undefined {
  if (operator === '\n') return '';
  if (operator === '|&') return ' 2>&1 | ';
  return ['|', '&&', '||'].includes(operator) ? ` ${operator} ` : undefined;
}

function outlineCommand(node: Node, here: string[]): string | undefined {
  const words: string[] = [];
  const redirects: string[] = [];
  for (const child of node.children) {
    if (isRedirect(child)) {
      const redirect = outlineRedirect(child, here);
      if (!redirect || redirect.words.length > 0) return undefined;
      redirects.push(redirect.text);
      continue;
    }
    const word = child.type === 'command_name' ? child.firstChild : child;
    const text = word ? outlineWord(word, words.length === 0) : undefined;
    if (text === undefined) return undefined;
    words.push(text);
  }
  return words.length === 0 ? undefined : [...words, ...redirects].join(' ');
}

/** Redirections behind a command; the grammar takes words that follow one for more of its targets. */
function outlineRedirected(node: Node, here: string[]): string | undefined {
  const [body, ...rest] = namedIn(node);
  const text = body && !isRedirect(body) ? outline(body, here) : undefined;
  if (body === undefined || text === undefined) return undefined;
  const words: string[] = [];
  const redirects: string[] = [];
  for (const child of rest) {
    const redirect = isRedirect(child) ? outlineRedirect(child, here) : undefined;
    if (!redirect) return undefined;
    words.push(...redirect.words);
    redirects.push(redirect.text);
  }
  return words.length > 0 && body.type !== 'command' ? undefined : [text, ...words, ...redirects].join(' ');
}

function isRedirect(node: Node): boolean {
  return ['file_redirect', 'herestring_redirect', 'heredoc_redirect'].includes(node.type);
}

interface Redirect {
  readonly text: string;
  /** Words of the command that the grammar took for targets. */
  readonly words: readonly string[];
}

function outlineRedirect(node: Node, here: string[]): Redirect | undefined {
  const children = node.children;
  if (node.type === 'heredoc_redirect') return outlineHereDocument(children, here);
  const descriptor = children[0]?.type === 'file_descriptor' ? children[0].text : '';
  const [operator, target, ...more] = descriptor === '' ? children : children.slice(1);
  const value = target ? plainValue(target) : undefined;
  if (!operator || value === undefined) return undefined;
  const words = more.map((word) => outlineWord(word, false));
  if (words.some((word) => word === undefined)) return undefined;
  if (node.type === 'herestring_redirect') {
    const text = descriptor === '' ? hereText(`${value}\n`, here) : undefined;
    return text === undefined ? undefined : { text, words: words as string[] };
  }
  const text = fileRedirect(operator.type, descriptor, value);
  return text === undefined ? undefined : { text, words: words as string[] };
}

function fileRedirect(operator: string, descriptor: string, value: string): string | undefined {
  if (!/^[012]?$/.test(descriptor)) return undefined;
  if (['>', '>>', '>|'].includes(operator) && value === '/dev/null') return `${descriptor}>/dev/null`;
  if (['&>', '&>>'].includes(operator) && value === '/dev/null' && descriptor === '')
    return '>/dev/null 2>&1';
  if (operator === '>&' && value === '/dev/null' && descriptor === '') return '>/dev/null 2>&1';
  if (operator === '>&' && /^[12]$/.test(value)) return `${descriptor}>&${value}`;
  if (operator === '<' && descriptor === '') return `<${quoteWord(value)}`;
  return undefined;
}

function outlineHereDocument(children: readonly Node[], here: string[]): Redirect | undefined {
  const [operator, start, body, end, ...more] = children;
  if (operator?.type !== '<<' || start?.type !== 'heredoc_start' || more.length > 0) return undefined;
  // An empty document has no body.
  const last = body?.type === 'heredoc_end' ? body : end;
  const text = body?.type === 'heredoc_body' ? body.text : '';
  if (last?.type !== 'heredoc_end') return undefined;
  if (!/^['"\\]/.test(start.text) && /[\\$`]/.test(text)) return undefined;
  const opened = hereText(text, here);
  return { text: opened, words: [] };
}

/** How a text for standard input is opened; the text itself goes behind the line, under a mark that it does not hold. */
function hereText(body: string, here: string[]): string {
  const lines = new Set(body.split('\n'));
  let mark = 'END';
  while (lines.has(mark)) mark += '_';
  here.push(`${body}${body === '' || body.endsWith('\n') ? '' : '\n'}${mark}`);
  return `<<'${mark}'`;
}

/** `[ -f x ]` keeps its brackets; `[[ -f x ]]` becomes `test -f x`. */
function outlineTest(node: Node): string | undefined {
  const leaves = leavesOf(node);
  const [first, ...rest] = leaves;
  const last = rest.pop();
  const brackets = `${first?.text}${last?.text}`;
  const words = rest.map((leaf) => outlineWord(leaf, false));
  if (words.some((word) => word === undefined)) return undefined;
  if (brackets === '[]') return `'[' ${[...words, "']'"].join(' ')}`;
  if (brackets !== '[[]]' || rest.some((leaf) => leaf.type === 'regex')) return undefined;
  return ['test', ...words.map((word) => (word === '==' ? '=' : word))].join(' ');
}

/** The words and operators of a test, in their order; only what is apart by blanks counts as two. */
function leavesOf(node: Node): readonly Node[] {
  const inner = ['test_command', 'unary_expression', 'binary_expression'].includes(node.type);
  return inner ? node.children.flatMap((child) => leavesOf(child)) : [node];
}

/** A word in the quotes that `rebuild` gives it, patterns and a tilde at its start left open. */
function outlineWord(node: Node, first: boolean): string | undefined {
  const pieces = pieceOf(node);
  if (!pieces) return undefined;
  return writeWord(pieces, node.text, first);
}

function writeWord(pieces: readonly WordPiece[], source: string, first: boolean): string | undefined {
  if (pieces.some((piece) => piece.pattern))
    return first || source.startsWith('~')
      ? undefined
      : pieces.map((piece) => (piece.pattern ? piece.text : quoteWord(piece.text))).join('');
  const value = pieces.map((piece) => piece.text).join('');
  if (source === '~' || source === '~/') return value;
  return source.startsWith('~/') ? `~/${quoteWord(value.slice(2))}` : quoteWord(value, first);
}

/** The value of a word that is nothing but characters and quotes. */
function plainValue(node: Node): string | undefined {
  const pieces = node.text.startsWith('~') ? undefined : pieceOf(node);
  return pieces && !pieces.some((piece) => piece.pattern)
    ? pieces.map((piece) => piece.text).join('')
    : undefined;
}

function namedIn(node: Node): readonly Node[] {
  return node.namedChildren.filter((child) => child.type !== 'comment');
}
