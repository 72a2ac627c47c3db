import { z } from 'zod';
import { examineJudge } from '#assembly/examine-judge.ts';
import { judgeDiff } from '#policy/diff/judge-diff.ts';
import { judgeComposeFile } from '#policy/judge-compose-file.ts';
import { judgeDiagnostics } from '#policy/judge-diagnostics.ts';
import { judgeFile } from '#policy/judge-file.ts';
import { judgePlaybook } from '#policy/playbook/judge-playbook.ts';
import { judgeCommand, judgeScript } from '#policy/shell/judge-command.ts';
import type { CommandLine } from './command-line.ts';
import { exit, type Terminal } from './output.ts';
import { readLines } from './read-lines.ts';

const Written = z.object({ path: z.string(), content: z.string(), mode: z.string().default('0644') });

/** One line of input: a command, or anything else that passes the judge before it may run. */
const Line = z.union([
  z.object({ cmd: z.string(), host: z.string().optional() }),
  z.object({ script: z.string(), host: z.string().optional() }),
  z.object({ playbook: z.string() }),
  z.object({ compose: z.string() }),
  z.object({ diff: z.string() }),
  z.object({ file: Written }),
  z.object({ diagnostics: z.array(z.array(z.string())) }),
  z.object({ kind: z.enum(['cmd', 'script', 'playbook', 'compose', 'diff']), text: z.string() }),
]);
type Line = z.infer<typeof Line>;

/** What is printed for a line. */
interface Answer {
  readonly verdict: 'allow' | 'approval' | 'deny';
  readonly rule: string;
  readonly reason: string;
}

/** What is answered to a line that can't be read: what nobody can judge must not run. */
const unreadable: Answer = {
  verdict: 'deny',
  rule: 'input.unreadable',
  reason:
    'This line is not a JSON object with a text “cmd” (or playbook, compose, diff, script, file, diagnostics), in UTF-8.',
};

/** Judges what stands on stdin: a JSON object a line in, a verdict a line out, in the same order. */
export async function policyCheck(_line: CommandLine, terminal: Terminal): Promise<number> {
  const judge = examineJudge();
  if (!judge.usable) {
    terminal.remark(`${judge.detail} ${judge.remedy}`);
    return exit.usage;
  }
  if (!judge.ok) terminal.remark(`${judge.detail} ${judge.remedy}`);
  let allRead = true;
  for await (const text of readLines(process.stdin)) {
    const line = Line.safeParse(parsed(text));
    allRead &&= line.success;
    const { verdict, rule, reason } = line.success ? answerTo(line.data) : unreadable;
    terminal.answer({ verdict, rule, reason });
  }
  return allRead ? exit.done : exit.usage;
}

function answerTo(line: Line): Answer {
  if ('kind' in line) return answerTo({ [line.kind]: line.text } as Line);
  if ('cmd' in line) return judgeCommand(line.cmd, line.host === undefined ? {} : { host: line.host });
  if ('script' in line) return judgeScript(line.script, line.host === undefined ? {} : { host: line.host });
  if ('playbook' in line) return judgePlaybook(line.playbook);
  if ('compose' in line) return judgeComposeFile(line.compose, 'compose.yaml') ?? ordinaryCompose;
  if ('diff' in line) return judgeDiff(line.diff);
  if ('file' in line) return judgeFile(line.file);
  const judged = judgeDiagnostics(line.diagnostics);
  return judged.ok ? onlyDiagnostics : judged.finding;
}

const ordinaryCompose: Answer = {
  verdict: 'approval',
  rule: 'change.containers',
  reason: 'It starts containers that ask for nothing special.',
};
const onlyDiagnostics: Answer = {
  verdict: 'allow',
  rule: 'read.diagnostics',
  reason: 'All of these only look.',
};

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
