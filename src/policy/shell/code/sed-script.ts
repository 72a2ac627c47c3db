/** What a sed script does besides editing the text that passes through it. */
export interface SedEffects {
  /** Files it writes or reads (`w`, `W`, `r`, `R`, `s///w`). */
  readonly files: readonly string[];
  /** Shell commands it runs (`e command`). */
  readonly commands: readonly string[];
  /** It runs the text that passes through it as a command (`s///e`, bare `e`). */
  readonly runsText: boolean;
  /** It could not be read to the end. */
  readonly unreadable: boolean;
}

/** Reads a sed script command by command. */
export function sedEffects(script: string): SedEffects {
  const files: string[] = [];
  const commands: string[] = [];
  let runsText = false;
  let rest = script;
  const fail = (): SedEffects => ({ files, commands, runsText, unreadable: true });
  while (true) {
    rest = rest.replace(/^[\s;]+/, '');
    if (rest === '') return { files, commands, runsText, unreadable: false };
    const address = skipAddresses(rest);
    if (address === undefined) return fail();
    rest = address;
    const command = rest[0];
    rest = rest.slice(1);
    if (command === undefined) return fail();
    if ('{}=dDgGhHnNpPxFz'.includes(command)) continue;
    if ('qQlL'.includes(command)) rest = rest.replace(/^ *[0-9]*/, '');
    else if (':btT'.includes(command)) rest = rest.replace(/^[^;\n}]*/, '');
    else if (command === '#') rest = rest.replace(/^[^\n]*/, '');
    else if ('aic'.includes(command)) rest = rest.replace(/^(?:[^\\\n]|\\[\s\S])*/, '');
    else if ('rRwW'.includes(command)) {
      const name = /^[^\n]*/.exec(rest)?.[0] ?? '';
      files.push(name.trim());
      rest = rest.slice(name.length);
    } else if (command === 'e') {
      const text = (/^[^\n]*/.exec(rest)?.[0] ?? '').trim();
      if (text === '') runsText = true;
      else commands.push(text);
      rest = rest.replace(/^[^\n]*/, '');
    } else if (command === 's' || command === 'y') {
      const after = skipDelimited(rest, 2);
      if (after === undefined) return fail();
      const flags = command === 's' ? (/^[gpiImM0-9ew]*/.exec(after)?.[0] ?? '') : '';
      if (flags.includes('e')) runsText = true;
      rest = after.slice(flags.length);
      if (flags.includes('w')) {
        const name = /^[^\n]*/.exec(rest)?.[0] ?? '';
        files.push(name.trim());
        rest = rest.slice(name.length);
      }
    } else return fail();
  }
}

function skipAddresses(text: string): string | undefined {
  let rest = text;
  for (let i = 0; i < 2; i++) {
    const number = /^(\$|[0-9]+(~[0-9]+)?|[+~][0-9]+)/.exec(rest);
    if (number) rest = rest.slice(number[0].length);
    else if (rest.startsWith('/') || rest.startsWith('\\')) {
      const after = skipDelimited(rest.startsWith('\\') ? rest.slice(1) : rest, 1);
      if (after === undefined) return undefined;
      rest = after.replace(/^[IM]+/, '');
    }
    rest = rest.replace(/^\s+/, '');
    if (!rest.startsWith(',')) break;
    rest = rest.slice(1).replace(/^\s+/, '');
  }
  return rest.replace(/^!\s*/, '');
}

/** Skips a delimiter, `count` delimited parts and their closing delimiters. */
function skipDelimited(text: string, count: number): string | undefined {
  const delimiter = text[0];
  if (delimiter === undefined || delimiter === '\n' || delimiter === '\\') return undefined;
  let i = 1;
  for (let n = 0; n < count; n++) {
    for (; ; i++) {
      const char = text[i];
      if (char === undefined) return undefined;
      if (char === '\\') i++;
      else if (char === '\n' && n === 0) return undefined;
      else if (char === delimiter) break;
      else if (char === '[' && n === 0) {
        // Seds differ on whether a delimiter inside a set counts; where it matters the script is unreadable.
        const close = text.indexOf(']', i + (text[i + 1] === '^' ? 3 : 2));
        if (close < 0 || text.slice(i, close).includes(delimiter)) return undefined;
      }
    }
    i++;
  }
  return text.slice(i);
}
