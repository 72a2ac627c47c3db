import type { HostFacts, HostService } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import type { KnownHost } from '#flow/planner-port.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { CommandSentences } from '../catalog/command-sentences.ts';
import { compactName } from '../catalog/compact-name.ts';
import type { ServiceEntry } from '../catalog/service-entry.ts';
import { repositoryOf } from './later-image.ts';
import type { Recipe, Recipes } from './recipe.ts';

/** What plans are composed from, looked up by name. */
export interface House {
  readonly hosts: readonly KnownHost[];
  /** The host meant when none is named: the configured default, or the only one there is. */
  readonly usualHost: KnownHost | null;
  readonly catalog: Catalog;
  command(name: string): CommandSentences | undefined;
  recipe(name: string): Recipe | undefined;
  service(name: string): ServiceEntry | undefined;
  /** By name or alias, in any case. */
  host(name: string): KnownHost | undefined;
}

/** @throws Error when the default host is not among the hosts: the configuration is checked before. */
export function createHouse(options: {
  readonly catalog: Catalog;
  readonly recipes: Recipes;
  readonly hosts: readonly KnownHost[];
  readonly defaultHost: string | null;
}): House {
  const { catalog, recipes, hosts, defaultHost } = options;
  const commands = new Map(catalog.commands.map((command) => [command.command, command]));
  const services = new Map(catalog.services.map((service) => [service.name, service]));
  const byName = new Map<string, KnownHost>();
  for (const host of hosts) for (const alias of host.aliases) byName.set(alias.toLowerCase(), host);
  for (const host of hosts) byName.set(host.name.toLowerCase(), host);
  const named = defaultHost === null ? undefined : byName.get(defaultHost.toLowerCase());
  if (defaultHost !== null && !named) throw new Error(`the default host ${defaultHost} is not configured`);
  return {
    hosts,
    catalog,
    usualHost: named ?? (hosts.length === 1 ? (hosts[0] ?? null) : null),
    command: (name) => commands.get(name),
    recipe: (name) => recipes.get(name),
    service: (name) => services.get(name),
    host: (name) => byName.get(name.toLowerCase()),
  };
}

/**
 * A service as it was seen on a host, by its name there, by another name the catalog has for it, or by its image.
 * A container inside a bigger compose project is looked after by itself: Chiffon did not write that project's file.
 */
export function seenService(
  facts: HostFacts,
  name: string,
  entry: ServiceEntry | undefined,
): HostService | null {
  const names = new Set([name, entry?.title ?? name, ...(entry?.aliases ?? [])].map(compactName));
  const image = entry === undefined ? null : repositoryOf(entry.image);
  const waysToMatch: readonly ((service: HostService) => boolean)[] = [
    (service) => service.name === name && service.unit === name,
    (service) => service.name === name,
    (service) => service.unit === name,
    (service) => names.has(compactName(service.name)) || names.has(compactName(service.unit)),
    (service) => image !== null && service.image !== null && repositoryOf(service.image) === image,
  ];
  for (const matches of waysToMatch) {
    const found = facts.services.filter(matches);
    const service =
      found.find((one) => one.state === 'running' && one.port !== null) ??
      found.find((one) => one.state === 'running') ??
      found[0];
    if (!service) continue;
    return service.manager === 'compose' && service.name !== name
      ? { ...service, manager: 'docker' }
      : service;
  }
  return null;
}

/** What a message says about a service, without surprises: the name of the service as a text, or none. */
export function serviceOf(intent: Intent): string | null {
  const service = intent.inputs['service'];
  return service === undefined ? null : String(service);
}

/** "demo-web, uptime-kuma"; "nothing" when there is none. */
export function listOf(services: readonly HostService[]): string {
  const names = [...new Set(services.map((service) => service.name))].sort();
  return names.length === 0 ? 'nothing that Chiffon can see' : names.join(', ');
}

/** "running, port 3001": what tells one sighting of a service from another. */
export function factOf(service: HostService): string {
  return service.port === null ? service.state : `${service.state}, port ${service.port}`;
}
