import type { Parts } from '#assembly/parts.ts';
import type { Result } from '#core/refusal.ts';
import { type Started, startChiffon } from '#main';
import type { Config } from '#platform/config/config.ts';
import { createLog } from '#platform/log.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { newReference } from '#platform/reference.ts';
import { createShutdown } from '#platform/shutdown.ts';
import { stopOnSurprises } from '#platform/surprises.ts';
import type { CommandLine } from './command-line.ts';
import { openConfig } from './open-config.ts';
import { exit, type Terminal } from './output.ts';

/** Seconds everything gets to come to rest. */
const graceSeconds = 25;
/** How long the process may stay after everything was asked to stop, in milliseconds. */
const lingerMs = 1_000;

/** Starts the chosen services and stays until a signal. */
export async function start(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const redactor = createRedactor();
  const log = createLog({
    level: opened.config.log.level,
    pretty:
      opened.config.log.format === 'pretty' ||
      (opened.config.log.format === 'auto' && process.stderr.isTTY === true),
    redactor,
  });
  const shutdown = createShutdown({ log, graceMs: graceSeconds * 1000 });
  const stopped = shutdown.listenForSignals();
  const surprised = stopOnSurprises({ log, shutdown, newReference });
  const started = await begin({ ...opened, log, redactor, shutdown });
  if (started === null) {
    await stopped;
    return exit.done;
  }
  if (!started.ok && !shutdown.stopping) {
    await shutdown.stop('the start failed');
    terminal.remark(started.reason);
    return started.code === 'usage' ? exit.usage : exit.failed;
  }
  if (started.ok && !shutdown.stopping) announce(terminal, opened.config, started.value);
  await stopped;
  const code = surprised() ? exit.failed : exit.done;
  // What did not come to rest in time must not keep the process.
  setTimeout(() => process.exit(code), lingerMs).unref();
  return code;
}

/** Starts everything, or gives back what had been started. Null when it was asked to stop meanwhile. */
async function begin(parts: Parts): Promise<Result<Started> | null> {
  try {
    return await startChiffon(parts);
  } catch (error) {
    // What could not be opened because everything stops is no news.
    if (parts.shutdown.stopping) return null;
    await parts.shutdown.stop('the start failed');
    throw error;
  }
}

function announce(terminal: Terminal, config: Config, { url, freshToken }: Started): void {
  if (url === null) {
    terminal.line(`chiffon ready (${config.services.join(', ')})`);
    return;
  }
  terminal.line(`chiffon ready ${url}`);
  const given = config.console.token;
  if (freshToken !== null) terminal.line(`sign in: ${url}/sign-in#${freshToken}`);
  else if (given !== null) terminal.line(`sign in with the token from ${given.origin}: ${url}/sign-in`);
  else
    terminal.line(
      `sign in with the token of the first start (“npm run -s chiffon -- token” prints it): ${url}/sign-in`,
    );
}
