import { checkChat } from './check-chat.ts';
import { checkHosts } from './check-hosts.ts';
import { checkPeople } from './check-people.ts';
import { checkPhones } from './check-phones.ts';
import { isLoopback } from './loopback.ts';
import type { Mistake } from './mistake.ts';
import type { ReadSecrets } from './read-secrets.ts';
import { type Source, valueAt } from './source.ts';

/**
 * What the schema can't see because it lies between keys: names given twice, hosts that don't exist, a console open
 * to the network without a token. Looks at the settings as written, so that these show together with everything else.
 */
export function checkHouse(source: Source, secrets: ReadSecrets): Mistake[] {
  return [
    ...checkHosts(source),
    ...checkPeople(source, secrets),
    ...checkConsole(source, secrets),
    ...checkDatabase(source, secrets),
    ...checkChat(source, secrets),
    ...checkPhones(source, secrets),
  ];
}

function checkConsole(source: Source, secrets: ReadSecrets): Mistake[] {
  const host = valueAt(source.raw, ['console', 'host']);
  if (typeof host !== 'string' || isLoopback(host) || secrets.named.has('console.tokenFile')) return [];
  return [
    {
      ...source.placeOf(['console', 'host']),
      problem: `${source.setBy(['console', 'host']) ?? 'console.host'} is "${host}", which others on the network can reach, and no token is set.`,
      remedy:
        'Name a file with a token of your choice in console.tokenFile or set CHIFFON_TOKEN; or leave console.host out, so that only this machine can reach the console.',
    },
  ];
}

function checkDatabase(source: Source, { named }: ReadSecrets): Mistake[] {
  if (!named.has('database.ownerUrlFile') || named.has('database.urlFile')) return [];
  return [
    {
      ...source.placeOf(['database', 'ownerUrlFile']),
      problem: 'The database is named for its owner (DATABASE_OWNER_URL), and not for Chiffon itself.',
      remedy:
        'Set DATABASE_URL too, with the role that owns nothing. With one role only, set DATABASE_URL and leave the other out.',
    },
  ];
}
