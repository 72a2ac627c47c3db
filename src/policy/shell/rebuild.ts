import { type Command, parse, type Redirection, type Statement, type TestCommand, type Word } from 'unbash';
import { quoteWord } from './quote-word.ts';
import { patternWord, plainWord, startsAtHome } from './reading/plain-word.ts';

/** A command written out again from exactly the words that were judged. */
export interface Rebuilt {
  readonly normal: string;
  /** The words of every command, in order. */
  readonly words: readonly (readonly string[])[];
  /** Set when the words may be started one after the other without any shell: no pipe, redirection, `||` or tilde. */
  readonly argv?: readonly (readonly string[])[];
}

/** What only a shell can do, or does in its own way. */
const builtins = new Set(['cd', 'command', 'type', 'ulimit', 'umask', 'jobs', 'times', ':', 'history']);

/** What a rebuilding gathers on its way. */
interface Draft {
  readonly words: string[][];
  /** Texts for standard input, which follow the line. */
  readonly here: string[];
  simple: boolean;
}

/**
 * Rebuilds a text that consists of nothing but plain words joined by `;`, `&&`, `||`, `|` and `!`, with harmless
 * redirections; undefined for anything else. This is a second gate, independent of the rules.
 */
export function rebuild(text: string): Rebuilt | undefined {
  const script = parse(text);
  if (script.errors?.length || script.shebang) return undefined;
  const draft: Draft = { words: [], here: [], simple: true };
  const parts: string[] = [];
  for (const statement of script.commands) {
    const part = statement.background ? undefined : rebuildNode(statement.command, draft);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  const normal =
    parts.join('; ') + draft.here.map((body) => `\n${body}`).join('') + (draft.here.length > 0 ? '\n' : '');
  return { normal, words: draft.words, ...(draft.simple ? { argv: draft.words } : {}) };
}

function rebuildNode(node: Statement['command'], draft: Draft): string | undefined {
  switch (node.type) {
    case 'Command':
      return rebuildCommand(node, draft);
    case 'TestCommand':
      return rebuildTest(node, draft);
    case 'Pipeline': {
      if (node.prefixes.some((prefix) => prefix.type !== 'Negation')) return undefined;
      if (node.commands.length === 0) return undefined;
      draft.simple = false;
      const stages = node.commands.map((stage) => rebuildNode(stage, draft));
      if (stages.some((stage) => stage === undefined)) return undefined;
      const line = stages.reduce(
        (left, right, i) => `${left}${node.operators[i - 1] === '|&' ? ' 2>&1 | ' : ' | '}${right}`,
      );
      return `${node.prefixes.map(() => '! ').join('')}${line}`;
    }
    case 'AndOr': {
      if (node.operators.includes('||')) draft.simple = false;
      const parts = node.commands.map((part) => rebuildNode(part, draft));
      if (parts.some((part) => part === undefined)) return undefined;
      return parts.reduce((left, right, i) => `${left} ${node.operators[i - 1]} ${right}`);
    }
    default:
      return undefined;
  }
}

function rebuildCommand(node: Command, draft: Draft): string | undefined {
  if (!node.name || node.prefix.some((part) => part.type === 'Assignment')) return undefined;
  const words: string[] = [];
  const texts: string[] = [];
  for (const word of [node.name, ...node.args]) {
    if (word.type !== 'Word') return undefined;
    const pattern = words.length > 0 ? patternWord(word) : undefined;
    if (pattern) {
      words.push(pattern.map((piece) => piece.text).join(''));
      texts.push(pattern.map((piece) => (piece.pattern ? piece.text : quoteWord(piece.text))).join(''));
      draft.simple = false;
      continue;
    }
    const value = plainWord(word);
    if (value === undefined) return undefined;
    words.push(value);
    texts.push(wordText(word, value, words.length === 1, draft));
  }
  draft.words.push(words);
  if (builtins.has(words[0] ?? '')) draft.simple = false;
  for (const redirect of node.redirects) {
    const text = rebuildRedirect(redirect, draft);
    if (text === undefined) return undefined;
    texts.push(text);
    draft.simple = false;
  }
  return texts.join(' ');
}

function wordText(word: Word, value: string, first: boolean, draft: Draft): string {
  if (!startsAtHome(word)) return quoteWord(value, first);
  draft.simple = false;
  return value.length < 3 ? value : `~/${quoteWord(value.slice(2), false)}`;
}

/** `[[ -f x ]]` becomes `test -f x`, which every shell reads alike. */
function rebuildTest(node: TestCommand, draft: Draft): string | undefined {
  const expression = node.expression;
  const operands =
    expression.type === 'TestUnary'
      ? [expression.operand]
      : expression.type === 'TestBinary'
        ? [expression.left, expression.right]
        : [];
  const values = operands.map((word) => (startsAtHome(word) ? undefined : plainWord(word)));
  if (values.length === 0 || values.some((value) => value === undefined)) return undefined;
  const [left = '', right = ''] = values as string[];
  if (expression.type === 'TestUnary' && /^-[bcdefghkLnprsSuwxzGNO]$/.test(expression.operator))
    return record(['test', expression.operator, left], draft);
  if (expression.type !== 'TestBinary' || !/^(=|==|!=|-nt|-ot|-ef)$/.test(expression.operator))
    return undefined;
  return record(['test', left, expression.operator === '==' ? '=' : expression.operator, right], draft);
}

function record(words: string[], draft: Draft): string {
  draft.words.push(words);
  return words.map((word, i) => quoteWord(word, i === 0)).join(' ');
}

function rebuildRedirect(redirect: Redirection, draft: Draft): string | undefined {
  if (redirect.descriptor && (redirect.descriptor.type !== 'FileDescriptor' || redirect.descriptor.value > 2))
    return undefined;
  const descriptor = redirect.descriptor ? String(redirect.descriptor.value) : '';
  if (redirect.type === 'HereDoc') {
    const literal =
      redirect.operator === '<<' &&
      redirect.closing &&
      descriptor === '' &&
      (redirect.delimiter?.quoted ||
        (!redirect.body.parts?.some((part) => part.type !== 'Literal') &&
          !/[\\$`]/.test(redirect.body.text)));
    return literal ? here(redirect.body.text, draft) : undefined;
  }
  const value = redirect.target && !startsAtHome(redirect.target) ? plainWord(redirect.target) : undefined;
  if (value === undefined) return undefined;
  if (redirect.type === 'HereString') return descriptor === '' ? here(`${value}\n`, draft) : undefined;
  switch (redirect.operator) {
    case '>':
    case '>>':
    case '>|':
      return value === '/dev/null' ? `${descriptor}>/dev/null` : undefined;
    case '&>':
    case '&>>':
      return value === '/dev/null' ? '>/dev/null 2>&1' : undefined;
    case '>&':
      if (value === '/dev/null' && descriptor === '') return '>/dev/null 2>&1';
      return /^[12]$/.test(value) ? `${descriptor}>&${value}` : undefined;
    case '<':
      return descriptor === '' && (value === '/dev/null' || !value.startsWith('/dev/'))
        ? `<${quoteWord(value)}`
        : undefined;
    default:
      return undefined;
  }
}

function here(body: string, draft: Draft): string {
  const lines = new Set(body.split('\n'));
  let mark = 'END';
  while (lines.has(mark)) mark += '_';
  draft.here.push(`${body}${body === '' || body.endsWith('\n') ? '' : '\n'}${mark}`);
  return `<<'${mark}'`;
}
