import type { HostFacts, HostService } from '#core/host.ts';
import type { Intent } from '#core/intent.ts';
import { blankFacts } from './blank-facts.ts';
import { type House, serviceOf } from './house.ts';

/**
 * A host as most are, for showing what would be done before any is reached: Linux with Docker and compose, the services
 * that are spoken of are there and run, the ones to be deployed are not.
 */
export function typicalHost(
  name: string,
  address: string,
  intents: readonly Intent[],
  house: House,
): HostFacts {
  const services = new Map<string, HostService>();
  const fresh = new Set<string>();
  for (const intent of intents) {
    const service = serviceOf(intent);
    if (service === null) continue;
    if (house.recipe(intent.command)?.subject === 'new-service') {
      if (!services.has(service)) fresh.add(service);
      continue;
    }
    if (fresh.has(service)) continue;
    const entry = house.service(service);
    const recipe = house.recipe(intent.command);
    // What is to be started is stopped; everything else runs.
    const idle = recipe?.refusals.some((refusal) => refusal.when.state?.includes('running')) ?? false;
    services.set(service, {
      name: service,
      manager: 'compose',
      state: idle ? 'stopped' : 'running',
      unit: service,
      port: entry?.port.host ?? null,
      image: entry?.image ?? null,
    });
  }
  return {
    ...blankFacts(name, [...services.values()]),
    os: 'Linux',
    address,
    docker: true,
    compose: true,
    tools: ['apt-get', 'systemctl', 'qm', 'pct', 'kubectl'],
  };
}
