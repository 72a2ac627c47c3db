import { auditQuery, auditVerify } from './audit.ts';
import { chat } from './chat.ts';
import type { CommandLine } from './command-line.ts';
import { doctor } from './doctor.ts';
import { notYet } from './not-yet.ts';
import type { Terminal } from './output.ts';
import { plan } from './plan.ts';
import { policyCheck } from './policy-check.ts';
import { start } from './start.ts';
import { token } from './token.ts';
import { trust } from './trust.ts';

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

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  {
    name: 'start',
    form: '[--data DIR] [--port N] [--services bot,worker,api]',
    summary: 'Start Chiffon',
    run: start,
  },
  { name: 'chat', form: '[--url URL --token TOKEN]', summary: 'Talk to Chiffon here', run: chat },
  { name: 'plan', form: '"<words>" | --batch', summary: 'Show the plan for words; runs nothing', run: plan },
  {
    name: 'policy check',
    form: '< commands.ndjson',
    summary: 'Judge shell commands, a JSON line each',
    run: policyCheck,
  },
  {
    name: 'audit query',
    form: '[--since 7d] [--until …] [--outcome failed] [--service S] [--host H] [--person P] [--plan ID]',
    summary: 'What happened, newest first',
    run: auditQuery,
  },
  { name: 'audit verify', form: '', summary: 'Check that nobody changed the record', run: auditVerify },
  { name: 'doctor', form: '', summary: 'Say what is missing and how to fix it', run: doctor },
  { name: 'trust', form: 'HOST [FINGERPRINT]', summary: 'Trust a machine’s SSH key', run: trust },
  { name: 'token', form: '', summary: 'Print the token to sign in with', run: token },
  ...notYet,
];
