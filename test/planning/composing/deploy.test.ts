import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { PlanContent, planHash } from '#core/plan.ts';
import {
  ask,
  catalog,
  commandsOf,
  composeOn,
  factsOf,
  planOn,
  sandbox,
  serviceOn,
  withoutDocker,
} from './house.ts';

const ComposeFile = z.object({
  services: z.record(
    z.string(),
    z.strictObject({
      image: z.string(),
      container_name: z.string(),
      restart: z.literal('unless-stopped'),
      user: z.string().optional(),
      command: z.array(z.string()).optional(),
      ports: z.array(z.string()),
      volumes: z.array(z.string()).optional(),
      environment: z.array(z.string()).optional(),
    }),
  ),
});

const deployable = catalog.services.filter((service) => service.by_hand === undefined);
const kuma = ask('deploy', { service: 'uptime-kuma' });

describe('deploying where there is Docker with compose', () => {
  it('writes a compose file, pulls, starts, records the image and ends with a health check', () => {
    const { content, facts, notes } = planOn(factsOf('n100'), [kuma]);
    expect(PlanContent.parse(content)).toEqual(content);
    expect(content.title).toBe('Deploy Uptime Kuma 1.23.16 on n100');
    expect(content.risk).toBe('change');
    expect(content.link).toBe('http://n100:3001/');
    expect(content.steps.map((step) => [step.id, step.uses, step.summary])).toEqual([
      ['s1', 'shell', 'Make the folder data/data'],
      ['s2', 'file', 'Write compose.yaml'],
      ['s3', 'shell', 'Pull louislam/uptime-kuma:1.23.16'],
      ['s4', 'shell', 'Start Uptime Kuma'],
      ['s5', 'shell', 'Record which image runs'],
      ['s6', 'http', 'Check that Uptime Kuma answers on port 3001'],
    ]);
    expect(content.steps.at(-1)).toMatchObject({ url: 'http://n100:3001/', expectStatus: [200, 302] });
    expect(content.effects.map((effect) => `${effect.kind} ${effect.what}`)).toEqual([
      'folder services/uptime-kuma',
      'file services/uptime-kuma/compose.yaml',
      'volume services/uptime-kuma/data/data',
      'package image louislam/uptime-kuma:1.23.16',
      'container uptime-kuma',
      'port 3001',
    ]);
    expect(facts).toEqual([
      { label: 'RAM', value: '8.8 of 15.6 GB free' },
      { label: 'Disk', value: '48.8 of 117 GB free' },
      { label: 'Port', value: '3001' },
    ]);
    expect(notes).toEqual([]);
  });

  it.each(deployable.map((service) => [service.name, service] as const))(
    'gives %s a compose file with its image, port and volumes',
    (name, service) => {
      const { content, notes } = planOn(factsOf('n100'), [ask('deploy', { service: name })]);
      const file = content.steps.find((step) => step.uses === 'file');
      expect(file?.path).toBe(`services/${name}/compose.yaml`);
      const { services } = ComposeFile.parse(parse(file?.uses === 'file' ? file.content : ''));
      const written = services[name];
      expect(Object.keys(services)).toEqual([name]);
      expect(written?.image).toBe(service.image);
      expect(written?.container_name).toBe(name);
      expect(written?.ports).toEqual([
        `${service.port.host}:${service.port.container}`,
        ...service.ports.map((one) => `${one.host}:${one.container}${one.protocol === 'udp' ? '/udp' : ''}`),
      ]);
      expect(written?.command).toEqual(service.command);
      expect(written?.user).toBe(service.user);
      for (const one of service.ports)
        expect(content.effects.map(({ what }) => what)).toContain(`${one.host}/${one.protocol}`);
      expect(written?.volumes ?? []).toEqual(service.volumes.map((one) => `./data/${one.name}:${one.path}`));
      for (const [variable, value] of Object.entries(service.environment)) {
        expect(written?.environment).toContain(`${variable}=${value}`);
      }
      for (const need of service.needs) {
        expect(written?.environment?.some((line) => line.startsWith(`${need.name}=\${${need.name}:?`))).toBe(
          true,
        );
        expect(
          commandsOf({ kind: 'plan', content, notes, facts: [] }).some((command) =>
            command.includes(`'^${need.name}=.'`),
          ),
        ).toBe(true);
      }
      expect(notes.some((note) => note.includes('.env'))).toBe(service.needs.length > 0);
      expect(notes.some((note) => note.includes('does not work alone'))).toBe(!service.standalone);
      if (service.note !== undefined) expect(notes).toContain(service.note);
    },
  );

  it.each(catalog.services.filter((service) => service.by_hand !== undefined).map(({ name }) => name))(
    'says why %s has to be set up by hand instead of planning something that cannot work',
    (name) => {
      const composed = composeOn(factsOf('n100'), [ask('deploy', { service: name })]);
      expect(composed).toMatchObject({
        kind: 'impossible',
        reason: expect.stringMatching(/is not set up from here\. .+ Once it runs on n100/),
        suggestions: ['list containers on n100'],
      });
    },
  );

  it('plans nothing when a port it cannot do without is taken', () => {
    const facts = factsOf('n100', { listeningPorts: [53] });
    expect(composeOn(facts, [ask('deploy', { service: 'pihole' })])).toMatchObject({
      kind: 'impossible',
      reason: expect.stringMatching(/Port 53 on n100 is already used by another program.*\(DNS\)/),
    });
  });

  it('opens the port on the machine itself only when nobody else reaches its services', () => {
    const { content } = planOn(factsOf('sandbox'), [kuma], sandbox);
    const file = content.steps.find((step) => step.uses === 'file');
    expect(file).toMatchObject({ content: expect.stringContaining('127.0.0.1:3001:3001') });
  });

  it('takes the port that was asked for', () => {
    const { content } = planOn(factsOf('n100'), [ask('deploy', { service: 'gitea', port: 3100 })]);
    expect(content.link).toBe('http://n100:3100/');
  });

  it('takes the next free port when the usual one is used, and says so', () => {
    const facts = factsOf('n100', {
      listeningPorts: [3001, 3002],
      services: [serviceOn('demo-web', { port: 3001 })],
    });
    const { content, notes } = planOn(facts, [kuma]);
    expect(content.link).toBe('http://n100:3003/');
    expect(notes).toEqual(['Port 3001 on n100 is already used by demo-web, so Uptime Kuma gets port 3003.']);
  });

  it('leaves a stopped service its port', () => {
    const facts = factsOf('n100', { services: [serviceOn('demo-web', { port: 3001, state: 'stopped' })] });
    expect(planOn(facts, [kuma]).content.link).toBe('http://n100:3002/');
  });

  it('asks which port when the one asked for is used, with complete requests to choose from', () => {
    const facts = factsOf('n100', { listeningPorts: [3100] });
    expect(composeOn(facts, [ask('deploy', { service: 'gitea', port: 3100 })])).toEqual({
      kind: 'question',
      question: 'Port 3100 on n100 is already used by another program. Which port should Gitea have?',
      choices: [
        { label: 'Port 3101', words: 'deploy gitea on n100 at port 3101', fact: 'free' },
        { label: 'Port 3102', words: 'deploy gitea on n100 at port 3102', fact: 'free' },
      ],
    });
  });

  it.each([0, -1, 65_536, 3.5, Number.NaN])('does not take %s for a port', (port) => {
    expect(composeOn(factsOf('n100'), [ask('deploy', { service: 'gitea', port })]).kind).toBe('impossible');
  });

  it('says where it runs already instead of deploying twice', () => {
    const facts = factsOf('n100', { services: [serviceOn('uptime-kuma', { port: 3001 })] });
    expect(composeOn(facts, [kuma])).toEqual({
      kind: 'impossible',
      reason: 'Uptime Kuma already runs on n100 at http://n100:3001.',
      suggestions: [
        'restart uptime-kuma on n100',
        'update uptime-kuma on n100',
        'logs of uptime-kuma on n100',
      ],
    });
  });

  it('can be the second half of a request that removes the same service first', () => {
    const facts = factsOf('n100', {
      listeningPorts: [3001],
      services: [serviceOn('uptime-kuma', { port: 3001 })],
    });
    const { content } = planOn(facts, [ask('remove', { service: 'uptime-kuma' }), kuma]);
    expect(content.title).toBe('Remove Uptime Kuma, then deploy Uptime Kuma 1.23.16 on n100');
    expect(content.risk).toBe('destructive');
    expect(content.link).toBe('http://n100:3001/');
  });

  it('gives two services of one request different ports', () => {
    const twins = [
      ask('deploy', { service: 'adguard-home', port: 4000 }),
      ask('deploy', { service: 'gitea', port: 4000 }),
    ];
    expect(composeOn(factsOf('n100'), twins)).toMatchObject({
      kind: 'question',
      question: 'Port 4000 on n100 is already used by adguard-home. Which port should Gitea have?',
      choices: [
        { words: 'deploy adguard-home on n100 at port 4000, then deploy gitea on n100 at port 4001' },
        { words: 'deploy adguard-home on n100 at port 4000, then deploy gitea on n100 at port 4002' },
      ],
    });
  });
});

