import { describe, expect, test } from 'vitest';
import { intentsOf, understand, understandAtHome } from './house.ts';

describe('in a house with configured hosts', () => {
  test.each([
    ['deploy kuma on the mini pc', 'n100'],
    ['deploy kuma on the playground', 'sandbox'],
    ['deploy kuma on Sandbox please', 'sandbox'],
    ['deploy kuma on sanbox', 'sandbox'],
    ['deploy kuma on pve7', 'pve7'],
    ['deploy kuma on tower', 'tower'],
    ['deploy kuma on 10.0.0.7', '10.0.0.7'],
    ['deploy kuma on box.home.arpa', 'box.home.arpa'],
  ])('"%s" means the host %s', (words, host) => {
    expect(intentsOf(understandAtHome(words))).toEqual([
      { command: 'deploy', inputs: { service: 'uptime-kuma', host } },
    ]);
  });

  test.each(['deploy kuma on the server', 'deploy kuma on my machine'])('"%s" names no host', (words) => {
    expect(intentsOf(understandAtHome(words))).toEqual([
      { command: 'deploy', inputs: { service: 'uptime-kuma' } },
    ]);
  });

  test('a service that runs here is known by name although the catalog lacks it', () => {
    expect(intentsOf(understandAtHome('restart own-thing'))).toEqual([
      { command: 'restart', inputs: { service: 'own-thing' } },
    ]);
    expect(understand('restart own-thing').kind).toBe('question');
  });

  test('"all services" offers what runs here, one by one', () => {
    expect(understandAtHome('update all services')).toMatchObject({
      kind: 'question',
      choices: [{ words: 'update plex' }, { words: 'update gitea' }, { words: 'update own-thing' }],
    });
  });

  test('no configured host can be rebooted, whatever it is called', () => {
    for (const words of [
      'reboot sandbox',
      'shut the playground down',
      'power off the mini pc',
      'could you restart the sandbox?',
      'update gitea, then reboot sandbox',
    ]) {
      expect([words, understandAtHome(words)]).toEqual([
        words,
        expect.objectContaining({ kind: 'refused', rule: 'floor.host-power' }),
      ]);
    }
  });
});

describe('what is asked back', () => {
  test('a kind of service is answered with the services that are one and what tells them apart', () => {
    const understood = understand('deploy a password manager');
    expect(understood).toMatchObject({
      kind: 'question',
      choices: [{ words: 'deploy vaultwarden', fact: expect.stringContaining('password manager') }, {}],
    });
  });

  test('the rest of the message is kept in every choice', () => {
    expect(understandAtHome('update gitea and restart something')).toMatchObject({
      choices: [{ words: 'update gitea and restart plex' }, {}, {}],
    });
  });

  test('a port that does not exist is named, and ports that do are offered', () => {
    expect(understand('deploy gitea on port 99999')).toMatchObject({
      question: expect.stringContaining('99999'),
      choices: [{ words: 'deploy gitea at port 3000' }, { words: 'deploy gitea at port 13000' }],
    });
  });

  test('an unknown name is said to be unknown', () => {
    expect(understand('deploy foobar')).toMatchObject({
      kind: 'question',
      question: expect.stringContaining('“foobar” is not a service'),
    });
  });
});

describe('what is refused or left alone says why', () => {
  test.each([
    ['reboot the n100', 'floor.host-power'],
    ['format sda', 'floor.disk-wipe'],
    ['delete all volumes', 'floor.mass-deletion'],
    ['rm -rf /', 'floor.raw-command'],
  ])('"%s" meets the rule %s', (words, rule) => {
    expect(understand(words)).toMatchObject({
      kind: 'refused',
      rule,
      reason: expect.stringMatching(/Nothing ran/),
    });
  });

  test.each([
    ["don't restart plex", 'negation'],
    ['should I restart plex?', 'question'],
    ['bob restarted plex yesterday', 'hearsay'],
    ['restart plex if it hangs', 'conditional'],
    ['restart plex tomorrow at 3am', 'conditional'],
    ['lol', 'chatter'],
    ['plex', 'name_only'],
    ['restart', 'too_vague'],
    ['restart plex\u200b', 'unreadable'],
    ['the quick brown fox', 'not_understood'],
  ])('"%s" is left alone: %s', (words, why) => {
    const understood = understand(words);
    expect(understood).toMatchObject({ kind: 'nothing', why });
    expect(understood.kind === 'nothing' && understood.reply).toMatch(/^[A-Z].*[.?]$/s);
    expect(understood.kind === 'nothing' && understood.reply).not.toMatch(/!|invalid|oops/i);
  });
});
