import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describeHouse } from '#assembly/describe-house.ts';
import { openPlanner } from '#assembly/open-planner.ts';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { type Check, examineHouse } from '#flow/examine-house.ts';
import { judgeCommand } from '#policy/shell/judge-command.ts';
import { createDeliveryQueue } from '#queue/create-delivery-queue.ts';
import type { CommandLine } from './command-line.ts';
import { openConfig } from './open-config.ts';
import { exit, type Terminal } from './output.ts';
import { withLedger } from './with-ledger.ts';

const consolePage = fileURLToPath(new URL('../../dist/console/index.html', import.meta.url));

/** Says what is missing and how to fix it. Changes nothing. */
export async function doctor(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const { config, file } = opened;
  const known = [
    {
      name: 'configuration',
      ok: true,
      detail: file === null ? 'No file; the defaults are in force.' : `${file} has no mistakes.`,
      remedy: null,
    },
    checkCatalog(config),
    await checkConsole(),
  ];
  const report = await examine(config, known);
  if (terminal.json) terminal.line(JSON.stringify(report));
  else {
    for (const check of report.checks) {
      terminal.line(`${check.ok ? '✓' : '✕'} ${check.name}: ${check.detail}`);
      if (check.remedy !== null) terminal.line(`    → ${check.remedy}`);
    }
  }
  return report.ok ? exit.done : exit.failed;
}

type Config = Parameters<typeof describeHouse.machines>[0];

async function examine(config: Config, known: readonly Check[]) {
  try {
    return await withLedger(config, async (ledger) => {
      const url = config.queue.url?.reveal() ?? config.database.url?.reveal() ?? null;
      const queue = url === null ? embeddedQueue : await createDeliveryQueue({ url });
      const executor =
        config.hosts.length === 0
          ? null
          : createStepExecutor({
              hosts: config.hosts.map(describeHouse.address),
              knownHostsFile: config.knownHostsFile,
              judge: judgeCommand,
            });
      try {
        return await examineHouse({
          ledger,
          queue,
          executor,
          hosts: config.hosts.map(({ name }) => name),
          known,
        });
      } finally {
        await executor?.close();
        await queue.close();
      }
    });
  } catch (error) {
    // Not reaching the database is what a doctor is for; the sentence is the finding.
    const detail = error instanceof Error ? error.message : String(error);
    const check = {
      name: 'database',
      ok: false,
      detail,
      remedy: 'See that PostgreSQL can be reached, or start without DATABASE_URL to use the embedded one.',
    };
    return { ok: false, checks: [...known, check] };
  }
}

/** Without an address of its own the queue lives in the embedded database, which is looked at as the database. */
const embeddedQueue = {
  health: async () => ({ ok: true, detail: 'The queue lives in the embedded database.', remedy: null }),
  close: async () => {},
};

function checkCatalog(config: Config): Check {
  const catalog = openPlanner(config);
  return catalog.ok
    ? {
        name: 'catalog',
        ok: true,
        detail: 'The commands and services in commands/ have no mistakes.',
        remedy: null,
      }
    : {
        name: 'catalog',
        ok: false,
        detail: `${catalog.mistakes.length} mistakes in commands/.`,
        remedy: 'chiffon start prints each with its line and remedy.',
      };
}

async function checkConsole(): Promise<Check> {
  const built = await access(consolePage).then(
    () => true,
    () => false,
  );
  return built
    ? { name: 'console', ok: true, detail: 'The console is built.', remedy: null }
    : {
        name: 'console',
        ok: true,
        detail: 'The console is not built yet; npm start builds it.',
        remedy: null,
      };
}
