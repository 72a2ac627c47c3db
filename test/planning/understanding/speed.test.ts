import { expect, test } from 'vitest';
import { createUnderstander } from '#planning/understanding/understand.ts';
import { catalog } from './house.ts';

const syllables = 'ba de fi go ku la me ni po ra se ti vo zu ka le mi no ru sa'.split(' ');

/** A pronounceable name, a different one for every number. */
function inventedName(number: number): string {
  let rest = number * 7919 + 104_729;
  let name = '';
  while (rest > 0) {
    name += syllables[rest % syllables.length];
    rest = Math.floor(rest / syllables.length);
  }
  return name;
}

const template = catalog.services[0];
const deploy = catalog.commands.find(({ command }) => command === 'deploy');
if (template === undefined || deploy === undefined) throw new Error('the shipped catalog is empty');
const services = [
  ...catalog.services,
  ...Array.from({ length: 1000 - catalog.services.length }, (_, i) => {
    const name = inventedName(i);
    return {
      ...template,
      name,
      title: `${name} Server`,
      aliases: [`${name} app`],
      kinds: [`kind ${i % 40}`],
    };
  }),
];
const commands = [
  ...catalog.commands,
  ...Array.from({ length: 100 - catalog.commands.length }, (_, i) => ({
    ...deploy,
    command: `own-${i}`,
    verbs: [inventedName(i + 5000), `${inventedName(i + 6000)} up`],
    nouns: [inventedName(i + 7000)],
    orders: [`${inventedName(i + 8000)} {service} with care`],
    questions: [`how ${inventedName(i + 9000)} is {service}`],
    labels: [`{service} ${inventedName(i + 10_000)}`],
  })),
];
const understand = createUnderstander({ commands, services }, { hosts: [] });

const messages = {
  'an order': 'please restart jellyfin on the nas',
  'an order with slips': 'restrt jelyfin on teh nas',
  'several orders': 'update gitea, restart plex and sonarr on n100, then show me the logs of traefik',
  'a question back': 'update all services',
  'a long message of strange words': 'qwzxa vkjhe '.repeat(330),
  'a long message of slips': 'restrt jelyfin and updaet gitae, '.repeat(120),
  'a long list': 'plex, '.repeat(660),
  'a long message of names': services
    .slice(100, 500)
    .map(({ name }) => name)
    .join(' ')
    .slice(0, 4000),
  'nothing but openings': 'could you please '.repeat(230),
};

test.each(Object.entries(messages))(
  '%s is understood within 50 ms, with 1,000 services and 100 commands',
  (_, words) => {
    const times = Array.from({ length: 7 }, () => {
      const before = process.cpuUsage();
      understand(words);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  },
);
