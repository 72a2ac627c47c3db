import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadCatalog } from '#planning/catalog/load-catalog.ts';
import { createUnderstander } from '#planning/understanding/understand.ts';
import { catalog } from '../understanding/house.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'chiffon-catalog-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
}

const water = `command: water
summary: Water a plant.
say: water {plant}
risk: change
hands: steps
inputs:
  plant: { kind: text, required: true, ask: Which plant? }
verbs: [water]
examples:
  - { say: water the fern, means: { plant: fern } }
`;
const fern = `name: fern-server
title: Fern
aliases: [ferny]
kinds: [plant server]
image: example/fern:1.2
port: { container: 80, host: 8080 }
undo: Stop the container.
`;

describe('the shipped catalog', () => {
  test('has every command of the contract, and virtual machines switched on and off', () => {
    expect(catalog.commands.map(({ command }) => command).sort()).toEqual(
      [
        'deploy',
        'update',
        'restart',
        'start',
        'stop',
        'remove',
        'logs',
        'status',
        'backup',
        'restore',
        'disk',
        'updates',
        'containers',
        'vms',
        'vm.start',
        'vm.stop',
        'vm.restart',
        'snapshot',
        'pods',
        'nodes',
        'stage.run',
        'stage.status',
        'stage.reset',
        'backlog.list',
        'backlog.run',
        'audit.failures',
        'audit.changes',
        'audit.approvals',
        'audit.ran',
        'audit.since_working',
        'audit.running',
        'audit.errors',
        'audit.retries',
        'audit.why',
        'audit.log',
        'audit.who',
        'desktops',
        'help',
      ].sort(),
    );
  });

  test('calls exactly remove and restore destructive', () => {
    expect(
      catalog.commands.filter(({ risk }) => risk === 'destructive').map(({ command }) => command),
    ).toEqual(['remove', 'restore']);
  });

  test('says what is missing wherever nobody carries a command out', () => {
    for (const { command, hands, missing } of catalog.commands)
      expect([command, missing !== undefined]).toEqual([command, hands === 'none']);
  });

  test('knows at least thirty services, each with an explicit tag other than latest and no secret in its settings', () => {
    expect(catalog.services.length).toBeGreaterThanOrEqual(30);
    for (const { name, image, environment } of catalog.services) {
      expect([name, image.endsWith(':latest')]).toEqual([name, false]);
      expect([name, Object.keys(environment).filter((key) => /PASS|SECRET|TOKEN|KEY/i.test(key))]).toEqual([
        name,
        [],
      ]);
    }
  });

  test('gives no two services the same port on a host', () => {
    const ports = catalog.services.map(({ port }) => port.host);
    expect(new Set(ports).size).toBe(ports.length);
  });
});

