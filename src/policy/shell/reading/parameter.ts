import type { ParameterExpansionPart, Word } from 'unbash';
import { globToRegExp } from './glob.ts';
import { assign, opaque, type Scope } from './scope.ts';

/** The value of `$name`, with `opaque` for what only the host knows. */
export function lookUp(name: string, scope: Scope): string {
  if (/^[0-9]+$/.test(name)) return scope.positional?.[Number(name)] ?? (scope.positional ? '' : opaque);
  if (name === '@' || name === '*') return scope.positional?.slice(1).join(' ') ?? opaque;
  const known = scope.variables.get(name);
  if (known) return known[0] ?? '';
  if (name === 'IFS') return ' ';
  if (name === 'HOME') return '~';
  if (name === 'PWD') return scope.cwd ?? opaque;
  return opaque;
}

/** The value of `${…}`. `resolve` gives the text of a word inside the braces. */
export function expandParameter(
  part: ParameterExpansionPart,
  scope: Scope,
  resolve: (word: Word) => string,
): string {
  const operation = part.operation;
  if (part.prefix === '#') return opaque;
  if (operation?.type === 'Names') return opaque;
  let value = part.index ? element(part, scope, resolve) : lookUp(part.parameter, scope);
  if (part.prefix === '!')
    value = /^[A-Za-z_][A-Za-z0-9_]*$|^[0-9]+$/.test(value) ? lookUp(value, scope) : opaque;
  if (!operation) return value;
  switch (operation.type) {
    case 'Default': {
      const operand = () => resolve(operation.operand);
      if (operation.operator.endsWith('+')) return operand();
      // An unknown variable may well be unset, and then the default is what runs.
      if (value !== opaque && !(value === '' && operation.operator.startsWith(':'))) return value;
      if (operation.operator.endsWith('?')) return opaque;
      if (operation.operator.endsWith('=')) assign(scope, part.parameter, [operand()]);
      return operand();
    }
    case 'Slice':
      return slice(value, resolve(operation.offset), operation.length && resolve(operation.length));
    case 'CaseModification':
      if (value === opaque || operation.operand) return opaque;
      return changeCase(value, operation.operator);
    case 'Remove':
      return removeMatch(value, operation.operator, resolve(operation.operand));
    case 'Replace':
      return replaceMatch(
        value,
        operation.operator,
        resolve(operation.pattern),
        resolve(operation.replacement),
      );
    case 'Transform':
      return (
        { U: value.toUpperCase(), L: value.toLowerCase(), Q: value }[resolve(operation.operand)] ?? opaque
      );
    default:
      return opaque;
  }
}

function element(part: ParameterExpansionPart, scope: Scope, resolve: (word: Word) => string): string {
  const values = scope.variables.get(part.parameter);
  const index = part.index ? resolve(part.index) : '0';
  if (!values) return opaque;
  if (index === '@' || index === '*') return values.join(' ');
  return /^[0-9]+$/.test(index) ? (values[Number(index)] ?? '') : opaque;
}

function slice(value: string, offset: string, length: string | undefined): string {
  const from = Number(offset.trim());
  const count = length === undefined ? undefined : Number(length.trim());
  if (value.includes(opaque) || !Number.isInteger(from) || (count !== undefined && !Number.isInteger(count)))
    return opaque;
  const tail = from < 0 ? value.slice(Math.max(0, value.length + from)) : value.slice(from);
  return count === undefined ? tail : tail.slice(0, count);
}

function changeCase(value: string, operator: '^' | '^^' | ',' | ',,'): string {
  const change = (text: string) => (operator.startsWith('^') ? text.toUpperCase() : text.toLowerCase());
  return operator.length === 2 ? change(value) : change(value.slice(0, 1)) + value.slice(1);
}

function removeMatch(value: string, operator: string, pattern: string): string {
  const expression = globToRegExp(pattern);
  if (!expression || value.includes(opaque) || pattern.includes(opaque)) return opaque;
  const lengths = Array.from({ length: value.length + 1 }, (_, i) => i);
  if (operator.length === 2) lengths.reverse();
  const cut = lengths.find((n) =>
    expression.test(operator.startsWith('#') ? value.slice(0, n) : value.slice(value.length - n)),
  );
  if (cut === undefined) return value;
  return operator.startsWith('#') ? value.slice(cut) : value.slice(0, value.length - cut);
}

function replaceMatch(value: string, operator: string, pattern: string, replacement: string): string {
  const literal = !/[*?[]/.test(pattern) && pattern !== '';
  if (!literal || [value, pattern, replacement].some((text) => text.includes(opaque))) return opaque;
  if (operator === '//') return value.replaceAll(pattern, () => replacement);
  if (operator === '/#') return value.startsWith(pattern) ? replacement + value.slice(pattern.length) : value;
  if (operator === '/%')
    return value.endsWith(pattern) ? value.slice(0, -pattern.length) + replacement : value;
  return value.replace(pattern, () => replacement);
}
