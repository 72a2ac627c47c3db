import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadCatalog } from '#planning/catalog/load-catalog.ts';
import { composePlan } from '#planning/composing/compose-plan.ts';
import { createHouse } from '#planning/composing/house.ts';
import { loadRecipes, readRecipe } from '#planning/composing/load-recipes.ts';
import { ask, catalog, factsOf, n100 } from './house.ts';

const restart = catalog.commands.find((command) => command.command === 'restart');
const logs = catalog.commands.find((command) => command.command === 'logs');
if (!restart || !logs) throw new Error('the catalog has no restart or logs');

/** The mistakes of a recipe whose first steps are these lines; they stand from line 5 on. */
function mistakesIn(steps: string, command = restart) {
  const text = `subject: service
title: Do it
variants:
  - steps:
${steps}
    effects: [{ kind: service, what: x, change: y }]
    verification: It is done.
    undo: Nothing.
`;
  if (!command) throw new Error('no command');
  const read = readRecipe(
    'restart/steps.yaml',
    command.risk === 'read' ? text.replace(/^ {4}effects.*\n/m, '') : text,
    command,
  );
  return read.ok ? [] : read.mistakes.map((mistake) => `${mistake.line}: ${mistake.problem}`);
}

const step = (command: string, more = 'undo: { not_needed: x }, idempotent: true') =>
  `      - { uses: shell, summary: S, command: ${JSON.stringify(command)}, ${more} }`;

describe('a recipe is refused when it is loaded', () => {
  it.each([
    ['docker restart {{unit}}', '{{unit}} could hold anything and is not quoted'],
    ["docker restart '{{unit|sh}}'", '{{unit|sh}} stands inside quotes, where its own quotes would end them'],
    ['docker restart "{{unit|sh}}"', '{{unit|sh}} stands inside quotes, where its own quotes would end them'],
    ['docker restart {{unit|json}}', '{{unit|json}} is not quoted for a shell'],
    ['docker restart {{unit|raw}}', '"{{unit|raw}}" uses the filter "raw"; known are sh and json'],
    ['docker restart {{unti|sh}}', '{{unti}} is not known here'],
    ['docker restart {{inputs.colour|sh}}', '{{inputs.colour}} is not known here'],
    ['cat <<END\n{{unit|sh}}\nEND', '{{unit}} stands in a heredoc, where nothing can be quoted'],
    ['true # {{unit|sh}}', '{{unit}} stands in a comment, where nothing can be quoted'],
    ['nc localhost {{port}}', '{{port}} may be absent here'],
    ['echo {{volume.name}}', '{{volume.name}} may be absent here'],
    ['npm i {{service.package}}', '{{service.package}} may be absent here'],
    [
      'docker ps --format {{.Names}}',
      'a placeholder is written like {{service.name}} or {{unit|sh}}; "docker ps --format {{.Names}}" is not',
    ],
  ])('for the command %j', (command, problem) => {
    expect(mistakesIn(step(command))).toEqual([`5: ${problem}`]);
  });

  it.each([
    ['docker restart {{unit|sh}}'],
    ["grep '{{service.name}}' {{folder}}/x"],
    ['echo "$(date)" {{host}} {{stamp}}'],
    ["echo 'it is #1' {{unit|sh}}"],
  ])('but not for the command %j', (command) => {
    expect(mistakesIn(step(command))).toEqual([]);
  });

  it('when a step does not say how it is taken back or whether it may run twice', () => {
    expect(mistakesIn(step('true', 'timeout: 5'))).toEqual([
      '5: "S" does not say how it is taken back',
      '5: "S" does not say whether it may run twice',
    ]);
  });

  it('when a command that only reads writes a file or claims effects', () => {
    expect(mistakesIn('      - { uses: file, summary: S, path: x, content: y }', logs)).toEqual([
      '5: logs only reads, but this step writes a file',
    ]);
  });

  it('when a check over HTTP does not ask whether the service speaks it', () => {
    expect(mistakesIn('      - { uses: health, summary: S }')).toEqual([
      '5: not every service can be asked over HTTP if it is well',
    ]);
  });

  it('when a file is neither written nor rendered', () => {
    expect(mistakesIn('      - { uses: file, summary: S, path: x, undo: { not_needed: x } }')).toEqual([
      '5: a file step has either "content" or "render"',
    ]);
  });

  it('with every mistake at once, each with its line', () => {
    const text = `subject: service
title: Restart {{servce.title}}
colour: blue
variants:
  - when: { inputs: [nope] }
    steps:
      - uses: shell
        summary: S
        command: docker restart {{unit}}
        undo: { not_needed: x }
    verification: It is done.
    undo: Nothing.
`;
    const read = readRecipe('restart/steps.yaml', text.replace('colour: blue\n', ''), restart);
    expect(read.ok ? [] : read.mistakes.map((mistake) => `${mistake.line} ${mistake.problem}`)).toEqual([
      '4 nothing is said for the case that no variant fits',
      '4 "nope" is not an input of restart',
      '2 {{servce.title}} is not known here',
      '4 a change without effects would look harmless to whoever approves it',
      '8 {{unit}} could hold anything and is not quoted',
      '6 "S" does not say whether it may run twice',
    ]);
    const misspelt = readRecipe('restart/steps.yaml', text, restart);
    expect(misspelt.ok ? [] : misspelt.mistakes).toEqual([
      expect.objectContaining({
        file: 'restart/steps.yaml',
        line: 3,
        problem: '"colour" is not a field here',
      }),
    ]);
  });
});

