import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenHouse } from '../e2e/journeys.ts';
import { createRestClient } from './rest-client.ts';

/** Writes a configuration with Anna (owner), Ben (operator) and Carl (viewer); answers its path. */
export async function writeThreePeople(directory: string, more = ''): Promise<string> {
  for (const person of ['ben', 'carl']) {
    await writeFile(join(directory, `${person}.token`), `token-of-${person}-for-tests\n`, { mode: 0o600 });
  }
  const file = join(directory, 'chiffon.yaml');
  await writeFile(
    file,
    `people:
  - { id: anna, name: Anna, role: owner }
  - { id: ben, name: Ben, role: operator, tokenFile: ${directory}/ben.token }
  - { id: carl, name: Carl, role: viewer, tokenFile: ${directory}/carl.token }
${more}`,
  );
  return file;
}

/** The three as clients of one Chiffon. */
export function threePeople(chiffon: { readonly url: string; readonly token: string }): OpenHouse {
  return {
    url: chiffon.url,
    owner: createRestClient(chiffon.url, chiffon.token),
    operator: createRestClient(chiffon.url, 'token-of-ben-for-tests'),
    viewer: createRestClient(chiffon.url, 'token-of-carl-for-tests'),
  };
}
