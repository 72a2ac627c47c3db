import { fileURLToPath } from 'node:url';
import type { HostFacts, HostService } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import type { Composition, KnownHost } from '#flow/planner-port.ts';
import type { Catalog } from '#planning/catalog/catalog.ts';
import { loadCatalog } from '#planning/catalog/load-catalog.ts';
import { composePlan } from '#planning/composing/compose-plan.ts';
import { createHouse, type House } from '#planning/composing/house.ts';
import { loadRecipes } from '#planning/composing/load-recipes.ts';
import type { Recipes } from '#planning/composing/recipe.ts';

export const commandsFolder = fileURLToPath(new URL('../../../commands', import.meta.url));

/** The real catalog and recipes, read once. */
export const { catalog, recipes } = readCommands();

function readCommands(): { catalog: Catalog; recipes: Recipes } {
  const loaded = loadCatalog(commandsFolder);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 2));
  const read = loadRecipes(commandsFolder, loaded.catalog);
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes, null, 2));
  return { catalog: loaded.catalog, recipes: read.recipes };
}

export const sandbox: KnownHost = { name: 'sandbox', aliases: ['box'], serviceAddress: '127.0.0.1' };
export const n100: KnownHost = { name: 'n100', aliases: ['mini pc'], serviceAddress: 'n100.lan' };
export const nas: KnownHost = { name: 'nas', aliases: [], serviceAddress: '192.168.1.20' };

export function houseOf(hosts: readonly KnownHost[] = [n100], defaultHost: string | null = null): House {
  return createHouse({ catalog, recipes, hosts, defaultHost });
}

/** A host with Docker and compose, unless told otherwise. */
export function factsOf(host: string, different: Partial<HostFacts> = {}): HostFacts {
  return {
    host,
    at: '2026-11-21T14:05:07.250Z',
    os: 'Debian GNU/Linux 13 (trixie)',
    arch: 'x86_64',
    user: 'chiffon',
    home: '/home/chiffon',
    address: host,
    docker: true,
    compose: true,
    node: null,
    npm: false,
    memoryTotalMb: 16_000,
    memoryFreeMb: 9_000,
    diskTotalMb: 120_000,
    diskFreeMb: 50_000,
    listeningPorts: [22],
    tools: ['apt-get', 'systemctl'],
    services: [],
    ...different,
  };
}

export const withoutDocker: Partial<HostFacts> = { docker: false, compose: false, node: '24.1.0', npm: true };

export function serviceOn(name: string, different: Partial<HostService> = {}): HostService {
  return { name, manager: 'compose', state: 'running', unit: name, port: 8096, image: null, ...different };
}

export function ask(command: string, inputs: Intent['inputs'] = {}): Intent {
  return { command, inputs };
}

/** Composes intents for one host. */
export function composeOn(
  facts: HostFacts,
  intents: readonly Intent[],
  host: KnownHost = { name: facts.host, aliases: [], serviceAddress: facts.address },
): Composition {
  const placed = intents.map((intent) => ({ ...intent, inputs: { ...intent.inputs, host: host.name } }));
  return composePlan(
    placed,
    (name) => (name === facts.host ? facts : undefined),
    () => host,
    houseOf([host]),
  );
}

export function planOn(...args: Parameters<typeof composeOn>): Extract<Composition, { kind: 'plan' }> {
  const composed = composeOn(...args);
  if (composed.kind !== 'plan') throw new Error(`expected a plan, got ${JSON.stringify(composed)}`);
  return composed;
}

export function commandsOf(plan: Extract<Composition, { kind: 'plan' }>): readonly string[] {
  return plan.content.steps.flatMap((step) => (step.uses === 'shell' ? [step.command] : []));
}
