import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChiffon } from '#main';
import type { Config } from '#platform/config/config.ts';
import { holderOf } from '#platform/data-directory/lock.ts';
import { createLog, type Log } from '#platform/log.ts';
import { createRedactor, type Redactor } from '#platform/redaction/redactor.ts';
import { createShutdown, type Shutdown } from '#platform/shutdown.ts';
import type { CommandLine, Options } from '../command-line.ts';
import { openConfig } from '../open-config.ts';
import { exit, type Terminal } from '../output.ts';
import { type ApiClient, ApiRefusal, createApiClient } from './api-client.ts';
import { listenToLines } from './spoken-lines.ts';
import { talk } from './talk.ts';

/** Milliseconds everything gets to come to rest after the talk. */
const graceMs = 25_000;

/** Talks to Chiffon in the terminal: to the one that runs, or to one started here for as long as the talk lasts. */
export async function chat(line: CommandLine, terminal: Terminal): Promise<number> {
  const { url } = line.options;
  if (terminal.json) {
    terminal.remark('A talk is for people. For programs there are “plan --json” and the REST interface.');
    return exit.usage;
  }
  if (url !== undefined && !/^https?:$/u.test(URL.parse(url)?.protocol ?? '')) {
    terminal.remark(`--url takes an address such as http://127.0.0.1:4180, not “${url}”.`);
    return exit.usage;
  }
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const redactor = createRedactor();
  const log = createLog({ level: 'warn', pretty: true, redactor });
  const shutdown = createShutdown({ log, graceMs });
  void shutdown.listenForSignals();
  try {
    const api = await reach(line.options, { ...opened, log, redactor, shutdown }, terminal);
    if (typeof api === 'number') return api;
    const lines = listenToLines({ input: process.stdin, output: process.stdout });
    const talked = talk(api, lines, terminal);
    shutdown.onStop('the talk', async () => {
      lines.close();
      await talked.catch(() => {});
    });
    await talked;
    return exit.done;
  } catch (error) {
    if (shutdown.stopping) return exit.done;
    if (!(error instanceof ApiRefusal)) throw error;
    terminal.remark(error.message);
    return exit.failed;
  } finally {
    await shutdown.stop('the talk is over');
  }
}

/** A client for the Chiffon named on the command line, the one that runs on the data directory, or a new one; or an exit code. */
async function reach(
  options: Options,
  parts: {
    readonly config: Config;
    readonly file: string | null;
    readonly log: Log;
    readonly redactor: Redactor;
    readonly shutdown: Shutdown;
  },
  terminal: Terminal,
): Promise<ApiClient | number> {
  const { config } = parts;
  let url = options.url ?? (await runningAddress(config));
  if (url === null) {
    terminal.remark('Chiffon does not run on this data directory, so it is started here until you leave.');
    const console = { ...config.console, host: '127.0.0.1', port: 0 };
    const started = await startChiffon({ ...parts, config: { ...config, console } });
    if (!started.ok || started.value.url === null) {
      terminal.remark(
        started.ok
          ? 'A talk needs the api service, which “services” in the configuration leaves out. Name it there, or say with --url where it runs.'
          : started.reason,
      );
      return started.ok || started.code === 'usage' ? exit.usage : exit.failed;
    }
    url = started.value.url;
  }
  const token = options.token ?? config.console.token?.reveal() ?? (await keptToken(config));
  if (token !== null) return createApiClient(url, token);
  terminal.remark(
    `There is no token in ${config.data} that this user may read. Give one in CHIFFON_TOKEN, or name the directory with --data DIR.`,
  );
  return exit.failed;
}

/** Where the Chiffon of this data directory answers; null when none does. */
async function runningAddress(config: Config): Promise<string | null> {
  // The address of a Chiffon that was killed stays behind, and another program may answer there by now: it must not get the token.
  if ((await holderOf(config.data, 'api')) === null) return null;
  const url = await textOf(join(config.data, 'address'));
  if (url === null) return null;
  const alive = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(2000) }).then(
    (answer) => answer.ok,
    () => false,
  );
  return alive ? url : null;
}

function keptToken(config: Config): Promise<string | null> {
  return textOf(join(config.data, 'token'));
}

/** What a file says; null when it is not there, empty, or not for this user. */
async function textOf(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim() || null;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
