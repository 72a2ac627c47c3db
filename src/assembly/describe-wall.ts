import { readFile } from 'node:fs/promises';
import type { HostFacts } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import { probeCommands } from '#executors/probe/probe-commands.ts';
import type { Planner } from '#flow/planner-port.ts';
import type { Config, ConfiguredHost } from '#platform/config/config.ts';
import type { DockerWay, WallHost } from '#policy/wall/wall.ts';

/**
 * What the wall of a machine is drawn from: the configuration, and the commands the catalog would run there, given what
 * was seen on it (null when it could not be looked at).
 */
export async function describeWall(
  config: Config,
  host: ConfiguredHost,
  seen: { readonly facts: HostFacts | null; readonly planner: Planner; readonly docker: DockerWay | null },
): Promise<WallHost> {
  const { facts, planner, docker } = seen;
  return {
    name: host.name,
    user: host.user === 'root' ? 'chiffon' : host.user,
    docker: docker ?? (facts?.docker === false ? 'none' : 'sudo'),
    proxmox: facts?.tools.some((tool) => tool === 'qm' || tool === 'pveversion') ?? false,
    publicKey: await publicKeyOf(host),
    jumpsTo: config.hosts
      .filter((other) => other.jump === host.name)
      .map((other) => `${other.address.includes(':') ? `[${other.address}]` : other.address}:${other.port}`),
    commands: [...probeCommands, ...(facts === null ? [] : catalogCommands(planner, facts))],
  };
}

/** Every file the configuration names for a secret. */
export function secretFilesOf(config: Config): string[] {
  const named = [
    config.console.tokenFile,
    config.discord.tokenFile,
    config.matrix.tokenFile,
    config.heartbeat.urlFile,
    config.database.urlFile,
    config.queue.urlFile,
    ...config.people.map(({ tokenFile }) => tokenFile),
    ...config.phones.flatMap(({ tokenFile, userFile, urlFile }) => [tokenFile, userFile, urlFile]),
    ...config.hosts.flatMap(({ keyFiles, passphraseFile }) => [...keyFiles, passphraseFile]),
  ];
  return [...new Set(named.filter((file) => file !== null))];
}

/** The command lines of the plans the catalog can make for this machine and the services seen on it. */
function catalogCommands(planner: Planner, facts: HostFacts): string[] {
  const { host } = facts;
  const wanted = planner
    .offers([facts])
    .commands.filter(({ command }) => planner.hands(command) === 'steps')
    .flatMap(({ command, inputs }) => {
      const needed = inputs.filter(({ required }) => required).map(({ name }) => name);
      // What else has to be named (a virtual machine) is not known before somebody asks.
      if (needed.some((name) => name !== 'host' && name !== 'service')) return [];
      const named = facts.services.map(({ name }) => ({ command, inputs: { host, service: name } }));
      return needed.includes('service') ? named : [{ command, inputs: { host } }, ...named];
    });
  // Starting is asked for when something stands still, restarting when it runs: a line is needed for both.
  const states = (['running', 'stopped'] as const).map((state) => ({
    ...facts,
    services: facts.services.map((service) => ({ ...service, state })),
  }));
  return states.flatMap((seen) => wanted.flatMap((intent) => commandsOf(planner, intent, seen)));
}

/** The command lines of one plan; none of what deletes for good, which is a person's to run there. */
function commandsOf(planner: Planner, intent: Intent, facts: HostFacts): string[] {
  const placed = planner.place([intent], [facts]);
  if (placed.kind !== 'placed') return [];
  const plan = planner.compose(placed.intents, [facts]);
  if (plan.kind !== 'plan' || plan.content.risk === 'destructive') return [];
  return plan.content.steps.flatMap((step) => (step.uses === 'shell' ? [step.command] : []));
}

/** The public half of the first key that has one beside it; without the comment. */
async function publicKeyOf({ keyFiles }: ConfiguredHost): Promise<string | null> {
  for (const file of keyFiles) {
    const text = await readFile(`${file}.pub`, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'EACCES') return '';
      throw error;
    });
    const key = /^((?:ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/=]+)/.exec(text)?.[1];
    if (key !== undefined) return key;
  }
  return null;
}
