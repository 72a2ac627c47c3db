import { describe, expect, test } from 'vitest';
import { catalog, intentsOf, understand, understandAtHome } from './house.ts';

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

describe('a version that was asked for', () => {
  test.each([
    ['update plex to 1.2.3', '1.2.3', 'update plex'],
    ['deploy gitea:1.20 on n100', '1.20', 'deploy gitea on n100'],
    ['upgrade gitea to v1.99', 'v1.99', 'update gitea'],
    ['install nextcloud 12 on the nas', '12', 'deploy nextcloud on nas'],
    ['restart jellyfin 9.9.9', '9.9.9', 'restart jellyfin'],
    ['update own-thing to 2.0', '2.0', 'update own-thing'],
  ])('in “%s” is said to be beyond choice, and never dropped', (words, version, choice) => {
    expect(understandAtHome(words)).toMatchObject({
      kind: 'question',
      question: expect.stringContaining(`Version ${version} of`),
      choices: [{ words: choice }, {}],
    });
  });

  test('needs no question when the catalog brings just that', () => {
    for (const service of catalog.services.filter(({ npm }) => npm === undefined)) {
      const tag = service.image.slice(service.image.lastIndexOf(':') + 1);
      expect([service.name, intentsOf(understand(`deploy ${service.name} version ${tag}`))]).toEqual([
        service.name,
        [{ command: 'deploy', inputs: { service: service.name } }],
      ]);
    }
  });

  test('belongs to the service it was said of', () => {
    const understood = understand('restart plex and update gitea to 1.2.3');
    expect(understood).toMatchObject({ choices: [{ words: 'restart plex and update gitea' }, {}] });
  });
});

describe('what is said to somebody else', () => {
  test.each([
    ['@anna please update gitea', 'anna'],
    ['bob, can you restart plex?', 'bob'],
    ['Hey Bob, restart plex please', 'Bob'],
  ])('“%s” makes no plan and says to whom it was said', (words, name) => {
    expect(understand(words)).toMatchObject({
      kind: 'nothing',
      why: 'addressed',
      reply: expect.stringContaining(`said to ${name}, not to Chiffon`),
    });
  });

  test.each([
    '@chiffon restart plex',
    '@homelab-bot: restart plex',
    '<@1234567> restart plex',
    'argh, restart plex',
  ])('“%s” is said to Chiffon', (words) => {
    expect(intentsOf(understand(words))).toEqual([{ command: 'restart', inputs: { service: 'plex' } }]);
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
