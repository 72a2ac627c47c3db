import { describeHouse } from '#assembly/describe-house.ts';
import { describeWall, secretFilesOf } from '#assembly/describe-wall.ts';
import { openPlanner } from '#assembly/open-planner.ts';
import type { HostFacts } from '#core/host.ts';
import { createStepExecutor } from '#executors/create-step-executor.ts';
import type { Config, ConfiguredHost } from '#platform/config/config.ts';
import { judgeCommand } from '#policy/shell/judge-command.ts';
import { buildWall } from '#policy/wall/build-wall.ts';
import { ownData } from '#policy/wall/parts/own-data.ts';
import type { DockerWay } from '#policy/wall/wall.ts';
import { wallScript } from '#policy/wall/wall-script.ts';
import type { CommandLine } from './command-line.ts';
import { hostOf } from './host-option.ts';
import { openConfig, printMistakes } from './open-config.ts';
import { exit, type Terminal } from './output.ts';

const ways: readonly string[] = ['rootless', 'sudo', 'group', 'none'];

/** Prints the wall of a machine as a script to read and run there. Looks at the machine; changes nothing. */
export async function harden(line: CommandLine, terminal: Terminal): Promise<number> {
  const opened = openConfig(line.options, terminal);
  if (typeof opened === 'number') return opened;
  const { config } = opened;
  const host = hostOf(config, line.options.host, 'harden', terminal);
  if (host === null) return exit.usage;
  const { docker } = line.options;
  if (docker !== undefined && !ways.includes(docker)) {
    terminal.remark(`--docker is one of ${ways.join(', ')}.`);
    return exit.usage;
  }
  const planner = openPlanner(config);
  if (!planner.ok) {
    printMistakes(terminal, 'The catalog', planner.mistakes);
    return exit.usage;
  }
  const facts = await lookAt(config, host, terminal);
  const described = await describeWall(config, host, {
    facts,
    planner: planner.planner,
    docker: (docker as DockerWay | undefined) ?? null,
  });
  if (host.user === 'root')
    terminal.remark(
      `Chiffon signs in to ${host.name} as root, and nothing is a wall against root. Afterwards set user to ${described.user} in the configuration.`,
    );
  const parts = buildWall(described);
  const own = ownData({ data: config.data, secretFiles: secretFilesOf(config) });
  if (terminal.json) {
    terminal.answer({
      host: host.name,
      user: described.user,
      docker: described.docker,
      looked: facts !== null,
      parts,
      own,
      script: wallScript(described, parts),
    });
    return exit.done;
  }
  terminal.line(wallScript(described, parts));
  terminal.line(`# ── ${own.name}: not on ${host.name}, but where Chiffon runs ──`);
  terminal.line(`# ${own.why}`);
  for (const command of own.commands) terminal.line(`#   ${command}`);
  return exit.done;
}

/** What is there now; null when the machine does not answer, and then the script knows less. */
async function lookAt(config: Config, host: ConfiguredHost, terminal: Terminal): Promise<HostFacts | null> {
  const executor = createStepExecutor({
    hosts: config.hosts.map(describeHouse.address),
    knownHostsFile: config.knownHostsFile,
    judge: judgeCommand,
  });
  try {
    const seen = await executor.probe(host.name);
    if (seen.ok) return seen.facts;
    terminal.remark(
      `${host.name} could not be looked at, so the lines its services need are missing from sudoers: ${seen.reason}`,
    );
    return null;
  } finally {
    await executor.close();
  }
}
