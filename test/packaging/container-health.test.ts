import { expect, test } from 'vitest';
import { servesApi } from '../../tools/container-health.ts';

test.each([
  ['no word about services means all of them', ['chiffon', 'start'], {}, true],
  [
    'a worker alone has nothing to ask',
    ['tini', '--', 'chiffon', 'start', '--services', 'worker'],
    {},
    false,
  ],
  ['nor has a bot with a worker', ['chiffon', 'start', '--services=bot,worker'], {}, false],
  ['the api among others is asked', ['chiffon', 'start', '--services', 'worker, api'], {}, true],
  [
    'the variable counts where the command says nothing',
    ['chiffon', 'start'],
    { CHIFFON_SERVICES: 'worker' },
    false,
  ],
  [
    'the command counts more than the variable',
    ['chiffon', 'start', '--services', 'api'],
    { CHIFFON_SERVICES: 'worker' },
    true,
  ],
] as const)('%s', (_name, words, environment, expected) => {
  expect(servesApi(`${words.join('\0')}\0`, environment)).toBe(expected);
});
