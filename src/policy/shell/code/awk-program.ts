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
  const commands: string[] = [];
  for (const match of program.matchAll(/\bsystem\s*\(\s*("((?:[^"\\]|\\.)*)"\s*\))?/g)) {
    if (match[2] === undefined) return undefined;
    commands.push(match[2]);
  }
  for (const match of program.matchAll(
    /"((?:[^"\\]|\\.)*)"\s*\|\s*&?\s*getline|\|\s*&?\s*"((?:[^"\\]|\\.)*)"/g,
  ))
    commands.push(match[1] ?? match[2] ?? '');
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
      if (/(\$[A-Za-z_]\w*|\$?[0-9]|\]|"")$/.test(before)) bare += '/';
      else if (/(^|[\n;{,(~!&|=<>?:*%^}])$/.test(before)) {
        const end = closing(program, i, '/');
        if (end < 0 || /\[[^\]]*$/.test(program.slice(i, end))) return undefined;
        bare += '//';
        i = end;
      } else return undefined;
    } else bare += char;
  }
  return bare;
}

function closing(text: string, from: number, delimiter: string): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '\n') return -1;
    else if (text[i] === delimiter) return i;
  }
  return -1;
}
