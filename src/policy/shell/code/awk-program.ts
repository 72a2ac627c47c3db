/** Whether an awk program only reads its input and prints: no command, no file, no extension. */
export function awkOnlyReads(program: string): boolean {
  // Looked for in strings too: a name built or hidden by quoting is then seen whichever way quotes are read.
  if (/\b(system|getline|close|fflush|ARGV|ENVIRON|PROCINFO)\b|@[a-z]/.test(program)) return false;
  const bare = withoutLiterals(program);
  if (bare === undefined || /(^|[^|])\|([^|]|$)/.test(bare)) return false;
  return !/@/.test(bare) && !/\bprintf?\b[^;}]*>/.test(bare);
}

/** The shell commands an awk program would run, where each is one literal; undefined when one is put together. */
export function awkCommands(program: string): string[] | undefined {
  // Starting programs without end is no use of awk.
  if (
    /\bwhile\s*\(\s*1\s*\)|\bfor\s*\(\s*;\s*;\s*\)/.test(program) &&
    !/\b(break|exit|getline)\b/.test(program)
  )
    return undefined;
  const commands: string[] = [];
  for (const match of program.matchAll(/\bsystem\s*\(\s*("((?:[^"\\]|\\.)*)"\s*\))?/g)) {
    if (match[2] === undefined) return undefined;
    commands.push(match[2]);
  }
  // What is printed to a command is its input, and nobody knows it.
  for (const match of program.matchAll(
    /"((?:[^"\\]|\\.)*)"\s*\|\s*&?\s*getline|\|\s*&?\s*"((?:[^"\\]|\\.)*)"/g,
  ))
    commands.push(match[1] ?? `cat input | ${match[2] ?? ''}`);
  const bare = withoutLiterals(program);
  if (
    bare === undefined ||
    /[^|"\s]\s*\|\s*&?\s*getline|(^|[^|])\|\s*&?\s*[a-zA-Z_$(]/.test(bare.replaceAll('||', ''))
  )
    return undefined;
  return commands;
}

/**
 * The program with strings and regular expressions emptied. A slash after a value is a division and after an operator
 * the start of an expression; where only a grammar could tell (after a word, a bracket, a sign) the answer is undefined.
 */
function withoutLiterals(program: string): string | undefined {
  let bare = '';
  for (let i = 0; i < program.length; i++) {
    const char = program[i] as string;
    if (char === '#') {
      const end = program.indexOf('\n', i);
      if (end < 0) return bare;
      i = end - 1;
    } else if (char === '"') {
      const end = closing(program, i, '"');
      if (end < 0) return undefined;
      bare += '""';
      i = end;
    } else if (char === '/') {
      const before = bare.trimEnd();
      const kind = slashAfter(before, bare.slice(before.length).includes('\n'));
      if (kind === 'division') bare += '/';
      else if (kind === 'expression') {
        const end = closing(program, i, '/');
        if (end < 0 || /\[[^\]]*$/.test(program.slice(i, end))) return undefined;
        bare += '//';
        i = end;
      } else return undefined;
    } else bare += char;
  }
  return bare;
}

/** What a slash is behind this much of a program; undefined where only a grammar could tell. */
function slashAfter(before: string, lineEnds: boolean): 'division' | 'expression' | undefined {
  if (/(^|[\n;{,(~!&|=<>?:*%^}])$/.test(before)) return 'expression';
  const word = /(?<![\w$])[A-Za-z_]\w*$/.exec(before)?.[0];
  if (word !== undefined && /^(print|printf|return|in)$/.test(word)) return 'expression';
  // A value may end with its line, and then an expression begins.
  if (lineEnds) return undefined;
  if (word !== undefined) return keywords.test(word) ? undefined : 'division';
  if (/(\$[A-Za-z_]\w*|\$?[0-9]|\]|"")$/.test(before)) return 'division';
  return before.endsWith(')') && !/(^|[^\w$])(if|while|for|switch)\s*$/.test(beforeBracket(before))
    ? 'division'
    : undefined;
}

const keywords =
  /^(length|BEGIN|END|BEGINFILE|ENDFILE|getline|delete|exit|else|do|case|default|next|nextfile|break|continue|func|function|if|while|for|switch)$/;

/** What stands before the bracket that the last one closes. */
function beforeBracket(text: string): string {
  let depth = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    if (text[i] === ')') depth++;
    else if (text[i] === '(' && --depth === 0) return text.slice(0, i);
  }
  return 'if';
}

function closing(text: string, from: number, delimiter: string): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '\n') return -1;
    else if (text[i] === delimiter) return i;
  }
  return -1;
}
