import { type CommandExpansionPart, parse, type Word, type WordPart } from 'unbash';
import { expandParameter, lookUp } from './parameter.ts';
import { opaque, type Scope } from './scope.ts';

/** One argument after expansion. */
export interface Field {
  /** The text; `opaque` stands where only the host knows. */
  readonly text: string;
  /** True when an unquoted pattern in it would be matched against file names. */
  readonly glob: boolean;
}

interface Piece {
  readonly text: string;
  /** The result of an unquoted expansion, which the shell splits at white space. */
  readonly splits: boolean;
  readonly glob: boolean;
}

const mostAlternatives = 64;

/** What a word becomes once the shell has expanded it: none, one or several arguments. */
export function resolveWord(word: Word, scope: Scope): Field[] {
  if (!word.parts) return [{ text: word.value, glob: false }];
  return alternatives(word.parts, scope).flatMap((pieces) => fieldsOf(pieces));
}

/** The word's text without splitting, as an assignment or a redirection sees it. */
export function resolveText(word: Word, scope: Scope): string {
  if (!word.parts) return word.value;
  return (alternatives(word.parts, scope)[0] ?? []).map((piece) => piece.text).join('');
}

function fieldsOf(pieces: readonly Piece[]): Field[] {
  const fields: { text: string; glob: boolean }[] = [];
  let open = false;
  const add = (text: string, glob: boolean) => {
    const last = fields.at(-1);
    if (open && last) {
      last.text += text;
      last.glob ||= glob;
    } else fields.push({ text, glob });
    open = true;
  };
  for (const piece of pieces) {
    if (!piece.splits) {
      add(piece.text, piece.glob);
      continue;
    }
    const parts = piece.text.split(/[ \t\n]+/);
    parts.forEach((part, i) => {
      if (i > 0) open = false;
      if (part !== '') add(part, /[*?[]/.test(part));
    });
  }
  return fields;
}

function alternatives(parts: readonly WordPart[], scope: Scope): Piece[][] {
  if (parts.filter((part) => part.type === 'BraceExpansion').length > 8)
    return [[{ text: opaque, splits: false, glob: false }]];
  let all: Piece[][] = [[]];
  for (const part of parts) {
    if (part.type !== 'BraceExpansion') {
      const piece = pieceOf(part, scope);
      for (const pieces of all) pieces.push(piece);
      continue;
    }
    const next = braces(part.text, scope);
    all = all.flatMap((left) => next.map((right) => [...left, ...right])).slice(0, mostAlternatives);
  }
  return all;
}

function pieceOf(part: WordPart, scope: Scope): Piece {
  const fixed = (text: string, glob = false): Piece => ({ text, splits: false, glob });
  const expanded = (text: string): Piece =>
    scope.splitsUnknown && text !== ''
      ? { text: opaque, splits: true, glob: false }
      : { text, splits: true, glob: false };
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return fixed(part.value);
    case 'DoubleQuoted':
    case 'LocaleString':
      // `"$@"` and `"${x[@]}"` become one argument for each value.
      if (part.parts.length === 1 && /^\$(@|\{(@|\w+\[@\])\})$/.test(part.parts[0]?.text ?? ''))
        return pieceOf(part.parts[0] as WordPart, scope);
      return fixed(part.parts.map((inner) => pieceOf(inner, scope).text).join(''));
    case 'Glob':
      return fixed(part.text, true);
    case 'ExtendedGlob':
      return fixed(opaque, true);
    case 'SimpleExpansion':
      return expanded(lookUp(part.text.replace(/^\$/, ''), scope));
    case 'ParameterExpansion':
      return expanded(expandParameter(part, scope, (word) => resolveText(word, scope)));
    case 'CommandExpansion':
      return expanded(substitution(part, scope));
    case 'ArithmeticExpansion':
    case 'ProcessSubstitution':
    case 'BraceExpansion':
      return fixed(opaque);
  }
}

function substitution(part: CommandExpansionPart, scope: Scope): string {
  const output = part.script && scope.outputOf(part.script, scope);
  return output === undefined ? opaque : output.replace(/\n+$/, '');
}

/** Expands `{a,b}` and `{1..3}`; each alternative is a word of its own and is read as one. */
function braces(text: string, scope: Scope): Piece[][] {
  const inside = text.slice(1, -1);
  const options = splitAlternatives(inside);
  if (options.length === 1)
    return sequence(inside).map((value) => [{ text: value, splits: false, glob: false }]);
  return options.slice(0, mostAlternatives).flatMap((option): Piece[][] => {
    if (option === '') return [[]];
    const command = parse(`: ${option}`).commands[0]?.command;
    const word = command?.type === 'Command' ? command.args[0] : undefined;
    if (!word || word.type !== 'Word') return [[{ text: opaque, splits: false, glob: false }]];
    if (!word.parts) return [[{ text: word.value, splits: false, glob: false }]];
    return alternatives(word.parts, scope);
  });
}

function splitAlternatives(text: string): string[] {
  const options: string[] = [];
  let depth = 0;
  let quote = '';
  let current = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '\\' && quote !== "'") {
      current += char + (text[++i] ?? '');
      continue;
    }
    if (quote) {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '{') depth++;
    else if (char === '}') depth--;
    else if (char === ',' && depth === 0) {
      options.push(current);
      current = '';
      continue;
    }
    current += char;
  }
  return [...options, current];
}

function sequence(text: string): string[] {
  const [first, last, step] = text.split('..');
  if (first === undefined || last === undefined || step !== undefined) return [opaque];
  const letters = /^[A-Za-z]$/.test(first) && /^[A-Za-z]$/.test(last);
  if (!letters && !(/^-?[0-9]+$/.test(first) && /^-?[0-9]+$/.test(last))) return [opaque];
  const from = letters ? first.charCodeAt(0) : Number(first);
  const to = letters ? last.charCodeAt(0) : Number(last);
  if (Math.abs(to - from) >= mostAlternatives) return [opaque];
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => {
    const value = from + (to >= from ? i : -i);
    return letters ? String.fromCharCode(value) : String(value);
  });
}
