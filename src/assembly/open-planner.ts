import { fileURLToPath } from 'node:url';
import type { KnownHost, Planner } from '#flow/planner-port.ts';
import { loadCatalog } from '#planning/catalog/load-catalog.ts';
import { loadRecipes } from '#planning/composing/load-recipes.ts';
import { createPlanner } from '#planning/create-planner.ts';
import type { Config } from '#platform/config/config.ts';
import type { Mistake } from '#platform/config/mistake.ts';

/** The catalog that ships with Chiffon. */
const commandsDirectory = fileURLToPath(new URL('../../commands', import.meta.url));

/** The machine that is there without any configuration. */
export const sandboxName = 'sandbox';
/** The service that runs there from the start. */
const sandboxService = 'demo-web';

/** Reads the catalog and builds the planner for the configured machines; or all mistakes of the catalog. */
export function openPlanner(
  config: Config,
):
  | { readonly ok: true; readonly planner: Planner }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] } {
  const catalog = loadCatalog(commandsDirectory, config.commandsFolder);
  if (!catalog.ok) return catalog;
  const recipes = loadRecipes(commandsDirectory, catalog.catalog, config.commandsFolder);
  if (!recipes.ok) return recipes;
  const hosts = knownHosts(config);
  const planner = createPlanner({
    catalog: catalog.catalog,
    recipes: recipes.recipes,
    hosts,
    defaultHost: config.defaultHost,
    people: config.people,
    services: config.hosts.length === 0 ? [sandboxService] : [],
  });
  return { ok: true, planner };
}

/** The machines of the configuration as the planner knows them; the sandbox when there are none. */
function knownHosts(config: Config): readonly KnownHost[] {
  if (config.hosts.length === 0) return [{ name: sandboxName, aliases: [], serviceAddress: '127.0.0.1' }];
  return config.hosts.map((host) => ({
    name: host.name,
    aliases: host.aliases,
    serviceAddress: host.serviceAddress ?? host.address,
  }));
}
