import { randomUUID } from 'node:crypto';
import { hear } from '#chat/conversation/hear.ts';
import type { Surface } from '#core/person.ts';
import { createHouse, type HouseMember } from '#flow/house.ts';
import type { Planner } from '#flow/planner-port.ts';
import { systemClock } from '#platform/system-clock.ts';
import { type ServedHouse, serveHouse } from '../api/served-house.ts';
import { type FreshDatabase, onConnection } from '../support/postgres.ts';

export const members: readonly HouseMember[] = [
  { id: 'ben', name: 'Ben', role: 'operator', accounts: ['discord:2', 'matrix:@ben:example.org'] },
  { id: 'vera', name: 'Vera', role: 'viewer', accounts: ['discord:3', 'matrix:@vera:example.org'] },
];

/** One press of a button, or its words, on one surface. */
export interface Press {
  readonly person: string;
  readonly plan: number;
  readonly hash: string;
  readonly code?: string;
  /** The account it comes from, when it is another than the person's. */
  readonly account?: string;
}

export interface Gate {
  readonly served: ServedHouse;
  /** Whether the yes was taken, and what was said. */
  press(surface: Surface, press: Press): Promise<{ readonly taken: boolean; readonly said: string }>;
  /** As somebody who may do everything in the database, with triggers off. */
  superuser<T extends object>(statement: string, values?: readonly unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

export const surfaces: readonly Surface[] = ['api', 'console', 'terminal', 'discord', 'matrix'];

/** The five roads a yes comes by, with the real server, the real conversation and a real PostgreSQL behind them. */
export async function openGate(
  others: readonly HouseMember[] = members,
  database?: FreshDatabase,
): Promise<Gate> {
  const served = await serveHouse({}, { others, ...(database === undefined ? {} : { database }) });
  const anna: HouseMember = {
    id: 'anna',
    name: 'Anna',
    role: 'owner',
    accounts: ['discord:1', 'matrix:@anna:example.org'],
  };
  const house = createHouse([anna, ...others]);
  const sessions = new Map<string, { cookie: string; csrf: string }>();
  const sessionOf = async (person: string) => {
    const known = sessions.get(person);
    if (known !== undefined) return known;
    const answer = await served.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload: { token: `token-of-${person}` },
    });
    const made = {
      cookie: String(answer.cookies[0]?.value ?? ''),
      csrf: String((answer.json() as { csrf?: string }).csrf ?? ''),
    };
    sessions.set(person, made);
    return made;
  };
  const overHttp = async (surface: Surface, { person, plan, hash, code }: Press) => {
    const session = surface === 'console' ? await sessionOf(person) : null;
    const answer = await served.app.inject({
      method: 'POST',
      url: `/api/v1/plans/P-${plan}/decision`,
      headers:
        session === null
          ? {
              authorization: `Bearer token-of-${person}`,
              ...(surface === 'terminal' ? { 'x-chiffon-surface': 'terminal' } : {}),
            }
          : { 'x-csrf-token': session.csrf },
      cookies: session === null ? {} : { chiffon_session: session.cookie },
      payload: { decision: 'approve', hash, ...(code === undefined ? {} : { code }) },
    });
    return { taken: answer.statusCode === 200, said: answer.body };
  };
  const overChat = async (surface: 'discord' | 'matrix', { person, plan, hash, code, account }: Press) => {
    const answer = await hear(
      {
        ledger: served.ledger,
        planner: {} as Planner,
        house,
        clock: systemClock,
        surface,
        guestsIn: ['lobby'],
        settled: async () => {},
      },
      {
        id: randomUUID(),
        account: account ?? house.accountsOf(person, surface)[0] ?? `stranger-${person}`,
        name: person,
        place: { channel: 'general', thread: null },
        message: 'm1',
        direct: false,
        act: { kind: 'decide', decision: 'approve', plan, hash, comment: null, code: code ?? null },
      } as Parameters<typeof hear>[1],
    );
    return { taken: answer.kind === 'done', said: answer.kind === 'tell' ? answer.words : '' };
  };
  return {
    served,
    press: (surface, press) =>
      surface === 'discord' || surface === 'matrix' ? overChat(surface, press) : overHttp(surface, press),
    superuser: async <T extends object>(statement: string, values: readonly unknown[] = []) =>
      await onConnection(served.database.superuserUrl, async (client) => {
        await client.query('SET session_replication_role = replica');
        return (await client.query<T>(statement, [...values])).rows;
      }),
    close: () => served.close(),
  };
}
