import type { CommandLine } from './command-line.ts';
import { notYet } from './not-yet.ts';
import type { Terminal } from './output.ts';

/** One command of `chiffon`. */
export interface Command {
  /** One or two words. */
  readonly name: string;
  /** What stands behind the name: `"<words>"`, `[--since 7d]`. */
  readonly form: string;
  readonly summary: string;
  /** Answers the exit code. */
  readonly run: (line: CommandLine, terminal: Terminal) => Promise<number>;
}

/**
 * Every command, in the order of the help. Each loads what it needs when it is called: looking at a plan should not wait
 * for a database library.
 */
export const commands: readonly Command[] = [
  {
    name: 'start',
    form: '[--data DIR] [--port N] [--services bot,worker,api]',
    summary: 'Start Chiffon',
    run: async (line, terminal) => (await import('./start.ts')).start(line, terminal),
  },
  {
    name: 'chat',
    form: '[--url URL --token TOKEN]',
    summary: 'Talk to Chiffon here',
    run: async (line, terminal) => (await import('./chat.ts')).chat(line, terminal),
  },
  {
    name: 'plan',
    form: '"<words>" | --batch',
    summary: 'Show the plan for words; runs nothing',
    run: async (line, terminal) => (await import('./plan.ts')).plan(line, terminal),
  },
  {
    name: 'policy check',
    form: '< commands.ndjson',
    summary: 'Judge shell commands, a JSON line each',
    run: async (line, terminal) => (await import('./policy-check.ts')).policyCheck(line, terminal),
  },
  {
    name: 'audit query',
    form: '[--since 7d] [--until …] [--outcome failed] [--service S] [--host H] [--person P] [--plan ID]',
    summary: 'What happened, newest first',
    run: async (line, terminal) => (await import('./audit.ts')).auditQuery(line, terminal),
  },
  {
    name: 'audit verify',
    form: '',
    summary: 'Check that nobody changed the record',
    run: async (line, terminal) => (await import('./audit.ts')).auditVerify(line, terminal),
  },
  {
    name: 'doctor',
    form: '',
    summary: 'Say what is missing and how to fix it',
    run: async (line, terminal) => (await import('./doctor.ts')).doctor(line, terminal),
  },
  {
    name: 'trust',
    form: 'HOST [FINGERPRINT]',
    summary: 'Trust a machine’s SSH key',
    run: async (line, terminal) => (await import('./trust.ts')).trust(line, terminal),
  },
  {
    name: 'token',
    form: '',
    summary: 'Print the token to sign in with',
    run: async (line, terminal) => (await import('./token.ts')).token(line, terminal),
  },
  ...notYet,
];
