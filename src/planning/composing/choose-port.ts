import type { HostFacts } from '#core/host.ts';

/** The port a new service gets, or why the one that was asked for can't be had. */
export type PortChoice =
  | { readonly kind: 'free'; readonly port: number }
  /** The usual one is taken, so this one is proposed. */
  | { readonly kind: 'moved'; readonly port: number; readonly usual: number; readonly by: string }
  /** The one that was asked for is taken. */
  | { readonly kind: 'taken'; readonly asked: number; readonly by: string; readonly free: readonly number[] }
  | { readonly kind: 'out_of_range'; readonly asked: number };

// Browsers refuse to open pages on these (https://fetch.spec.whatwg.org/#port-blocking), those above 1023.
const closedToBrowsers = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080,
]);

/**
 * Chooses the port a service is opened on: the one asked for, else its usual one, else the next free one. Ports of
 * stopped services count as taken, because they come back.
 */
export function choosePort(usual: number, asked: number | null, facts: HostFacts): PortChoice {
  if (asked !== null && (!Number.isInteger(asked) || asked < 1 || asked > 65_535)) {
    return { kind: 'out_of_range', asked };
  }
  const wanted = asked ?? usual;
  if (!isTaken(wanted, facts)) return { kind: 'free', port: wanted };
  const by = holderOf(wanted, facts);
  const free = nextFree(wanted, facts, 2);
  if (asked !== null) return { kind: 'taken', asked, by, free };
  const port = free[0];
  return port === undefined ? { kind: 'taken', asked: wanted, by, free } : { kind: 'moved', port, usual, by };
}

/** Who has a port, for a sentence: a service's name, or "another program". */
function holderOf(port: number, facts: HostFacts): string {
  return facts.services.find((service) => service.port === port)?.name ?? 'another program';
}

function isTaken(port: number, facts: HostFacts): boolean {
  return facts.listeningPorts.includes(port) || facts.services.some((service) => service.port === port);
}

function nextFree(from: number, facts: HostFacts, count: number): readonly number[] {
  const free: number[] = [];
  // Ports below 1024 need rights of their own, so the search goes on above them.
  for (let port = Math.max(from + 1, 1024); port <= 65_535 && free.length < count; port++) {
    if (!isTaken(port, facts) && !closedToBrowsers.has(port)) free.push(port);
  }
  return free;
}
