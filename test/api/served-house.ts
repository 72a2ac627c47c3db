import type { FastifyInstance } from 'fastify';
import { createServer } from '#api/create-server.ts';
import type { Site } from '#api/known-names.ts';
import type { ApiServices } from '#api/services.ts';
import { openPlanner } from '#assembly/open-planner.ts';
import { createHouse, type HouseMember } from '#flow/house.ts';
import type { Ledger } from '#flow/ledger-port.ts';
import { createPostgresLedger } from '#ledger/postgres-ledger.ts';
import { loadConfig } from '#platform/config/load-config.ts';
import { createRedactor } from '#platform/redaction/redactor.ts';
import { systemClock } from '#platform/system-clock.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

const anna: HouseMember = {
  id: 'anna',
  name: 'Anna',
  role: 'owner',
  accounts: ['discord:1', 'matrix:@anna:example.org'],
};

/** What every request of Anna's programs carries. */
export const bearer = { authorization: 'Bearer token-of-anna' };

export interface ServedHouse {
  readonly app: FastifyInstance;
  readonly ledger: Ledger;
  readonly database: FreshDatabase;
  /** Ledger listeners that have not been given back. */
  listeners(): number;
  close(): Promise<void>;
}

/**
 * The whole HTTP side on a real database, without workers: nothing that is asked for gets carried out. Everybody signs
 * in with `token-of-` and their id.
 */
export async function serveHouse(
  site: Partial<Site> = {},
  part: Partial<Pick<ApiServices, 'platforms' | 'phones'>> & {
    readonly others?: readonly HouseMember[];
    /** Of another house that is served at the same time, with other people. */
    readonly database?: FreshDatabase;
  } = {},
): Promise<ServedHouse> {
  const { others = [], database: given, ...services } = part;
  const people = [anna, ...others];
  const database = given ?? (await freshDatabase());
  const ledger = await createPostgresLedger({ url: database.url, applicationName: 'api tests' });
  const loaded = loadConfig({ environment: {}, cwd: '/nowhere' });
  if (!loaded.ok) throw new Error('the defaults have mistakes');
  const planner = openPlanner(loaded.config);
  if (!planner.ok) throw new Error('the catalog has mistakes');
  let listeners = 0;
  const counted: Ledger = Object.assign(Object.create(ledger) as Ledger, {
    listen: async (subscriber: Parameters<Ledger['listen']>[0]) => {
      const unlisten = await ledger.listen(subscriber);
      listeners += 1;
      return async () => {
        listeners -= 1;
        await unlisten();
      };
    },
  });
  const app = await createServer(
    {
      ledger: counted,
      planner: planner.planner,
      house: createHouse(people),
      clock: systemClock,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      redaction: createRedactor(),
      machines: [{ name: 'sandbox', address: '127.0.0.1', user: 'sandbox' }],
      executor: null,
      settings: () => ({ file: null, people: [], hosts: [], rules: [], values: [], version: '0' }),
      doctor: async () => ({ ok: true, checks: [] }),
      examples: async () => ['restart demo-web'],
      version: '0',
      newReference: () => 'E-TEST',
      platforms: [],
      phones: [],
      ...services,
    },
    {
      tokens: people.map((person) => ({ person, token: `token-of-${person.id}` })),
      sessionKey: new Uint8Array(32).fill(1),
    },
    { consoleDirectory: '/nowhere', host: '127.0.0.1', publicUrl: null, ...site },
  );
  await app.ready();
  return {
    app,
    ledger,
    database,
    listeners: () => listeners,
    close: async () => {
      await app.close();
      await ledger.close();
      if (given === undefined) await database.drop();
    },
  };
}
