import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderCard } from '#chat/terminal/render-card.ts';
import type { Card } from '#core/card.ts';
import { startChiffon } from '#main';
import type { Config } from '#platform/config/config.ts';
import { createLog } from '#platform/log.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { createShutdown, type Shutdown } from '#platform/shutdown.ts';
import { type ApiClient, ApiRefusal, createApiClient } from './api-client.ts';
import type { CommandLine } from './command-line.ts';
import { openConfig } from './open-config.ts';
import { exit, type Terminal } from './output.ts';

/** How often a card is looked at while something happens, in milliseconds. */
const lookEveryMs = 150;

/** Talks to Chiffon in the terminal: to the one that runs, or to one started here for as long as the talk lasts. */
export async function chat(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const log = createLog({ level: 'warn', pretty: true, redactor: createRedactor() });
  const shutdown = createShutdown({ log, graceMs: 25_000 });
  const reached = await reach(line, opened, shutdown, terminal);
  if (reached === null) {
    await shutdown.stop('the talk could not begin');
    return exit.failed;
  }
  try {
    await talk(reached, terminal);
    return exit.done;
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    terminal.remark(error.message);
    return exit.failed;
  } finally {
    await shutdown.stop('the talk is over');
  }
}

/** The client for the Chiffon named on the command line, the one that runs on the data directory, or a new one. */
async function reach(
  line: CommandLine,
  opened: { readonly config: Config; readonly file: string | null },
  shutdown: Shutdown,
  terminal: Terminal,
): Promise<ApiClient | null> {
  const { config } = opened;
  const url = line.options.url ?? (await runningAddress(config));
  const token = async (): Promise<string> =>
    line.options.token ??
    config.console.token?.reveal() ??
    (await readFile(join(config.data, 'token'), 'utf8')).trim();
  if (url !== null) return createApiClient(url, await token());
  terminal.remark('Chiffon does not run on this data directory, so it is started here until you leave.');
  const redactor = createRedactor();
  const started = await startChiffon({
    ...opened,
    config: { ...config, console: { ...config.console, port: 0 } },
    log: createLog({ level: 'warn', pretty: true, redactor }),
    redactor,
    shutdown,
  });
  if (!started.ok || started.value.url === null) {
    terminal.remark(
      started.ok ? 'Talking needs the api service; it is left out by --services.' : started.reason,
    );
    return null;
  }
  return createApiClient(started.value.url, await token());
}

/** Where the Chiffon of this data directory answers; null when none does. */
async function runningAddress(config: Config): Promise<string | null> {
  const url = (await readFile(join(config.data, 'address'), 'utf8').catch(() => '')).trim();
  if (url === '') return null;
  const alive = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(2000) }).then(
    (answer) => answer.ok,
    () => false,
  );
  return alive ? url : null;
}

async function talk(api: ApiClient, terminal: Terminal): Promise<void> {
  const { person, examples } = await api.me();
  const input = createInterface({
    input: process.stdin,
    output: process.stdin.isTTY ? process.stdout : undefined,
  });
  terminal.line(
    `Hello ${person.name}. Say what you want done, for example: ${examples.map((words) => `“${words}”`).join(', ')}.`,
  );
  terminal.line('A plan is answered with approve, changes <what>, or reject. Ctrl+D leaves.');
  let thread: string | null = null;
  let open: { readonly request: string; readonly card: Card } | null = null;
  input.setPrompt('> ');
  input.prompt();
  for await (const text of input) {
    const said = text.trim();
    try {
      if (said !== '') {
        if (open !== null && (await decide(api, open.card, said))) {
          open = await follow(api, open.request, terminal);
        } else {
          const answer = await api.ask(said, thread);
          thread = answer.state === 'question' ? answer.threadId : null;
          open = answer.planId === null ? null : await follow(api, answer.requestId, terminal);
          if (answer.planId === null) printAnswer(answer, terminal);
        }
      }
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      terminal.line(error.message);
    }
    input.prompt();
  }
}

function printAnswer(answer: Awaited<ReturnType<ApiClient['ask']>>, terminal: Terminal): void {
  terminal.line(answer.reply);
  answer.choices.forEach((choice, index) => {
    terminal.line(`  ${index + 1} ${choice.label}${choice.fact === undefined ? '' : ` (${choice.fact})`}`);
  });
  for (const words of answer.suggestions) terminal.line(`  try: ${words}`);
}

/** Whether the words were a decision about the open plan; it is sent then. */
async function decide(api: ApiClient, card: Card, said: string): Promise<boolean> {
  if (card.state !== 'needs_you' && card.state !== 'parked') return false;
  const [verb = '', ...rest] = said.split(/\s+/u);
  const more = rest.join(' ');
  switch (verb.toLowerCase()) {
    case 'approve':
    case 'yes':
      await api.decide(card, 'approve', card.risk === 'destructive' ? { code: more } : {});
      return true;
    case 'reject':
    case 'no':
      await api.decide(card, 'reject', more === '' ? {} : { comment: more });
      return true;
    case 'changes':
      await api.decide(card, 'changes', { comment: more });
      return true;
    default:
      return card.confirmCode !== null && said.toUpperCase() === card.confirmCode
        ? api.decide(card, 'approve', { code: said }).then(() => true)
        : false;
  }
}

/** Prints what happens to a request until a person is asked or it is over. */
async function follow(
  api: ApiClient,
  request: string,
  terminal: Terminal,
): Promise<{ request: string; card: Card }> {
  let offset = 0;
  let shownSteps = '';
  for (;;) {
    const card = await api.card(request);
    if (card.run !== null) {
      const steps = card.steps
        .map((step) => `${step.position} ${step.summary}: ${step.stateWord}`)
        .join('\n');
      if (steps !== shownSteps && card.risk !== 'read') {
        const before = new Set(shownSteps.split('\n'));
        for (const line of steps.split('\n'))
          if (!before.has(line) && !line.endsWith('Queued')) terminal.line(`· ${line}`);
      }
      shownSteps = steps;
      const log = await api.log(card.run, offset);
      offset = log.next;
      if (card.risk !== 'read')
        for (const line of log.text.split('\n')) if (line !== '') terminal.line(`  │ ${line}`);
    }
    if (!['drafting', 'queued', 'running', 'retrying', 'waiting'].includes(card.state)) {
      terminal.line(renderCard(card));
      return { request, card };
    }
    await sleep(lookEveryMs);
  }
}