describe('loading a catalog', () => {
  test('takes a command somebody added, and its words are understood', () => {
    write('water/sentences.yaml', water);
    write('water/steps.yaml', 'anything: [goes, here');
    const loaded = loadCatalog(directory);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
    const understand = createUnderstander(loaded.catalog, { hosts: [] });
    expect(understand('could you please water the fern')).toEqual({
      kind: 'intents',
      intents: [{ command: 'water', inputs: { plant: 'fern' } }],
    });
  });

  test('fills in what may be left out', () => {
    write('services/fern-server.yaml', fern);
    const loaded = loadCatalog(directory);
    expect(loaded.ok && loaded.catalog.services[0]).toMatchObject({
      volumes: [],
      environment: {},
      needs: [],
      standalone: true,
    });
  });

  test('names a folder that does not exist', () => {
    const missing = join(directory, 'nowhere');
    expect(loadCatalog(missing)).toMatchObject({
      ok: false,
      mistakes: [{ file: missing, problem: `the folder ${missing} does not exist` }],
    });
  });

  const mistakes: readonly (readonly [
    what: string,
    file: string,
    text: string,
    line: number,
    problem: RegExp,
  ])[] = [
    ['a missing field', 'water/sentences.yaml', water.replace('risk: change\n', ''), 1, /"risk" is missing/],
    [
      'a field that does not exist',
      'water/sentences.yaml',
      `${water}colour: green\n`,
      11,
      /"colour" is not a field/,
    ],
    [
      'a wrong value',
      'water/sentences.yaml',
      water.replace('risk: change', 'risk: huge'),
      4,
      /"risk" does not fit/,
    ],
    [
      'broken YAML',
      'water/sentences.yaml',
      water.replace('verbs: [water]', 'verbs: [water'),
      9,
      /not readable as YAML/,
    ],
    ['a folder of another name', 'plants/sentences.yaml', water, 1, /called "water" but its folder "plants"/],
    [
      'a phrase that does not close',
      'water/sentences.yaml',
      `${water}orders:\n  - pour\n  - pour (on {plant}\n`,
      13,
      /cannot be read/,
    ],
    [
      'a slot that is no input',
      'water/sentences.yaml',
      `${water}labels:\n  - "{flower} water"\n`,
      12,
      /uses \{flower\}/,
    ],
    [
      'an example with a foreign input',
      'water/sentences.yaml',
      water.replace('means: { plant', 'means: { flower'),
      10,
      /example means "flower"/,
    ],
    [
      'an object that is no input',
      'water/sentences.yaml',
      `${water}object: pot\n`,
      11,
      /"pot" is not one of its inputs/,
    ],
    [
      'a command nobody carries out, without a word why',
      'water/sentences.yaml',
      water.replace('hands: steps', 'hands: none'),
      5,
      /nothing says why/,
    ],
    [
      'an image without a tag',
      'services/fern-server.yaml',
      fern.replace(':1.2', ''),
      5,
      /"image" does not fit/,
    ],
    [
      'a service in a file of another name',
      'services/moss.yaml',
      fern,
      1,
      /called "fern-server" but its file "moss.yaml"/,
    ],
    [
      'a companion nobody names',
      'services/fern-server.yaml',
      `${fern}standalone: false\n`,
      8,
      /nothing says which/,
    ],
    [
      'a port that does not exist',
      'services/fern-server.yaml',
      fern.replace('host: 8080', 'host: 80800'),
      6,
      /"port.host" does not fit/,
    ],
  ];
  test.each(mistakes)('reports %s with file, line and remedy', (_, file, text, line, problem) => {
    write(file, text);
    const loaded = loadCatalog(directory);
    if (loaded.ok) throw new Error('it was accepted');
    expect(loaded.mistakes).toEqual([
      { file, line, problem: expect.stringMatching(problem), remedy: expect.stringMatching(/\w/) },
    ]);
  });

  test('reports an alias that means two services, and a verb that belongs to two commands', () => {
    write('services/fern-server.yaml', fern);
    write(
      'services/moss.yaml',
      fern.replace('fern-server', 'moss').replace('title: Fern', 'title: Moss').replace('ferny', 'Fern-Y'),
    );
    write('water/sentences.yaml', water);
    write('soak/sentences.yaml', water.replace('command: water', 'command: soak'));
    const loaded = loadCatalog(directory);
    expect(
      loaded.ok ? [] : loaded.mistakes.map(({ file, line, problem }) => `${file}:${line} ${problem}`),
    ).toEqual([
      'services/moss.yaml:3 "Fern-Y" already means the service "fern-server"',
      'water/sentences.yaml:8 the verb "water" already belongs to the command "soak"',
    ]);
  });

  test('a folder of one’s own stands beside the one that ships, and its files are named with their whole path', () => {
    write('ships/water/sentences.yaml', water);
    write('own/services/fern-server.yaml', fern);
    write(
      'own/soak/sentences.yaml',
      water.replace('command: water', 'command: soak').replace('[water]', '[soak]'),
    );
    const both = loadCatalog(join(directory, 'ships'), join(directory, 'own'));
    if (!both.ok) throw new Error(JSON.stringify(both.mistakes));
    expect(both.catalog.commands.map(({ command }) => command)).toEqual(['water', 'soak']);
    expect(both.catalog.services.map(({ name }) => name)).toEqual(['fern-server']);

    write('own/water/sentences.yaml', water);
    const twice = loadCatalog(join(directory, 'ships'), join(directory, 'own'));
    expect(twice.ok ? [] : twice.mistakes).toEqual([
      {
        file: join(directory, 'own/water/sentences.yaml'),
        line: 1,
        problem: 'there is a command "water" already, in water/sentences.yaml',
        remedy: 'give this one a name of its own',
      },
    ]);
    const missing = loadCatalog(join(directory, 'ships'), join(directory, 'nowhere'));
    expect(missing).toMatchObject({ ok: false, mistakes: [{ file: join(directory, 'nowhere') }] });
  });

  test('reports all mistakes of all files at once', () => {
    write('water/sentences.yaml', water.replace('risk: change', 'risk: huge').replace('summary', 'sumary'));
    write(
      'services/fern-server.yaml',
      fern.replace('kinds: [plant server]', 'kinds: []').replace('undo', 'redo'),
    );
    const loaded = loadCatalog(directory);
    expect(loaded.ok ? [] : loaded.mistakes.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'services/fern-server.yaml:1',
      'services/fern-server.yaml:4',
      'services/fern-server.yaml:7',
      'water/sentences.yaml:1',
      'water/sentences.yaml:2',
      'water/sentences.yaml:4',
    ]);
  });
});
