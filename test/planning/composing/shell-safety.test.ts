import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasHidden, isWord, quoteForShell, UnsafeValue } from '#planning/composing/template.ts';
import { judgePlan } from '#policy/judge-plan.ts';
import { judgeCommand } from '#policy/shell/judge-command.ts';
import {
  ask,
  catalog,
  commandsOf,
  composeOn,
  factsOf,
  houseOf,
  recipes,
  serviceOn,
  withoutDocker,
} from './house.ts';

const visible = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((text) => !hasHidden(text) && !text.startsWith('-'));
const nasty = fc
  .array(
    fc.constantFrom(
      "'",
      '"',
      '`',
      '$(id)',
      '\\',
      ' ',
      ';',
      '&&',
      '|',
      '>',
      '<',
      '*',
      '~',
      '#',
      '!',
      '{{',
      '}}',
      'a',
      'é',
      '名',
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((pieces) => pieces.join(''));

/** What a program called `docker` would get as arguments. */
function argumentsOf(command: string): readonly string[] {
  const script = `docker() { for one in "$@"; do printf '%s\\n' "$one"; done; }\n${command}`;
  const { stdout, status } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
  expect(status).toBe(0);
  return stdout.split('\n').slice(0, -1);
}

describe('values in commands', () => {
  it('reach the program as exactly one argument, whatever the container is called', () => {
    fc.assert(
      fc.property(fc.oneof(nasty, visible), (unit) => {
        const facts = factsOf('n100', {
          services: [serviceOn('plex', { manager: 'docker', unit, port: null })],
        });
        const composed = composeOn(facts, [ask('restart', { service: 'plex' })]);
        if (composed.kind !== 'plan') return;
        expect(commandsOf(composed).map(argumentsOf)).toEqual([['restart', unit]]);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    '-rf',
    '--privileged',
    'a\nb',
    'a\u0000b',
    'web\u200b',
    '\u202eweb',
    'we\tb',
    'x\u001b[31m',
    'a\u2028b',
    'x\u{e0041}',
  ])('are refused when they read as an option or hide something: %j', (unit) => {
    const facts = factsOf('n100', { services: [serviceOn('plex', { manager: 'docker', unit })] });
    expect(composeOn(facts, [ask('restart', { service: 'plex' })])).toMatchObject({ kind: 'impossible' });
  });

  it.each(['../x', 'a b', "a'b", 'a;b', 'a/../../b'])(
    'never make a folder called %j part of a path',
    (unit) => {
      const facts = factsOf('sandbox', {
        ...withoutDocker,
        services: [serviceOn('web', { manager: 'process', unit })],
      });
      for (const command of ['restart', 'remove', 'logs', 'backup', 'restore']) {
        expect(composeOn(facts, [ask(command, { service: 'web' })])).toMatchObject({ kind: 'impossible' });
      }
    },
  );

  it('are quoted only when they need it, and never when nothing can help', () => {
    expect(quoteForShell('louislam/uptime-kuma:1')).toBe('louislam/uptime-kuma:1');
    expect(quoteForShell("it's")).toBe(`'it'\\''s'`);
    expect(quoteForShell('')).toBe("''");
    expect(() => quoteForShell('-v')).toThrow(UnsafeValue);
    expect(isWord('~root')).toBe(false);
    expect(isWord('A=b')).toBe(false);
  });
});

/** Every plan that the recipes can come to, over kinds of hosts, states and services. */
function everyPlan() {
  const services = ['uptime-kuma', 'jellyfin', 'immich', 'mosquitto', 'unknown-thing'];
  const machines = [
    {},
    withoutDocker,
    { compose: false },
    { tools: ['qm', 'pct', 'kubectl'] },
    { ...withoutDocker, tools: [] },
  ];
  const plans = [];
  for (const machine of machines) {
    for (const manager of ['compose', 'docker', 'process'] as const) {
      for (const state of ['running', 'stopped', 'unknown'] as const) {
        for (const service of services) {
          const image = service === 'jellyfin' ? 'jellyfin/jellyfin:10.10.1' : null;
          const there = factsOf('n100', {
            ...machine,
            services: [serviceOn(service, { manager, state, image })],
          });
          const away = factsOf('n100', machine);
          for (const command of recipes.keys()) {
            for (const facts of [there, away]) {
              const composed = composeOn(facts, [ask(command, { service, vm: '120' })]);
              if (composed.kind === 'plan') plans.push(composed);
            }
          }
        }
      }
    }
  }
  return plans;
}

describe('every plan of every recipe', () => {
  const plans = everyPlan();
  const commands = [...new Set(plans.flatMap(commandsOf))];

  it('is reached by some host, so that no recipe goes untested', () => {
    expect(new Set(plans.flatMap((plan) => plan.content.intents.map((intent) => intent.command)))).toEqual(
      new Set(recipes.keys()),
    );
  });

  it('holds no placeholder that was not filled in', () => {
    for (const plan of plans) expect(JSON.stringify(plan)).not.toMatch(/\{\{|undefined|\[object/);
  });

  it('holds only commands that a POSIX shell can read', () => {
    for (const command of commands) {
      const { status, stderr } = spawnSync('/bin/sh', ['-n', '-c', command], { encoding: 'utf8' });
      expect(stderr, command).toBe('');
      expect(status, command).toBe(0);
    }
  });

  it('says how each of its steps is taken back and what will be different, unless it only looks', () => {
    for (const { content } of plans) {
      expect(content.effects.length > 0, content.title).toBe(content.risk !== 'read');
      expect(content.risk === 'destructive').toBe(
        ['remove', 'restore'].includes(content.intents[0]?.command ?? ''),
      );
      if (content.risk !== 'read') continue;
      expect(content.steps.every((step) => step.idempotent && step.undo.kind === 'not_needed')).toBe(true);
    }
  });

  it('holds no command beyond approval, and only commands that run unasked where it only looks', () => {
    for (const plan of plans) {
      for (const command of commandsOf(plan)) {
        const { verdict, reason } = judgeCommand(command);
        if (plan.content.risk === 'read') expect(verdict, `${command}: ${reason}`).toBe('allow');
        else expect(verdict, `${command}: ${reason}`).not.toBe('deny');
      }
    }
  });

  it('passes the judge as a whole where Docker keeps the services running', () => {
    const withContainers = plans.filter((plan) =>
      plan.content.steps.every((one) => one.uses !== 'file' || !one.path.endsWith('.sh')),
    );
    for (const plan of withContainers) {
      expect(judgePlan(plan.content), plan.content.title).toMatchObject({ ok: true });
    }
  });

  it('deletes nothing but the folder of the service it removes', () => {
    for (const command of commands.filter((one) => /\brm\b/.test(one))) {
      expect(command).toMatch(/^(?:rm -r -- services\/[a-z0-9-]+|docker rm [a-z0-9-]+)$/);
    }
  });
});

it('offers only requests that name a service of the catalog or of the house', () => {
  const house = houseOf();
  for (const service of catalog.services) expect(house.service(service.name)).toBe(service);
});
