import type { Person } from '#core/person.ts';

/** Who lives here: the people of the configuration, looked up by id. */
export interface House {
  readonly people: readonly Person[];
  person(id: string): Person | null;
}

export function createHouse(people: readonly Person[]): House {
  const byId = new Map(people.map((person) => [person.id, person]));
  return { people, person: (id) => byId.get(id) ?? null };
}
