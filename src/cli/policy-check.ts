import { z } from 'zod';
import { judgeCommand } from '#policy/shell/judge-command.ts';
import type { CommandLine } from './command-line.ts';
import { exit, type Terminal } from './output.ts';
import { readLines } from './read-lines.ts';

const Line = z.object({ cmd: z.string(), host: z.string().optional() });

/** What is answered to a line that can't be read: what nobody can judge must not run. */
const unreadable = {
  verdict: 'deny',
  rule: 'input.unreadable',
  reason: 'This line is not a JSON object with a text “cmd”, in UTF-8.',
} as const;

/** Judges shell commands from stdin: a JSON object a line in, a verdict a line out, in the same order. */
export async function policyCheck(_line: CommandLine, terminal: Terminal): Promise<number> {
  let allRead = true;
  for await (const text of readLines(process.stdin)) {
    const line = Line.safeParse(parsed(text));
    if (line.success) {
      const { cmd, host } = line.data;
      const { verdict, rule, reason } = judgeCommand(cmd, host === undefined ? {} : { host });
      terminal.answer({ verdict, rule, reason });
    } else {
      allRead = false;
      terminal.answer(unreadable);
    }
  }
  return allRead ? exit.done : exit.usage;
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