describe('a command of the owner', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chiffon-recipes-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const sentences = `command: speed
summary: Say how fast the line is.
say: measure the speed
risk: read
hands: steps
inputs:
  host: { kind: host, ask: 'On which host?' }
  server: { kind: text, ask: 'Against which server?' }
orders: [measure the speed]
examples: [{ say: measure the speed }]
`;

  it('is a folder with sentences.yaml and steps.yaml, and nothing else', () => {
    write('speed/sentences.yaml', sentences);
    write(
      'speed/steps.yaml',
      `subject: host
title: Measure the line
variants:
  - when: { inputs: [server] }
    steps: [{ uses: shell, summary: Measure, command: 'ping -c 4 {{inputs.server|sh}}' }]
    verification: The numbers are read.
    undo: Nothing is changed.
  - steps: [{ uses: shell, summary: Measure, command: ping -c 4 one.one.one.one }]
    verification: The numbers are read.
    undo: Nothing is changed.
`,
    );
    const loaded = loadCatalog(folder);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
    const read = loadRecipes(folder, loaded.catalog);
    if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
    const house = createHouse({
      catalog: loaded.catalog,
      recipes: read.recipes,
      hosts: [n100],
      defaultHost: null,
    });
    const composed = composePlan(
      [ask('speed', { host: 'n100', server: "my server's" })],
      () => factsOf('n100'),
      () => n100,
      house,
    );
    expect(composed).toMatchObject({
      kind: 'plan',
      content: { title: 'Measure the line on n100', steps: [{ command: "ping -c 4 'my server'\\''s'" }] },
    });
  });

  it('may stand in a folder of the owner’s, beside those that ship', () => {
    write('own/speed/sentences.yaml', sentences);
    write(
      'own/speed/steps.yaml',
      `subject: host
title: Measure the line
variants:
  - steps: [{ uses: shell, summary: Measure, command: ping -c 4 one.one.one.one }]
    verification: The numbers are read.
    undo: Nothing is changed.
`,
    );
    write(
      'ships/other/sentences.yaml',
      sentences.replace('command: speed', 'command: other').replaceAll('measure the speed', 'look around'),
    );
    const [ships, own] = [join(folder, 'ships'), join(folder, 'own')];
    const loaded = loadCatalog(ships, own);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
    const missing = loadRecipes(ships, loaded.catalog, own);
    expect(missing.ok ? [] : missing.mistakes.map(({ file }) => file)).toEqual(['other/steps.yaml']);
    write('ships/other/steps.yaml', 'subject: host\n');
    write('own/speed/steps.yaml', 'subject: nothing\n');
    const wrong = loadRecipes(ships, loaded.catalog, own);
    const files = new Set(wrong.ok ? [] : wrong.mistakes.map(({ file }) => file));
    expect(files).toEqual(new Set(['other/steps.yaml', join(own, 'speed/steps.yaml')]));
  });

  it('is reported when one of the two files is missing or says that it never runs', () => {
    write('speed/sentences.yaml', sentences);
    write('lonely/steps.yaml', 'subject: host\n');
    write(
      'later/sentences.yaml',
      sentences
        .replace('command: speed', 'command: later')
        .replace('hands: steps', 'hands: ledger')
        .replaceAll('measure the speed', 'look into the future'),
    );
    write('later/steps.yaml', 'subject: host\n');
    const loaded = loadCatalog(folder);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
    const read = loadRecipes(folder, loaded.catalog);
    expect(
      read.ok ? [] : read.mistakes.map((mistake) => `${mistake.file}:${mistake.line} ${mistake.problem}`),
    ).toEqual([
      'later/steps.yaml:1 these steps would never run: sentences.yaml beside it says "hands: ledger"',
      'lonely/steps.yaml:1 nobody can ask for these steps',
      'speed/steps.yaml:1 the file is missing, though sentences.yaml beside it says "hands: steps"',
    ]);
  });
});
