import { judgeCommand } from '../shell/judge-command.ts';
import { rebuild } from '../shell/rebuild.ts';

/** A command line that needs root, word by word, its program by its full path. */
export type RootCommand = readonly string[];

/** What Chiffon's commands need of root on a machine, and which of them no exact rule can let through. */
export interface RootCommands {
  readonly exact: readonly RootCommand[];
  /** Each with the reason in a few words. */
  readonly left: readonly { readonly command: string; readonly why: string }[];
}

/** Programs that ask root, or who stands in for root, and where they lie. */
const asksRoot: ReadonlyMap<string, string> = new Map([
  ['docker', '/usr/bin/docker'],
  ['qm', '/usr/sbin/qm'],
  ['pct', '/usr/sbin/pct'],
]);

/**
 * Finds the command lines that need root in what would be run, each once. A line goes on the list only to the letter:
 * what changes from one time to the next (a date in a name) or holds a pattern has no exact form, and a pattern in
 * sudoers is a door.
 */
export function findRootCommands(commands: readonly string[]): RootCommands {
  const exact = new Map<string, RootCommand>();
  const left = new Map<string, string>();
  for (const text of new Set(commands)) {
    if (![...asksRoot.keys()].some((name) => new RegExp(`\\b${name}\\b`).test(text))) continue;
    const words = rebuild(text)?.words;
    if (words === undefined) {
      left.set(text, 'it is more than plain words');
      continue;
    }
    for (const [program = '', ...rest] of words) {
      const path = asksRoot.get(program);
      if (path === undefined) continue;
      const line = [program, ...rest].join(' ');
      const why = whyNot([program, ...rest]);
      if (why === null) exact.set(line, [path, ...rest]);
      else left.set(line, why);
    }
  }
  return {
    exact: [...exact.values()].sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1)),
    left: [...left].map(([command, why]) => ({ command, why })),
  };
}

function whyNot(words: readonly string[]): string | null {
  if (words.slice(1).length === 0) return 'without arguments it would let every argument pass';
  if (words.some((word) => /[*?[\]!"'\\\n\r\t#]/.test(word))) return 'it holds a pattern or a quote';
  if (words.some((word) => /\d{8}[-t]?\d{4,6}/i.test(word)))
    return 'it holds a date, so it is another line every time';
  return judgeCommand(words.join(' ')).verdict === 'deny' ? 'the judge denies it' : null;
}
