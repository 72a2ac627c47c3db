import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { type ChiffonProcess, startChiffonProcess, temporaryDirectory } from '../support/chiffon-process.ts';
import { threePeople, writeThreePeople } from '../support/three-people.ts';
import { journeys, type OpenHouse } from './journeys.ts';

let chiffon: ChiffonProcess;
let house: OpenHouse;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  directory = await temporaryDirectory();
  const config = await writeThreePeople(directory.path);
  chiffon = await startChiffonProcess({
    directory: join(directory.path, 'data'),
    args: ['--config', config],
  });
  house = threePeople(chiffon);
}, 120_000);

afterAll(async () => {
  await chiffon?.stop();
  await directory?.remove();
}, 60_000);

describe('the whole road over REST alone, on the embedded default', () => journeys(() => house));
