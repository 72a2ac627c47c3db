import type { HostFacts } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import type { Choice } from '#core/understanding.ts';
import type { KnownHost, Planner } from '#flow/planner-port.ts';
import { refuseInputs } from './check-inputs.ts';
import { factOf, type House, listOf, seenService, serviceOf } from './house.ts';
import { refuseCommand } from './refuse-command.ts';
import { requestWordsOfAll } from './request-words.ts';

type Placement = ReturnType<Planner['place']>;
type NotPlaced = Exclude<Placement, { kind: 'placed' }>;

/** Which host each intent is for, from the words, from where the service was last seen, or the usual host. */
export function placeIntents(
  intents: readonly Intent[],
  seen: readonly HostFacts[],
  house: House,
): Placement {
  const placed: Intent[] = [];
  for (const [i, intent] of intents.entries()) {
    const refused = refuseCommand(intent, house);
    if (refused) return intents.length === 1 ? refused : refusedAmongOthers(refused, intent, intents, house);
    const bad = refuseInputs(intent);
    if (bad !== null) return { kind: 'impossible', reason: bad, suggestions: [] };

    /** One button for each host: the whole request, with this intent on it. */
    const choices = (hosts: readonly KnownHost[], fact: (host: KnownHost) => string | undefined): Choice[] =>
      hosts.map((host) => {
        const others = [...placed, withHost(intent, host.name), ...intents.slice(i + 1)];
        const words = requestWordsOfAll(others, house);
        const telling = fact(host);
        return { label: host.name, words, ...(telling !== undefined && { fact: telling }) };
      });
    const found = hostFor(intent, seen, house, choices);
    if ('kind' in found) return found;
    placed.push(withHost(intent, found.name));
  }
  return {
    kind: 'placed',
    hosts: [...new Set(placed.map((intent) => String(intent.inputs['host'])))],
    intents: placed,
  };
}

/** One part that can't be done stops the whole message; what is left of it is offered as a message of its own. */
function refusedAmongOthers(
  refused: Extract<NotPlaced, { kind: 'impossible' }>,
  intent: Intent,
  intents: readonly Intent[],
  house: House,
): NotPlaced {
  const others = intents.filter((other) => refuseCommand(other, house) === null);
  return {
    kind: 'impossible',
    reason: `Nothing of this was planned, because of “${requestWordsOfAll([intent], house)}”: ${refused.reason}`,
    suggestions: others.length > 0 ? [requestWordsOfAll(others, house)] : refused.suggestions,
  };
}

function hostFor(
  intent: Intent,
  seen: readonly HostFacts[],
  house: House,
  choices: (hosts: readonly KnownHost[], fact: (host: KnownHost) => string | undefined) => Choice[],
): KnownHost | NotPlaced {
  const { hosts, usualHost } = house;
  if (hosts.length === 0) {
    return {
      kind: 'impossible',
      reason: 'No host is configured yet. Add one under "hosts:" in chiffon.yaml, with its address and user.',
      suggestions: ['help'],
    };
  }
  const factsOf = (host: KnownHost): HostFacts | undefined => seen.find((facts) => facts.host === host.name);
  const glance = (host: KnownHost): string | undefined => factsOf(host)?.os;

  const asked = intent.inputs['host'];
  if (asked !== undefined) {
    const host = house.host(String(asked));
    if (host) return host;
    return {
      kind: 'question',
      question: `${asked} is not a configured host. Which host is meant?`,
      choices: choices(hosts, glance),
    };
  }

  const service = serviceOf(intent);
  if (service !== null) {
    const where = hosts.filter((host) => {
      const facts = factsOf(host);
      return facts !== undefined && seenService(facts, service, house.service(service)) !== null;
    });
    const [only] = where;
    if (only && where.length === 1) return only;
    if (where.length > 1) {
      const telling = (host: KnownHost): string | undefined => {
        const facts = factsOf(host);
        const sighting = facts ? seenService(facts, service, house.service(service)) : null;
        return sighting ? factOf(sighting) : undefined;
      };
      const title = house.service(service)?.title ?? service;
      return {
        kind: 'question',
        question: `${title} is on ${where.length} hosts. Which one is meant?`,
        choices: choices(where, telling),
      };
    }
    if (house.recipe(intent.command)?.subject !== 'new-service') {
      return whereItMayBe(service, seen, house, choices);
    }
  }

  const able = ableHosts(intent, seen, house);
  if (able.length === 1 && able[0] && !(usualHost && able.includes(usualHost))) return able[0];
  if (usualHost) return usualHost;
  const command = house.command(intent.command);
  if (command && !('host' in command.inputs)) {
    return {
      kind: 'impossible',
      reason: `Which host to ask for "${command.say}" is not known. Name one as the default host in chiffon.yaml.`,
      suggestions: [],
    };
  }
  return { kind: 'question', question: 'On which host?', choices: choices(hosts, glance) };
}

/** For a service that was seen nowhere: a host that was never looked at, or the only one, which is looked at again. */
function whereItMayBe(
  service: string,
  seen: readonly HostFacts[],
  house: House,
  choices: (hosts: readonly KnownHost[], fact: (host: KnownHost) => string | undefined) => Choice[],
): KnownHost | NotPlaced {
  const { hosts, usualHost } = house;
  const unseen = hosts.filter((host) => !seen.some((facts) => facts.host === host.name));
  const [first] = unseen;
  if (hosts.length === 1 && hosts[0]) return hosts[0];
  if (usualHost && unseen.includes(usualHost)) return usualHost;
  if (unseen.length === 1 && first) return first;
  const title = house.service(service)?.title ?? service;
  if (unseen.length > 1) {
    return {
      kind: 'question',
      question: `${title} was not seen yet. On which host is it?`,
      choices: choices(unseen, () => 'not looked at yet'),
    };
  }
  const there = seen
    .filter((facts) => hosts.some((host) => host.name === facts.host))
    .map((facts) => `On ${facts.host}: ${listOf(facts.services)}.`);
  return {
    kind: 'impossible',
    reason: `${title} is on none of the hosts. ${there.join(' ')}`,
    suggestions: house.service(service) ? [`deploy ${service}`] : [],
  };
}

/** Hosts that were seen to have the programs a variant of the recipe asks for, when every variant asks for some. */
function ableHosts(intent: Intent, seen: readonly HostFacts[], house: House): readonly KnownHost[] {
  const variants = house.recipe(intent.command)?.variants ?? [];
  if (variants.some((variant) => !variant.when.tools)) return [];
  return house.hosts.filter((host) => {
    const facts = seen.find((known) => known.host === host.name);
    return (
      facts && variants.some((variant) => variant.when.tools?.every((tool) => facts.tools.includes(tool)))
    );
  });
}

function withHost(intent: Intent, host: string): Intent {
  return { ...intent, inputs: { ...intent.inputs, host } };
}
