import { judgeCommand } from '../shell/judge-command.ts';

/** An entry of `sudo -l` that is more than one harmless line. */
export interface OpenEntry {
  readonly entry: string;
  readonly why: string;
}

/**
 * Reads what `sudo -n -l` printed: the entries that let more pass than what stands in them, or what the judge would
 * never let run. Null when it holds no list at all.
 */
export function readSudoList(
  text: string,
): { readonly entries: number; readonly open: readonly OpenEntry[] } | null {
  if (/is not allowed to run sudo|may not run sudo/.test(text)) return { entries: 0, open: [] };
  const list = /may run the following commands[^\n]*\n([\s\S]*)$/.exec(text)?.[1];
  if (list === undefined) return null;
  const entries = list
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('('))
    .flatMap(entriesOf);
  return {
    entries: entries.length,
    open: entries.flatMap((entry) => {
      const why = whyOpen(entry);
      return why === null ? [] : [{ entry, why }];
    }),
  };
}

/** "(root) NOPASSWD: NOSETENV: /usr/bin/a b, /usr/bin/c": the commands, without what stands in front of them. */
function entriesOf(line: string): string[] {
  return line
    .replace(/^\([^)]*\)\s*/, '')
    .split(/(?<!\\),\s+/)
    .map((entry) => entry.replace(/^(?:\([^)]*\)\s*)?(?:(?:NO)?[A-Z_]+:\s*|\w+=\S+\s+)*/, '').trim())
    .filter((entry) => entry !== '');
}

function whyOpen(entry: string): string | null {
  if (/^ALL\b/.test(entry)) return 'everything may be run';
  if (entry.startsWith('!')) return 'a list of what is forbidden leaves everything else allowed';
  if (/(^|[^\\])[*?[]/.test(entry) || /^\^/.test(entry)) return 'a pattern lets more pass than was meant';
  if (entry.endsWith('/')) return 'every program of a folder may be run';
  const [program = '', ...rest] = entry.split(' ');
  if (!program.startsWith('/'))
    return program === 'sudoedit' ? 'files may be edited' : 'the program has no full path';
  if (rest.length === 0) return 'without arguments in the rule, every argument passes';
  const plain = entry.replace(/\\([,:=\\])/g, '$1');
  const judged = judgeCommand(plain.replace(/\{\{.*\}\}/g, 'FORMAT'));
  return judged.verdict === 'deny' ? `the judge denies it (${judged.rule})` : null;
}
