import { expect, test } from 'vitest';
import { configOf, loadText } from './in-folder.ts';

const mistakesOf = (text: string, more?: Parameters<typeof loadText>[1]): string[] => {
  const loaded = loadText(text, more);
  return loaded.ok ? [] : loaded.mistakes.map(({ line, problem }) => `${line}: ${problem}`);
};

test('without a token Chiffon is on no platform, and nothing rings', () => {
  const config = configOf(loadText(''));
  expect(config.discord.token).toBeNull();
  expect(config.matrix.token).toBeNull();
  expect(config.phones).toEqual([]);
  expect(config.heartbeat.url).toBeNull();
});

test('tokens and addresses of the platforms come from variables that people know', () => {
  const config = configOf(
    loadText('', {
      environment: {
        DISCORD_TOKEN: 'discord-token-of-a-test',
        DISCORD_API_URL: 'http://127.0.0.1:4999/api',
        MATRIX_TOKEN: 'matrix-token-of-a-test',
        MATRIX_HOMESERVER: 'http://127.0.0.1:8008',
        MATRIX_USER_ID: '@chiffon:example.org',
      },
    }),
  );
  expect(config.discord.token?.reveal()).toBe('discord-token-of-a-test');
  expect(config.discord.apiUrl).toBe('http://127.0.0.1:4999/api');
  expect(config.matrix).toMatchObject({
    homeserver: 'http://127.0.0.1:8008',
    userId: '@chiffon:example.org',
  });
});

test('a token for Matrix without homeserver and id is one mistake each', () => {
  expect(mistakesOf('', { environment: { MATRIX_TOKEN: 'matrix-token-of-a-test' } })).toEqual([
    expect.stringContaining('matrix.homeserver is not set'),
    expect.stringContaining('matrix.userId is not set'),
  ]);
});

test('a phone that lacks what its kind needs is a mistake that names it, with its line', () => {
  const text =
    'phones:\n  - name: anna\n    kind: ntfy\n  - name: ben\n    kind: pushover\n  - name: anna\n    kind: gotify\n';
  expect(mistakesOf(text)).toEqual([
    '2: phones[anna] is of kind ntfy and has no topic.',
    '4: phones[ben] is of kind pushover and has no tokenFile and no userFile.',
    expect.stringMatching(/^6: .*phones called|^6: Two phones are called "anna"/),
    expect.stringMatching(/^6: phones\[anna\] is of kind gotify and has no server and no tokenFile/),
  ]);
});

test('quiet hours and time zones that are none are refused', () => {
  expect(mistakesOf('alerts:\n  quietHours: 25:00-07:00\n')).toHaveLength(1);
  expect(mistakesOf('timeZone: Europe/Nowhere\n')).toHaveLength(1);
  expect(configOf(loadText('timeZone: Europe/Berlin\nalerts:\n  quietHours: 22:00-07:00\n')).timeZone).toBe(
    'Europe/Berlin',
  );
});
