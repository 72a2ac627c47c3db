import type { House } from './house.ts';

/** What can be asked for, in a few lines: one for each kind of command, with words that are understood. */
export function describeAbilities(house: House): string {
  const ready = house.commands.filter((command) => command.hands !== 'none');
  const example = (say: string): string =>
    say.replace('{service}', house.services[0]?.title ?? 'a service').replace(/\{(\w+)\}/g, 'a $1');
  const group = (title: string, risk: string): string[] => {
    const says = ready
      .filter((command) => command.risk === risk && command.command !== 'help')
      .map(({ say }) => example(say));
    return says.length === 0 ? [] : [`${title}: ${says.join(' · ')}`];
  };
  const hosts = house.hosts.map((host) => host.name);
  return [
    ...group('Questions, answered at once', 'read'),
    ...group('Changes, shown as a plan that waits for a yes', 'change'),
    ...group('Changes that lose something, confirmed with a code', 'destructive'),
    hosts.length === 0
      ? 'No host is configured yet.'
      : `Hosts here: ${hosts.join(', ')}. Add "on ${hosts[0]}" to say which one is meant.`,
    `The catalog knows ${house.services.length} services, and several things can be asked in one message.`,
  ].join('\n');
}
