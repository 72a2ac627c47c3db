import type { CommandLine, OptionName } from './command-line.ts';
import { notYet } from './not-yet.ts';
import type { Terminal } from './output.ts';

/** One command of `chiffon`. */
export interface Command {
  /** One or two words. */
  readonly name: string;
  /** What stands behind the name: `"<words>"`, `[--since 7d]`. */
  readonly form: string;
  readonly summary: string;
  /** The options it takes besides those every command takes. */
  readonly options: readonly OptionName[];
  /** How many words may stand behind its name. */
  readonly words: number;
  /** Answers the exit code. */
  readonly run: (line: CommandLine, terminal: Terminal) => Promise<number>;
}

/** What every command takes. */
export const commonOptions: readonly OptionName[] = ['json', 'help', 'config', 'data'];

/**
 * Every command, in the order of the help. Each loads what it needs when it is called: looking at a plan should not wait
 * for a database library.
 */
export const commands: readonly Command[] = [
  {
    name: 'start',
    form: '[--port N] [--services bot,worker,api]',
    summary: 'Start Chiffon',
    options: ['port', 'services'],
    words: 0,
    run: async (line, terminal) => (await import('./start.ts')).start(line, terminal),
  },
  {
    name: 'chat',
    form: '[--url URL] [--token TOKEN]',
    summary: 'Talk to Chiffon here',
    options: ['url', 'token'],
    words: 0,
    run: async (line, terminal) => (await import('./chat/chat.ts')).chat(line, terminal),
  },
  {
    name: 'plan',
    form: '"<words>" [--as PERSON] | --batch',
    summary: 'Show the plan for words; runs nothing',
    options: ['batch', 'as'],
    words: Number.POSITIVE_INFINITY,
    run: async (line, terminal) => (await import('./plan.ts')).plan(line, terminal),
  },
  {
    name: 'policy check',
    form: '< lines.ndjson',
    summary:
      'Judge what would run, a JSON line each: {"cmd": "…"}, or {"script"}, {"playbook"}, {"compose"}, {"diff"}, {"file": {"path", "content"}}, {"diagnostics": [["df", "-h"]]}',
    options: [],
    words: 0,
    run: async (line, terminal) => (await import('./policy-check.ts')).policyCheck(line, terminal),
  },
  {
    name: 'ask',
    form: '"<question>" [--as PERSON]',
    summary: 'Answer a question about what happened; runs nothing',
    options: ['as'],
    words: Number.POSITIVE_INFINITY,
    run: async (line, terminal) => (await import('./ask.ts')).ask(line, terminal),
  },
  {
    name: 'audit query',
    form: '["<question>"] [--about failures] [--since 7d] [--until …] [--outcome failed] [--service S] [--host H] [--person P] [--plan ID] [--limit N]',
    summary: 'What happened, newest first',
    options: ['about', 'since', 'until', 'outcome', 'service', 'host', 'person', 'plan', 'limit'],
    words: Number.POSITIVE_INFINITY,
    run: async (line, terminal) => (await import('./audit.ts')).auditQuery(line, terminal),
  },
  {
    name: 'audit verify',
    form: '',
    summary: 'Check that nobody changed the record',
    options: [],
    words: 0,
    run: async (line, terminal) => (await import('./audit.ts')).auditVerify(line, terminal),
  },
  {
    name: 'doctor',
    form: '[--host NAME]',
    summary: 'Say what is missing and how to fix it; with a machine, look at its wall',
    options: ['host'],
    words: 0,
    run: async (line, terminal) => (await import('./doctor.ts')).doctor(line, terminal),
  },
  {
    name: 'harden',
    form: '[--host NAME] [--docker rootless|sudo|group|none]',
    summary: 'Print a script that makes a machine stand when Chiffon fails',
    options: ['host', 'docker'],
    words: 0,
    run: async (line, terminal) => (await import('./harden.ts')).harden(line, terminal),
  },
  {
    name: 'trust',
    form: 'HOST [FINGERPRINT]',
    summary: 'Trust a machine’s SSH key',
    options: [],
    words: 2,
    run: async (line, terminal) => (await import('./trust.ts')).trust(line, terminal),
  },
  {
    name: 'ring',
    form: '[PHONE]',
    summary: 'Send a test message to the phones',
    options: [],
    words: 1,
    run: async (line, terminal) => (await import('./ring.ts')).ring(line, terminal),
  },
  {
    name: 'token',
    form: '',
    summary: 'Print the token to sign in with',
    options: [],
    words: 0,
    run: async (line, terminal) => (await import('./token.ts')).token(line, terminal),
  },
  ...notYet,
];
