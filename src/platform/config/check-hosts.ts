import { labelOf } from './label.ts';
import type { Mistake } from './mistake.ts';
import type { Path } from './settings-tree.ts';
import { entriesOf, type Source, texts, valueAt } from './source.ts';

/** Host names and aliases given twice, jumps that lead nowhere, a default host that is none. */
export function checkHosts(source: Source): Mistake[] {
  return [...checkNames(source), ...checkJumps(source), ...checkDefaultHost(source)];
}

function checkNames(source: Source): Mistake[] {
  const mistakes: Mistake[] = [];
  const owners = new Map<string, string>();
  for (const { at, entry } of entriesOf(source.raw, 'hosts')) {
    const own = texts(entry['name']).map((name) => ({ name, path: ['hosts', at, 'name'] as Path }));
    const others = Array.isArray(entry['aliases'])
      ? entry['aliases'].flatMap((alias, i) =>
          texts(alias).map((name) => ({ name, path: ['hosts', at, 'aliases', i] as Path })),
        )
      : [];
    for (const { name, path } of [...own, ...others]) {
      const owner = owners.get(name.toLowerCase());
      if (owner === undefined)
        owners.set(name.toLowerCase(), `hosts[${texts(entry['name'])[0] ?? `#${at + 1}`}]`);
      else {
        mistakes.push({
          ...source.placeOf(path),
          problem: `The host name "${name}" is given twice; ${owner} has it already.`,
          remedy: 'Give each host, and each alias, a name of its own. Capitals make no difference.',
        });
      }
    }
  }
  return mistakes;
}

function checkJumps(source: Source): Mistake[] {
  const hosts = entriesOf(source.raw, 'hosts');
  const byName = new Map(hosts.flatMap((host) => namesOf(host.entry).map((name) => [name, host] as const)));
  return hosts.flatMap(({ at, entry }) => {
    const path = ['hosts', at, 'jump'];
    const jump = entry['jump'];
    if (typeof jump !== 'string') return [];
    const label = labelOf(['hosts', at], source);
    const through = byName.get(jump.toLowerCase());
    if (through === undefined) {
      return [
        {
          ...source.placeOf(path),
          problem: `${label} is reached through "${jump}", which is not a host of the list.`,
          remedy: `Add a host named ${jump}, or name one of the list.`,
        },
      ];
    }
    // Follows the jumps: coming back to this host means that it can't be reached at all.
    const seen = new Set<number>();
    let next: typeof through | undefined = through;
    while (next !== undefined && !seen.has(next.at)) {
      if (next.at === at) {
        return [
          {
            ...source.placeOf(path),
            problem: `The jumps of ${label} lead back to itself, so it can't be reached.`,
            remedy: 'Leave out "jump" at the host that Chiffon reaches directly.',
          },
        ];
      }
      seen.add(next.at);
      const further: unknown = next.entry['jump'];
      next = typeof further === 'string' ? byName.get(further.toLowerCase()) : undefined;
    }
    return [];
  });
}

function checkDefaultHost(source: Source): Mistake[] {
  const name = valueAt(source.raw, ['defaultHost']);
  if (typeof name !== 'string') return [];
  const known = entriesOf(source.raw, 'hosts').flatMap(({ entry }) => texts(entry['name']));
  if (entriesOf(source.raw, 'hosts').some(({ entry }) => namesOf(entry).includes(name.toLowerCase())))
    return [];
  return [
    {
      ...source.placeOf(['defaultHost']),
      problem: `defaultHost is "${name}", which is not a host of the list.`,
      remedy:
        known.length === 0
          ? 'Add it under "hosts", or leave defaultHost out.'
          : `Name one of ${known.join(', ')}, or leave defaultHost out.`,
    },
  ];
}

function namesOf(host: Record<string, unknown>): string[] {
  const aliases = Array.isArray(host['aliases']) ? host['aliases'] : [];
  return [host['name'], ...aliases].flatMap(texts).map((name) => name.toLowerCase());
}
