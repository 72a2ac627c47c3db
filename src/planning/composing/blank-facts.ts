import type { HostFacts, HostService } from '#core/host.ts';

/** Facts about a host nobody has looked at: nothing is known. The moment is fixed, so that plans stay the same. */
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
