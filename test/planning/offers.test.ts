import { expect, test } from 'vitest';
import { loadCatalog } from '#planning/catalog/load-catalog.ts';
import { loadRecipes } from '#planning/composing/load-recipes.ts';
import { createPlanner } from '#planning/create-planner.ts';

const commands = new URL('../../commands', import.meta.url).pathname;
const catalog = loadCatalog(commands);
if (!catalog.ok) throw new Error('the catalog has mistakes');
const recipes = loadRecipes(commands, catalog.catalog);
if (!recipes.ok) throw new Error('the recipes have mistakes');
const planner = createPlanner({
  catalog: catalog.catalog,
  recipes: recipes.recipes,
  hosts: [
    { name: 'n100', aliases: [], serviceAddress: 'n100' },
    { name: 'nas', aliases: [], serviceAddress: 'nas' },
  ],
  defaultHost: 'n100',
  services: ['jellyfin'],
  people: [{ id: 'anna', name: 'Anna' }],
});
const { commands: offered, values } = planner.offers();
const samples: Readonly<Record<string, string>> = {
  service: 'jellyfin',
  host: 'nas',
  port: '3100',
  stage: 'talos',
  task: 'TASK-7',
  vm: '101',
  since: 'yesterday',
  person: 'anna',
  plan: 'P-142',
};

test.each(offered.map((command) => [command.command, command] as const))(
  'what is picked for %s means that command with every input that was picked',
  (name, command) => {
    const given = Object.fromEntries(command.inputs.map((input) => [input.name, samples[input.name] ?? 'x']));
    const words = command.words(given);
    const understood = planner.understand(words);
    expect(understood, words).toMatchObject({ kind: 'intents', intents: [{ command: name }] });
    if (understood.kind !== 'intents') return;
    const inputs = understood.intents[0]?.inputs ?? {};
    for (const [key, value] of Object.entries(given))
      expect(String(inputs[key]), `${key} in “${words}”`).toBe(value);
  },
);

test.each(offered.map((command) => [command.command, command] as const))(
  'what is picked for %s with only what it needs means that command too',
  (name, command) => {
    const needed = command.inputs.filter((input) => input.required);
    const words = command.words(
      Object.fromEntries(needed.map((input) => [input.name, samples[input.name] ?? 'x'])),
    );
    expect(planner.understand(words), words).toMatchObject({ kind: 'intents', intents: [{ command: name }] });
  },
);

test('services that run here come before those of the catalog, and no name twice', () => {
  expect(values['service']?.[0]).toBe('jellyfin');
  expect(new Set(values['service']).size).toBe(values['service']?.length);
  expect(values['host']).toEqual(['n100', 'nas']);
  expect(values['stage']).toContain('talos');
});