describe('deploying where there is no Docker', () => {
  const facts = factsOf('sandbox', withoutDocker);

  it('sets Uptime Kuma up from its npm package and says why', () => {
    const { content, notes } = planOn(facts, [kuma], sandbox);
    expect(content.steps.map((step) => [step.uses, step.summary])).toEqual([
      ['file', 'Write package.json'],
      ['file', 'Write what installs it'],
      ['shell', 'Install uptime-kuma 2.0.0-dev.0 with npm'],
      ['shell', 'Put the migrations where the server looks for them'],
      ['file', 'Choose SQLite as its database'],
      ['file', 'Write what keeps it running (service.conf)'],
      ['file', 'Write what keeps it running (service.sh)'],
      ['shell', 'Start Uptime Kuma'],
      ['http', 'Check that Uptime Kuma answers on port 3001'],
    ]);
    expect(notes[0]).toBe(
      'Docker with compose is not installed on sandbox, so the npm package of Uptime Kuma is used.',
    );
    const script = content.steps.find((step) => step.uses === 'file' && step.path.endsWith('service.sh'));
    expect(script).toMatchObject({
      content: expect.stringContaining("export DATA_DIR='/home/chiffon/services/uptime-kuma/data/'"),
    });
    expect(script).toMatchObject({ content: expect.stringContaining("export UPTIME_KUMA_HOST='127.0.0.1'") });
  });

  it('lets other machines reach it when the host has an address of its own', () => {
    const { content } = planOn(factsOf('n100', withoutDocker), [kuma]);
    const script = content.steps.find((step) => step.uses === 'file' && step.path.endsWith('service.sh'));
    expect(script).toMatchObject({ content: expect.stringContaining("export UPTIME_KUMA_HOST='0.0.0.0'") });
  });

  it('says what is missing for a service that only comes as a container', () => {
    expect(composeOn(facts, [ask('deploy', { service: 'jellyfin' })], sandbox)).toEqual({
      kind: 'impossible',
      reason:
        'Jellyfin is deployed as a container, and Docker with its compose plug-in is not installed on sandbox. Install both there, let the user chiffon use them, and ask again.',
      suggestions: ['status of sandbox'],
    });
  });
});

