import type { Person, Surface } from '#core/person.ts';

/** A person of the configuration, with the accounts they write from: `discord:2042…`, `matrix:@anna:example.org`. */
export interface HouseMember extends Person {
  readonly accounts?: readonly string[];
}

/** Who lives here: the people of the configuration. */
export interface House {
  readonly people: readonly Person[];
  /** The zone of times where a reader's own is not known: an IANA name. */
  readonly timeZone: string;
  /** The address of a path of the console; null when none is configured that others reach. */
  pageAt(path: string): string | null;
  /** By id. */
  person(id: string): Person | null;
  /** Who writes from an account of a chat platform; display names play no part. */
  personOf(surface: Surface, account: string): Person | null;
  /** The accounts of a person on a platform, without its name in front. */
  accountsOf(person: string, surface: Surface): readonly string[];
}

export function createHouse(
  people: readonly HouseMember[],
  place: { readonly timeZone?: string; readonly publicUrl?: string | null } = {},
): House {
  const { timeZone = 'UTC', publicUrl = null } = place;
  const byId = new Map(people.map((person) => [person.id, person]));
  const byAccount = new Map(
    people.flatMap((person) => (person.accounts ?? []).map((account) => [account, person] as const)),
  );
  return {
    people,
    timeZone,
    pageAt: (path) => (publicUrl === null ? null : `${publicUrl.replace(/\/+$/, '')}${path}`),
    person: (id) => byId.get(id) ?? null,
    personOf: (surface, account) => byAccount.get(`${surface}:${account}`) ?? null,
    accountsOf: (id, surface) =>
      (byId.get(id)?.accounts ?? []).flatMap((account) =>
        account.startsWith(`${surface}:`) ? [account.slice(surface.length + 1)] : [],
      ),
  };
}
