import type { HostFacts, HostService } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import type { KnownHost } from '#flow/planner-port.ts';
import type { House } from './house.ts';
import { renderKnown } from './scene.ts';

/** A complete request that stands for one intent, as if somebody had typed it; null for commands without steps. */
export function requestWords(intent: Intent, house: House): string | null {
  const recipe = house.recipe(intent.command);
  if (!recipe) return null;
  const name = intent.inputs['host'];
  const host = name === undefined ? null : (house.host(String(name)) ?? nameOnly(String(name)));
  const service = intent.inputs['service'];
  const scene = {
    intent,
    recipe,
    host: host ?? nameOnly(''),
    facts: blankFacts(host?.name ?? ''),
    entry: service === undefined ? null : (house.service(String(service)) ?? null),
    seen: null,
    port: typeof intent.inputs['port'] === 'number' ? intent.inputs['port'] : null,
  };
  for (const words of recipe.words) {
    if (host === null && words.includes('{{host}}')) continue;
    const known = renderKnown(words, scene);
    if (known !== null) return known;
  }
  return null;
}

/** The same for several: "update immich, then restart traefik". */
export function requestWordsOfAll(intents: readonly Intent[], house: House): string | null {
  const all = intents.map((intent) => requestWords(intent, house));
  return all.includes(null) ? null : all.join(', then ');
}

/** A host of which only the name is known. */
export function nameOnly(name: string): KnownHost {
  return { name, aliases: [], serviceAddress: name };
}

/** Facts about a host nobody has looked at: nothing is known. */
export function blankFacts(host: string, services: readonly HostService[] = []): HostFacts {
  return {
    host,
    at: '1970-01-01T00:00:00.000Z',
    os: 'unknown',
    arch: 'unknown',
    user: 'unknown',
    home: '/',
    address: host,
    docker: false,
    compose: false,
    node: null,
    npm: false,
    memoryTotalMb: null,
    memoryFreeMb: null,
    diskTotalMb: null,
    diskFreeMb: null,
    listeningPorts: [],
    tools: [],
    services: [...services],
  };
}
