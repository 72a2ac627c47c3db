import type { HostFacts, HostService } from '#core/host.ts';
import { type Scene, serviceName } from './scene.ts';

/** What a host will look like once a part of a plan is done, so that later parts build on it. */
export function afterPart(scene: Scene): HostFacts {
  const { facts, recipe, seen, port, entry } = scene;
  if (!recipe.becomes) return facts;
  const others = facts.services.filter(
    (service) =>
      !(seen && (service.unit === seen.unit || (seen.manager === 'compose' && service.name === seen.name))),
  );
  if (recipe.becomes === 'gone') {
    return {
      ...facts,
      services: others,
      listeningPorts: facts.listeningPorts.filter((listening) => listening !== seen?.port),
    };
  }
  const state = recipe.becomes;
  const manager = facts.docker && facts.compose ? 'compose' : 'process';
  const after: HostService = seen
    ? { ...seen, state }
    : {
        name: serviceName(scene),
        manager,
        state,
        unit: serviceName(scene),
        port,
        image: entry?.image ?? null,
      };
  const open = state === 'running' && after.port !== null && !facts.listeningPorts.includes(after.port);
  return {
    ...facts,
    services: [...others, after],
    listeningPorts:
      open && after.port !== null ? [...facts.listeningPorts, after.port] : facts.listeningPorts,
  };
}
