import { judgeCommand } from './shell/judge-command.ts';
import { quoteWord } from './shell/quote-word.ts';
import { deny, type Finding } from './shell/verdict.ts';

/** What may be asked of a host without anybody's yes, or why not. */
export type DiagnosticsJudgement =
  | { readonly ok: true; readonly commands: readonly string[] }
  | { readonly ok: false; readonly index: number; readonly finding: Finding };

const most = 50;

/**
 * Judges a list of diagnostics, each a program with its words. They run without a person, so one that is not known to
 * only look refuses the whole list. What may run are the commands in the answer, and nothing else.
 */
export function judgeDiagnostics(calls: readonly (readonly string[])[]): DiagnosticsJudgement {
  if (calls.length > most)
    return { ok: false, index: most, finding: deny('diagnostics', `There are more than ${most} commands.`) };
  const commands: string[] = [];
  for (const [index, words] of calls.entries()) {
    const line = words.map((word, i) => quoteWord(word, i === 0)).join(' ');
    const { verdict, rule, reason, normal } = judgeCommand(line);
    if (verdict !== 'allow' || normal === undefined || words.length === 0)
      return {
        ok: false,
        index,
        finding: {
          verdict: 'deny',
          rule: verdict === 'deny' ? rule : 'floor.diagnostics',
          reason: `Diagnostics may only look, and “${line.slice(0, 80)}” is not known to: ${reason}`,
        },
      };
    commands.push(normal);
  }
  return { ok: true, commands };
}
