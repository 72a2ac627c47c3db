import { describe, expect, it } from 'vitest';
import { placeIntents } from '#planning/composing/place-intents.ts';
import { ask, factsOf, houseOf, n100, nas, sandbox, serviceOn } from './house.ts';

const both = houseOf([n100, nas]);
const hostOf = (placed: ReturnType<typeof placeIntents>) =>
  placed.kind === 'placed' ? placed.intents.map((intent) => intent.inputs['host']) : placed;

describe('a part of a message that nobody can carry out', () => {
  it('stops the whole message, and what is left is offered by itself', () => {
    expect(
      placeIntents([ask('vm.start', { vm: '101' }), ask('restart', { service: 'gitea' })], [], both),
    ).toEqual({
      kind: 'impossible',
      reason: expect.stringMatching(
        /^Nothing of this was planned, because of “start vm 101”: .* not built yet, so nothing was started/,
      ),
      suggestions: ['restart gitea'],
    });
  });
});

describe('where an intent goes', () => {
  it('is the host that was named, by name or alias, in any case', () => {
    expect(hostOf(placeIntents([ask('disk', { host: 'NAS' })], [], both))).toEqual(['nas']);
    expect(hostOf(placeIntents([ask('disk', { host: 'mini PC' })], [], both))).not.toEqual(['nas']);
    expect(hostOf(placeIntents([ask('disk', { host: 'box' })], [], houseOf([sandbox, nas])))).toEqual([
      'sandbox',
    ]);
  });

  it('is asked for when the named host is not configured, with one button for each that is', () => {
    expect(placeIntents([ask('restart', { service: 'gitea', host: 'pve9' })], [], both)).toEqual({
      kind: 'question',
      question: 'pve9 is not a configured host. Which host is meant?',
      choices: [
        { label: 'n100', words: 'restart gitea on n100' },
        { label: 'nas', words: 'restart gitea on nas' },
      ],
    });
  });

  it('is the host on which the service was seen', () => {
    const seen = [factsOf('n100'), factsOf('nas', { services: [serviceOn('immich')] })];
    expect(hostOf(placeIntents([ask('restart', { service: 'immich' })], seen, both))).toEqual(['nas']);
    expect(
      hostOf(placeIntents([ask('restart', { service: 'immich' })], seen, houseOf([n100, nas], 'n100'))),
    ).toEqual(['nas']);
  });

  it('is asked for when the service is on several hosts, with what tells them apart', () => {
    const seen = [
      factsOf('n100', { services: [serviceOn('gitea', { port: 3000 })] }),
      factsOf('nas', { services: [serviceOn('gitea', { port: 3100, state: 'stopped' })] }),
    ];
    expect(
      placeIntents([ask('restart', { service: 'gitea' }), ask('disk', { host: 'nas' })], seen, both),
    ).toEqual({
      kind: 'question',
      question: 'Gitea is on 2 hosts. Which one is meant?',
      choices: [
        { label: 'n100', words: 'restart gitea on n100, then disk space on nas', fact: 'running, port 3000' },
        { label: 'nas', words: 'restart gitea on nas, then disk space on nas', fact: 'stopped, port 3100' },
      ],
    });
  });

  it('is the default host, or the only one, for what is new', () => {
    expect(
      hostOf(placeIntents([ask('deploy', { service: 'gitea' })], [], houseOf([n100, nas], 'nas'))),
    ).toEqual(['nas']);
    expect(hostOf(placeIntents([ask('deploy', { service: 'gitea' })], [], houseOf([sandbox])))).toEqual([
      'sandbox',
    ]);
    expect(placeIntents([ask('deploy', { service: 'gitea' })], [], both)).toMatchObject({
      kind: 'question',
      question: 'On which host?',
    });
  });

  it('is a host nobody has looked at when the service was seen nowhere', () => {
    const house = houseOf([n100, nas], 'n100');
    expect(hostOf(placeIntents([ask('restart', { service: 'gitea' })], [], house))).toEqual(['n100']);
    expect(hostOf(placeIntents([ask('restart', { service: 'gitea' })], [factsOf('n100')], house))).toEqual([
      'nas',
    ]);
  });

  it('is nowhere when every host was looked at, and the reply says what is there', () => {
    const seen = [factsOf('n100', { services: [serviceOn('demo-web')] }), factsOf('nas')];
    expect(placeIntents([ask('restart', { service: 'gitea' })], seen, both)).toEqual({
      kind: 'impossible',
      reason: 'Gitea is on none of the hosts. On n100: demo-web. On nas: nothing that Chiffon can see.',
      suggestions: ['deploy gitea'],
    });
  });

  it('is the only host again, so that what was started since is found', () => {
    expect(
      hostOf(placeIntents([ask('restart', { service: 'gitea' })], [factsOf('sandbox')], houseOf([sandbox]))),
    ).toEqual(['sandbox']);
  });

  it('is the host with the program the command needs', () => {
    const seen = [factsOf('n100', { tools: ['qm', 'pct'] }), factsOf('nas')];
    expect(hostOf(placeIntents([ask('vms')], seen, both))).toEqual(['n100']);
  });

  it('names each host once, in the order of the request', () => {
    const placed = placeIntents(
      [ask('disk', { host: 'nas' }), ask('disk', { host: 'n100' }), ask('updates', { host: 'nas' })],
      [],
      both,
    );
    expect(placed).toMatchObject({ kind: 'placed', hosts: ['nas', 'n100'] });
  });

  it('needs a host to be configured', () => {
    expect(placeIntents([ask('disk')], [], houseOf([]))).toMatchObject({ kind: 'impossible' });
  });

  it.each(['no\u200bwhere', 'a b', '$(x)'])('is never a host called %j', (host) => {
    expect(placeIntents([ask('disk', { host })], [], both).kind).toBe('impossible');
  });
});
