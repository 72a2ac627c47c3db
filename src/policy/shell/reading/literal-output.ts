import type { Command, ParsedScript } from 'unbash';
import { resolveWord } from './resolve-word.ts';
import { opaque, type Scope, type Stdin } from './scope.ts';

/** What a substitution prints, when it is one command whose output can be read off: `$(echo ls)`, `$(which dd)`. */
export function outputOfScript(script: ParsedScript, scope: Scope): string | undefined {
  const [statement, ...more] = script.commands;
  if (!statement || more.length > 0 || statement.command.type !== 'Command') return undefined;
  // Words are resolved once only: substitutions in substitutions would double the work at every level.
  if (/^(pidof|pgrep|ps)$/.test(statement.command.name?.value ?? '')) {
    const { program, args } = wordsOf(statement.command, scope);
    return firstOrEvery(program, args);
  }
  return outputOfCommand(statement.command, scope, { kind: 'none' });
}

/** What a command prints, when that can be read off its words; undefined when it can't. */
export function outputOfCommand(command: Command, scope: Scope, stdin: Stdin): string | undefined {
  const { program, args } = wordsOf(command, scope);
  switch (program) {
    case 'echo': {
      const flags = args.findIndex((arg) => !/^-[neE]+$/.test(arg));
      const rest = args.slice(flags < 0 ? args.length : flags);
      const given = args.slice(0, args.length - rest.length).join('');
      const text = rest.join(' ');
      // Without a flag, some shells decode escapes and others print them.
      if (text.includes('\\') && !/[eE]/.test(given)) return undefined;
      return (given.includes('e') ? decodeEscapes(text) : text) + (given.includes('n') ? '' : '\n');
    }
    case 'printf':
      return format(args);
    case 'which':
      return `${whereIs(args.at(-1) ?? '')}\n`;
    case 'command':
    case 'type':
      return /^-[vpP]$/.test(args[0] ?? '') ? `${whereIs(args[1] ?? '')}\n` : undefined;
    case 'basename': {
      const [path = '', suffix = '', ...more] = args;
      if (path.startsWith('-') || more.length > 0) return undefined;
      const last = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
      return `${suffix !== '' && last !== suffix && last.endsWith(suffix) ? last.slice(0, -suffix.length) : last}\n`;
    }
    case 'true':
    case ':':
      return '';
    case 'cat':
    case 'tee':
      return stdin.kind === 'text' && (program === 'tee' || args.length === 0 || args[0] === '-')
        ? stdin.text
        : undefined;
    default:
      return undefined;
  }
}

function wordsOf(command: Command, scope: Scope): { program: string; args: readonly string[] } {
  const words = command.name
    ? [command.name, ...command.args].flatMap((word) =>
        word.type === 'Word' ? resolveWord(word, scope) : [],
      )
    : [];
  const [name = '', ...args] = words.map((field) => field.text);
  return { program: name.split('/').at(-1) ?? '', args };
}

/**
 * The process numbers that matter in what is printed: the first process, or every process. What else is printed is not
 * known, so nothing that reads it as a text is taken to be readable.
 */
function firstOrEvery(program: string, args: readonly string[]): string | undefined {
  if (program === 'pidof' || program === 'pgrep')
    return args.some((arg) => /^(systemd|init)$/.test(arg)) ? `1 ${opaque}\n` : undefined;
  if (program !== 'ps') return undefined;
  const everything = args.some((arg) => /^(-[A-Za-z]*[eA]|-?a?u?x)[a-z]*$/.test(arg));
  return everything && args.some((arg) => /(^|[,=o])pid=?(,|$)/.test(arg)) ? `-1 ${opaque}\n` : undefined;
}

/** Where a program is found; which of the folders it is does not matter here. */
function whereIs(program: string): string {
  return /^[\w.+-]+$/.test(program) ? `/usr/bin/${program}` : program;
}

function format(args: readonly string[]): string | undefined {
  const [pattern = '', ...values] = args;
  if (pattern === '-v' || pattern.includes(opaque)) return undefined;
  const holes = pattern.match(/%[^%]/g) ?? [];
  if (holes.some((hole) => !'sbcq'.includes(hole[1] as string))) return undefined;
  let output = '';
  const rest = [...values];
  do {
    output += decodeEscapes(
      pattern.replace(/%%|%[sbcq]/g, (hole) =>
        hole === '%%' ? '%' : hole === '%c' ? (rest.shift() ?? '').slice(0, 1) : (rest.shift() ?? ''),
      ),
    );
  } while (rest.length > 0 && holes.length > 0);
  return output;
}

function decodeEscapes(given: string): string {
  // `\c` ends the output.
  const text = /^(?:[^\\]|\\[^c])*/s.exec(given)?.[0] ?? '';
  return text.replace(
    /\\(x[0-9A-Fa-f]{1,2}|0?[0-7]{1,3}|[ntrab\\ev]|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8})/g,
    (_, code: string) => {
      if (/^[xuU]/.test(code)) return fromCode(Number.parseInt(code.slice(1), 16));
      if (/^[0-7]/.test(code)) return fromCode(Number.parseInt(code, 8));
      return { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', e: '\x1b', v: '\v', '\\': '\\' }[code] ?? code;
    },
  );
}

function fromCode(code: number): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : opaque;
}
