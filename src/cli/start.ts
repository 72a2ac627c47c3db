import { startChiffon } from '#main';
import { createLog } from '#platform/log.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { createShutdown } from '#platform/shutdown.ts';
import type { CommandLine } from './command-line.ts';
import { openConfig } from './open-config.ts';
import { exit, type Terminal } from './output.ts';

/** Seconds everything gets to come to rest. */
const graceSeconds = 25;

/** Starts the chosen services and stays until a signal. */
export async function start(line: CommandLine, terminal: Terminal): Promise<number> {
  if (line.words.length > 0) {
    terminal.remark(`chiffon start takes options only, not “${line.words.join(' ')}”.`);
    return exit.usage;
  }
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
  const started = await startChiffon({ ...opened, log, redactor, shutdown }).catch(async (error: unknown) => {
    // What had been started before the trouble is stopped again.
    await shutdown.stop('the start failed');
    throw error;
  });
  if (!started.ok) {
    await shutdown.stop('the start failed');
    terminal.remark(started.reason);
    return started.code === 'usage' ? exit.usage : exit.failed;
  }
  if (started.value.url !== null) {
    terminal.line(`chiffon ready ${started.value.url}`);
    terminal.line(
      started.value.freshToken === null
        ? 'sign in with the token of the first start; “npm run -s chiffon -- token” prints it'
        : `sign in: ${started.value.url}/sign-in#${started.value.freshToken}`,
    );
  } else {
    terminal.line(`chiffon ready (${opened.config.services.join(', ')})`);
  }
  await stopped;
  return exit.done;
}