describe('the fit check', () => {
  it('warns about little memory and disk, and refuses a full disk', () => {
    const tight = planOn(factsOf('n100', { memoryFreeMb: 300, diskFreeMb: 900 }), [kuma]);
    expect(tight.notes).toEqual([
      'Only 300 MB of memory are free on n100; it may become slow.',
      'Only 900 MB of disk are free on n100; the download may not fit.',
    ]);
    expect(composeOn(factsOf('n100', { diskFreeMb: 150 }), [kuma])).toMatchObject({
      kind: 'impossible',
      reason: expect.stringContaining('150 MB are free'),
    });
  });

  it('says nothing about what nobody could measure', () => {
    const blind = { memoryFreeMb: null, memoryTotalMb: null, diskFreeMb: null, diskTotalMb: null };
    expect(planOn(factsOf('n100', blind), [kuma]).facts).toEqual([{ label: 'Port', value: '3001' }]);
  });
});

it('gives the same plan, to the last byte, for the same request and facts', () => {
  const hash = () => planHash(planOn(factsOf('n100'), [kuma]).content);
  expect(hash()).toBe(hash());
});

it('composes a thousand plans in less than three seconds of processor time', () => {
  const facts = factsOf('n100');
  const before = process.cpuUsage();
  for (let i = 0; i < 1000; i++) {
    planOn(facts, [ask('deploy', { service: deployable[i % deployable.length]?.name ?? '' })]);
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(3);
});
