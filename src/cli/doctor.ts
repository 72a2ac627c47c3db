import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describeHouse } from '#assembly/describe-house.ts';
import { examineJudge } from '#assembly/examine-judge.ts';
import { examinePlatforms } from '#assembly/examine-platforms.ts';
import { openPlanner } from '#assembly/open-planner.ts';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import { lookAtWall } from '#executors/wall/look-at-wall.ts';
import { type Check, examineHouse } from '#flow/examine-house.ts';
import type { Config } from '#platform/config/config.ts';
import { judgeCommand } from '#policy/shell/judge-command.ts';
import { examineWall } from '#policy/wall/examine-wall.ts';
import { createDeliveryQueue } from '#queue/create-delivery-queue.ts';
import type { CommandLine } from './command-line.ts';
import { hostOf } from './host-option.ts';
import { openConfig } from './open-config.ts';
import { exit, type Terminal } from './output.ts';
import { withLedger } from './with-ledger.ts';

const consolePage = fileURLToPath(new URL('../../dist/console/index.html', import.meta.url));

/** Says what is missing and how to fix it; for a machine that is named, what its wall is worth. Changes nothing. */
export async function doctor(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const { config, file } = opened;
  if (line.options.host !== undefined) {
    const host = hostOf(config, line.options.host, 'doctor', terminal);
    return host === null ? exit.usage : tell(await examineHost(config, host.name), terminal);
  }
  const known = [
    {
      name: 'configuration',
      ok: true,
      detail: file === null ? 'No file; the defaults are in force.' : `${file} has no mistakes.`,
      remedy: null,
    },
    checkCatalog(config),
    checkJudge(),
    await checkConsole(),
    ...(await examinePlatforms(config)),
  ];
  return tell(await examine(config, known), terminal);
}

function tell(report: Report, terminal: Terminal): number {
  if (terminal.json) terminal.answer(report);
  else {
    for (const check of report.checks) {
      terminal.line(`${check.ok ? '✓' : '✕'} ${check.name}: ${check.detail}`);
      if (check.remedy !== null) terminal.line(`    → ${check.remedy}`);
    }
  }
  return report.ok ? exit.done : exit.failed;
}

/** Looks at the wall of one machine, over the road Chiffon's commands take. */
async function examineHost(config: Config, host: string): Promise<Report> {
  const hosts = config.hosts.map(describeHouse.address);
  const look = await lookAtWall({ hosts, knownHostsFile: config.knownHostsFile }, host);
  const checks: readonly Check[] = look.ok
    ? [
        { name: `machine ${host}`, ok: true, detail: `Answers as ${look.facts.user}.`, remedy: null },
        ...examineWall(host, look.facts),
      ]
    : [
        {
          name: `machine ${host}`,
          ok: false,
          detail: `Could not look: ${look.reason}`,
          remedy: `Try “ssh” to ${host} by hand; “npm run -s chiffon -- trust ${host}” accepts its key.`,
        },
      ];
  return { ok: checks.every(({ ok }) => ok), checks };
}

/** Looks at the database, the queue and the machines, each also when another can't be looked at. */
async function examine(config: Config, known: readonly Check[]): Promise<Report> {
  const executor =
    config.hosts.length === 0
      ? null
      : createStepExecutor({
          hosts: config.hosts.map(describeHouse.address),
          knownHostsFile: config.knownHostsFile,
          judge: judgeCommand,
        });
  const hosts = config.hosts.map(({ name }) => name);
  const channels = describeHouse.channels(config);
  try {
    const report = await withLedger(config, async (ledger) => {
      const url = config.queue.url?.reveal() ?? config.database.url?.reveal() ?? null;
      const queue = url === null ? embeddedQueue : await createDeliveryQueue({ url });
      try {
        return await examineHouse({ ledger, queue, executor, hosts, channels, known });
      } finally {
        await queue.close();
      }
    });
    if (report !== null) return report;
    const detail = `There is no database in ${config.data} yet; the first start makes one.`;
    const ledger = ledgerThatSays({ ok: true, detail, remedy: null });
    return await examineHouse({ ledger, queue: embeddedQueue, executor, hosts, channels, known });
  } catch (error) {
    // Not reaching the database is what a doctor is for; the sentence is the finding.
    const detail = error instanceof Error ? error.message : String(error);
    const remedy =
      'See that PostgreSQL can be reached, or start without DATABASE_URL to use the embedded one.';
    const ledger = ledgerThatSays({ ok: false, detail, remedy });
    const report = await examineHouse({ ledger, queue: embeddedQueue, executor, hosts, channels, known });
    const unseen = ['queue', 'record'];
    return { ok: false, checks: report.checks.filter(({ name }) => !unseen.includes(name)) };
  } finally {
    await executor?.close();
  }
}

type Report = Awaited<ReturnType<typeof examineHouse>>;

/** Stands in for a ledger that is not there: what is said about it, and nothing on record. */
function ledgerThatSays(health: Omit<Check, 'name'>): Parameters<typeof examineHouse>[0]['ledger'] {
  return {
    health: async () => health,
    verify: async () => ({ ok: true, events: 0, streams: 0, gitCommits: 0, unanchored: 0, firstBad: null }),
    channelStates: async () => [],
  };
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
        remedy: '“npm run -s chiffon -- plan help” prints each with its line and remedy.',
      };
}

function checkJudge(): Check {
  const { name, ok, detail, remedy } = examineJudge();
  return { name, ok, detail, remedy };
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
        detail: 'The console is not built yet; “npm start” builds it.',
        remedy: null,
      };
}
