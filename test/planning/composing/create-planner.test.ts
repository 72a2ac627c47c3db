import { describe, expect, it } from 'vitest';
import { PlanContent } from '#core/plan.ts';
import { createPlanner } from '#planning/create-planner.ts';
import { sayIntent } from '#planning/understanding/say-intent.ts';
import { ask, catalog, factsOf, n100, nas, recipes, sandbox, serviceOn } from './house.ts';

const planner = createPlanner({ catalog, recipes, hosts: [n100, nas], defaultHost: 'n100' });

describe('from words to a plan', () => {
  it('goes through understanding, placing and composing', () => {
    const understood = planner.understand('deploy kuma on the nas, please');
    if (understood.kind !== 'intents') throw new Error(JSON.stringify(understood));
    const placed = planner.place(understood.intents, []);
    if (placed.kind !== 'placed') throw new Error(JSON.stringify(placed));
    expect(placed.hosts).toEqual(['nas']);
    expect(planner.compose(placed.intents, [factsOf('nas')])).toMatchObject({
      kind: 'plan',
      content: { title: 'Deploy Uptime Kuma 1.23.16 on nas', link: 'http://192.168.1.20:3001/' },
    });
  });

  it('understands every request that it offers as exactly what it stands for', () => {
    for (const command of recipes.keys()) {
      const inputs = catalog.commands.find((one) => one.command === command)?.inputs ?? {};
      const wanted = ask(command, {
        ...('service' in inputs && inputs['service']?.required && { service: 'gitea' }),
        ...('vm' in inputs && { vm: '120' }),
        ...('host' in inputs && { host: 'nas' }),
        ...('port' in inputs && { port: 3101 }),
      });
      expect(planner.understand(sayIntent(catalog, wanted)), command).toEqual({
        kind: 'intents',
        intents: [wanted],
      });
    }
  });

  it('knows services that no catalog lists, once they were seen or when the house starts with them', () => {
    const house = createPlanner({ catalog, recipes, hosts: [sandbox], defaultHost: null });
    const restart = { kind: 'intents', intents: [ask('restart', { service: 'demo-web' })] };
    expect(house.understand('restart demo-web').kind).not.toBe('intents');
    const seen = [factsOf('sandbox', { services: [serviceOn('demo-web', { manager: 'process' })] })];
    expect(house.understand('restart demo-web', seen)).toEqual(restart);
    const started = createPlanner({
      catalog,
      recipes,
      hosts: [sandbox],
      defaultHost: null,
      services: ['demo-web'],
    });
    expect(started.understand('restart demo-web')).toEqual(restart);
  });

  it('does not start with a default host that is not configured', () => {
    expect(() => createPlanner({ catalog, recipes, hosts: [n100], defaultHost: 'nowhere' })).toThrow(
      /nowhere/,
    );
  });
});

describe('without any host at hand', () => {
  const offline = createPlanner({ catalog, recipes, hosts: [], defaultHost: null });

  it.each([...recipes.keys()])('%s is shown as it would be done on a typical host', (command) => {
    const composed = offline.composeUnseen([ask(command, { service: 'vaultwarden', vm: '120' })]);
    if (composed.kind !== 'plan') throw new Error(JSON.stringify(composed));
    expect(PlanContent.parse(composed.content).steps[0]?.target).toBe('n100');
    expect(composed.content.risk).toBe(catalog.commands.find((one) => one.command === command)?.risk);
  });

  it('keeps the host that was named, configured or not', () => {
    expect(offline.composeUnseen([ask('disk', { host: 'pve9' })])).toMatchObject({
      content: { title: 'Show the disk usage on pve9' },
    });
    expect(planner.composeUnseen([ask('disk')])).toMatchObject({
      content: { title: 'Show the disk usage on n100' },
    });
  });

  it('takes services that no catalog knows to be there', () => {
    expect(offline.composeUnseen([ask('restart', { service: 'my-thing' })]).kind).toBe('plan');
    expect(offline.composeUnseen([ask('deploy', { service: 'my-thing' })]).kind).toBe('impossible');
  });

  it('plans a deployment and what follows it in one request', () => {
    expect(
      offline.composeUnseen([ask('deploy', { service: 'gitea' }), ask('restart', { service: 'gitea' })]),
    ).toMatchObject({
      kind: 'plan',
      content: { title: 'Deploy Gitea 1.22.6, then restart Gitea on n100' },
    });
  });

  it.each(['-rf', 'a b', 'x\u200b'])('refuses a host called %j', (host) => {
    expect(offline.composeUnseen([ask('disk', { host })]).kind).toBe('impossible');
  });
});

describe('what is asked to be different', () => {
  const deploy = [ask('deploy', { service: 'gitea', host: 'n100' })];

  it.each([
    ['use port 3100', { port: 3100 }],
    ['Port number 3100 please', { port: 3100 }],
    ['put it on the NAS instead', { host: 'nas' }],
    ['on nas, not on n100', { host: 'nas' }],
    ['nas instead of n100, and port 4000', { host: 'nas', port: 4000 }],
    ['make it forgejo', { service: 'forgejo' }],
  ])('%j changes just that', (comment, different) => {
    expect(planner.amend(deploy, comment)).toEqual([
      ask('deploy', { service: 'gitea', host: 'n100', ...different }),
    ]);
  });

  it.each([
    'do it at night',
    'use port 99999',
    'not on n100',
    'on n100',
    'port 1 or port 2',
    'n100 and nas',
    '',
  ])('%j is not guessed at', (comment) => {
    expect(planner.amend(deploy, comment)).toBeNull();
  });

  it('reaches only the part that is named', () => {
    const two = [
      ask('restart', { service: 'gitea', host: 'n100' }),
      ask('restart', { service: 'immich', host: 'n100' }),
    ];
    expect(planner.amend(two, 'immich on nas')).toEqual([
      two[0],
      ask('restart', { service: 'immich', host: 'nas' }),
    ]);
    expect(planner.amend(two, 'use port 3100')).toBeNull();
  });
});

describe('about commands', () => {
  it('says who carries them out, how much they can hurt and what they do', () => {
    expect(planner.hands('deploy')).toBe('steps');
    expect(planner.hands('help')).toBe('ledger');
    expect(planner.riskOf('remove')).toBe('destructive');
    expect(planner.riskOf('no-such-thing')).toBe('destructive');
    expect(planner.about('deploy')).toBe('Set up a service from the catalog on a host.');
  });

  it('helps with words that are understood', () => {
    const house = createPlanner({
      catalog,
      recipes,
      hosts: [sandbox],
      defaultHost: null,
      services: ['demo-web'],
    });
    const help = house.help();
    expect(help).toContain('restart demo-web');
    expect(help).not.toMatch(/[{}]/);
    const words = help
      .split('\n')
      .filter((line) => line.includes(' · '))
      .flatMap((line) => line.slice(line.indexOf(': ') + 2).split(' · '));
    for (const one of words) expect(house.understand(one).kind, one).toBe('intents');
  });
});

it('answers a question from what was printed', () => {
  const facts = factsOf('n100', { services: [serviceOn('gitea')] });
  const composed = planner.compose([ask('disk', { host: 'n100' })], [facts]);
  if (composed.kind !== 'plan') throw new Error(JSON.stringify(composed));
  const outputs = new Map([
    ['s1', 'Filesystem Size Used Avail Use% Mounted on\n/dev/sda2 372G 226G 142G 61% /\n'],
  ]);
  expect(planner.summarise(composed.content, outputs)).toBe('Disk on n100: 61 % used, 142 GB free.');
});
