import type { HostFacts } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import type { Composition, KnownHost, Planner } from '#flow/planner-port.ts';
import type { Catalog } from './catalog/catalog.ts';
import { amendIntents } from './composing/amend-intents.ts';
import { refuseInputs } from './composing/check-inputs.ts';
import { composePlan } from './composing/compose-plan.ts';
import { describeAbilities } from './composing/describe-abilities.ts';
import { createHouse, type House } from './composing/house.ts';
import { offeredCommands } from './composing/offers.ts';
import { placeIntents } from './composing/place-intents.ts';
import type { Recipes } from './composing/recipe.ts';
import { summarise } from './composing/summarise.ts';
import { typicalHost } from './composing/unseen-house.ts';
import { readLookBack } from './understanding/read-look-back.ts';
import { createUnderstander } from './understanding/understand.ts';

/** Words → intents → plan, from the catalog, the recipes and the configured hosts. Does no I/O and reads no clock. */
export function createPlanner(options: {
  readonly catalog: Catalog;
  readonly recipes: Recipes;
  readonly hosts: readonly KnownHost[];
  /** The host meant when a request names none. */
  readonly defaultHost: string | null;
  /** Services that are in the house from the start, without standing in the catalog. */
  readonly services?: readonly string[];
  /** Who lives in the house. */
  readonly people?: readonly { readonly id: string; readonly name: string }[];
}): Planner {
  const house = createHouse(options);
  const namesIn = (seen: readonly HostFacts[]): readonly string[] => {
    const found = seen.flatMap((facts) => facts.services.map((service) => service.name));
    return [...new Set([...(options.services ?? []), ...found])].toSorted();
  };
  const understanderFor = keepLast((services) =>
    createUnderstander(options.catalog, { hosts: options.hosts, services, people: options.people ?? [] }),
  );
  return {
    understand: (words, seen = []) => understanderFor(namesIn(seen))(words),
    lookBack: readLookBack,
    hands: (command) => house.command(command)?.hands ?? 'none',
    // A command nobody knows is treated as the worst, so that nothing slips through.
    riskOf: (command) => house.command(command)?.risk ?? 'destructive',
    about: (name) => {
      const command = house.command(name);
      return command?.missing ?? command?.summary ?? `There is no command called ${name}.`;
    },
    amend: (intents, comment) => amendIntents(intents, comment, house),
    help: (seen = []) => describeAbilities(house, namesIn(seen)),
    offers: (seen = []) => offeredCommands(house, namesIn(seen)),
    place: (intents, seen) => placeIntents(intents, seen, house),
    compose: (intents, facts) =>
      composePlan(
        intents,
        (host) => facts.find((seen) => seen.host === host),
        (intent) => configuredHost(intent, house),
        house,
      ),
    composeUnseen: (intents) => composeUnseen(intents, house),
    summarise: (content, outputs) => summarise(content, outputs, house),
  };
}

/** Builds again only when the list differs from the last one: building takes milliseconds, understanding microseconds. */
function keepLast<T>(build: (list: readonly string[]) => T): (list: readonly string[]) => T {
  let last: { readonly key: string; readonly value: T } | null = null;
  return (list) => {
    const key = list.join('\n');
    if (last?.key !== key) last = { key, value: build(list) };
    return last.value;
  };
}

function configuredHost(intent: Intent, house: House): KnownHost | undefined {
  const name = intent.inputs['host'];
  return name === undefined ? (house.usualHost ?? undefined) : house.host(String(name));
}

/** On the host that is named, configured or not, else the usual one, else one called "n100". */
function composeUnseen(intents: readonly Intent[], house: House): Composition {
  const placed = intents.map((intent) => {
    const host = configuredHost(intent, house) ?? house.hosts[0] ?? unconfigured('n100');
    const name = intent.inputs['host'] ?? host.name;
    return { ...intent, inputs: { ...intent.inputs, host: house.host(String(name))?.name ?? name } };
  });
  const hostOf = (intent: Intent): KnownHost | undefined => {
    if (refuseInputs(intent) !== null) return undefined;
    const name = String(intent.inputs['host']);
    return house.host(name) ?? unconfigured(name);
  };
  const factsOf = (name: string): HostFacts =>
    typicalHost(
      name,
      house.host(name)?.serviceAddress ?? name,
      placed.filter((intent) => intent.inputs['host'] === name),
      house,
    );
  return composePlan(placed, factsOf, hostOf, house);
}

/** A host of which only the name is known. */
function unconfigured(name: string): KnownHost {
  return { name, aliases: [], serviceAddress: name };
}
