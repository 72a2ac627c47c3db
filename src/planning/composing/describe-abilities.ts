import type { Risk } from '#core/risk.ts';
import type { House } from './house.ts';

/** Stand-ins for what a request would name. */
const samples: Readonly<Record<string, string>> = { vm: '101', stage: 'vms', task: 'TASK-1', port: '8080' };

/**
 * What can be asked for, in a few lines: one for each kind of command, in words that are understood.
 *
 * @param services names of services that run here, for examples that work; the catalog's when there are none
 */
export function describeAbilities(house: House, services: readonly string[]): string {
  const { commands, services: known } = house.catalog;
  const names = services.length > 0 ? services : known.map((service) => service.title);
  const [host] = house.hosts;
  const line = (title: string, risk: Risk): string[] => {
    const says = commands
      .filter((command) => command.risk === risk && command.hands !== 'none' && command.command !== 'help')
      .map(({ command, say }, i) => {
        // What runs here can be restarted; what is to be deployed comes from the catalog.
        const pool = command === 'deploy' ? known.map((service) => service.title) : names;
        return say
          .replace('{service}', pool[i % Math.max(pool.length, 1)] ?? 'a service')
          .replace('{host}', host?.name ?? 'a host')
          .replace(/\{(\w+)\}/g, (_, name: string) => samples[name] ?? name);
      });
    return says.length === 0 ? [] : [`${title}: ${says.join(' · ')}`];
  };
  return [
    ...line('Questions, answered at once', 'read'),
    ...line('Changes, shown as a plan that waits for a yes', 'change'),
    ...line('Changes that lose something, confirmed with a code', 'destructive'),
    host === undefined
      ? 'No host is configured yet.'
      : `Hosts here: ${house.hosts.map((one) => one.name).join(', ')}. Add "on ${host.name}" to say which one is meant.`,
    `The catalog knows ${known.length} services, and several things can be asked in one message.`,
  ].join('\n');
}
