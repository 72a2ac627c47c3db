import type { HostFacts } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import type { Composition, KnownHost } from '#flow/planner-port.ts';
import { sayIntent } from '../understanding/say-intent.ts';
import { choosePort } from './choose-port.ts';
import { type House, listOf, seenService, serviceOf } from './house.ts';
import type { Recipe } from './recipe.ts';
import { originOf, type Scene } from './scene.ts';

/** A scene with what had to be decided for it, or why there is none. */
export type SetScene =
  | { readonly kind: 'scene'; readonly scene: Scene; readonly notes: readonly string[] }
  | Exclude<Composition, { kind: 'plan' }>;

/** Looks up what an intent is about on its host and chooses the port of a new service. */
export function setScene(
  intent: Intent,
  recipe: Recipe,
  host: KnownHost,
  facts: HostFacts,
  house: House,
  /** Puts this intent's replacement among the others of the request and words the whole. */
  wordsOfAll: (replacement: Intent) => string,
): SetScene {
  const service = serviceOf(intent);
  const blank = { intent, recipe, host, facts, entry: null, seen: null, port: null };
  if (recipe.subject === 'host' || (recipe.subject === 'service-or-host' && service === null)) {
    return { kind: 'scene', scene: blank, notes: [] };
  }
  if (service === null) {
    return {
      kind: 'impossible',
      reason: `Which service is meant was not said. On ${host.name}: ${listOf(facts.services)}.`,
      suggestions: [],
    };
  }
  const entry = house.service(service) ?? null;
  const seen = seenService(facts, service, entry ?? undefined);
  const words = (command: string): string =>
    sayIntent(house.catalog, { command, inputs: { service, host: host.name } });
  if (recipe.subject !== 'new-service') {
    const title = entry?.title ?? service;
    if (!seen) {
      return {
        kind: 'impossible',
        reason: `${title} is not on ${host.name}. There: ${listOf(facts.services)}.`,
        suggestions: entry ? [words('deploy')] : [],
      };
    }
    return { kind: 'scene', scene: { ...blank, entry, seen, port: seen.port }, notes: [] };
  }

  if (!entry) {
    return {
      kind: 'impossible',
      reason: `${service} is not in the catalog, so Chiffon does not know how to set it up. A file commands/services/${service}.yaml with its image and port would change that.`,
      suggestions: [],
    };
  }
  if (seen) {
    const state = seen.state === 'running' ? 'already runs on' : 'is already set up on';
    const where = seen.port === null ? '' : ` at ${originOf({ host, port: seen.port })}`;
    const others = seen.state === 'running' ? ['restart', 'update', 'logs'] : ['start', 'logs', 'remove'];
    return {
      kind: 'impossible',
      reason: `${entry.title} ${state} ${host.name}${where}${seen.state === 'running' ? '' : `; it is ${seen.state}`}.`,
      suggestions: others.map(words),
    };
  }

  const blocked = entry.ports.find(
    ({ protocol, host: port }) => protocol === 'tcp' && facts.listeningPorts.includes(port),
  );
  if (blocked !== undefined && entry.by_hand === undefined) {
    const holder = facts.services.find((one) => one.port === blocked.host)?.name ?? 'another program';
    return {
      kind: 'impossible',
      reason: `Port ${blocked.host} on ${host.name} is already used by ${holder}, and ${entry.title} needs exactly that one (${blocked.why}). Free it there first, or change it in commands/services/${entry.name}.yaml.`,
      suggestions: [sayIntent(house.catalog, { command: 'containers', inputs: { host: host.name } })],
    };
  }
  const asked = intent.inputs['port'];
  const choice = choosePort(entry.port.host, asked === undefined ? null : Number(asked), facts);
  switch (choice.kind) {
    case 'out_of_range':
      return {
        kind: 'impossible',
        reason: `Ports go from 1 to 65535; ${asked} is not one of them.`,
        suggestions: [],
      };
    case 'taken':
      return {
        kind: 'question',
        question: `Port ${choice.asked} on ${host.name} is already used by ${choice.by}. Which port should ${entry.title} have?`,
        choices: choice.free.map((port) => ({
          label: `Port ${port}`,
          words: wordsOfAll({ ...intent, inputs: { ...intent.inputs, port } }),
          fact: 'free',
        })),
      };
    case 'moved':
      return {
        kind: 'scene',
        scene: { ...blank, entry, port: choice.port },
        notes: [
          `Port ${choice.usual} on ${host.name} is already used by ${choice.by}, so ${entry.title} gets port ${choice.port}.`,
        ],
      };
    case 'free':
      return { kind: 'scene', scene: { ...blank, entry, port: choice.port }, notes: [] };
  }
}
