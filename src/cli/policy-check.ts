import { createInterface } from 'node:readline';
import { z } from 'zod';
import { judgeCommand } from '#policy/shell/judge-command.ts';
import type { CommandLine } from './command-line.ts';
import { exit, type Terminal } from './output.ts';

const Line = z.object({ cmd: z.string(), host: z.string().optional() });

/** Judges shell commands from stdin: a JSON object a line in, a verdict a line out, in the same order. */
export async function policyCheck(_line: CommandLine, terminal: Terminal): Promise<number> {
  let unreadable = 0;
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    const line = Line.safeParse(parsed(text));
    if (!line.success) {
      unreadable += 1;
      terminal.line(
        JSON.stringify({
          verdict: 'deny',
          rule: 'input.unreadable',
          reason: 'This line is not a JSON object with a text “cmd”.',
        }),
      );
      continue;
    }
    const { verdict, rule, reason } = judgeCommand(
      line.data.cmd,
      line.data.host === undefined ? {} : { host: line.data.host },
    );
    terminal.line(JSON.stringify({ verdict, rule, reason }));
  }
  return unreadable === 0 ? exit.done : exit.usage;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
