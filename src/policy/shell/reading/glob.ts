/** Turns a shell pattern into an anchored regular expression; undefined when it is too odd to translate. */
export function globToRegExp(pattern: string): RegExp | undefined {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (char === '[') {
      const close = pattern.indexOf(']', i + 2);
      if (close < 0) source += '\\[';
      else {
        const set = pattern
          .slice(i + 1, close)
          .replace(/^!/, '^')
          .replaceAll('\\', '\\\\')
          .replaceAll('[', '\\[');
        source += `[${set}]`;
        i = close;
      }
    } else source += char.replace(/[.+^${}()|\\/\]]/g, '\\$&');
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return undefined;
  }
}

/** Whether a path pattern could expand to a path: compared folder by folder, as the shell does. */
export function globCouldBe(pattern: string, path: string): boolean {
  const wanted = pattern.split('/').filter((part) => part !== '');
  const given = path.split('/').filter((part) => part !== '');
  if (pattern.startsWith('/') !== path.startsWith('/') || wanted.length !== given.length) return false;
  return wanted.every((part, i) => {
    const name = given[i] as string;
    if (name.startsWith('.') && !part.startsWith('.')) return false;
    return globToRegExp(part)?.test(name) ?? true;
  });
}
