import type { Intent } from '#core/intent.ts';
import type { Person } from '#core/person.ts';
import type { RecordAnswer } from '#core/record-answer.ts';
import { auditPath, type RecordFilter } from '#core/record-filter.ts';
import type { Clock } from '../clock-port.ts';
import type { House } from '../house.ts';
import type { Ledger } from '../ledger-port.ts';
import type { Planner } from '../planner-port.ts';

/** What answering from the record needs. */
export interface RecordDeps {
  readonly ledger: Ledger;
  readonly planner: Pick<Planner, 'lookBack'>;
  readonly house: House;
  readonly clock: Clock;
}

/** One question about the record: what was understood, and around it who asked, where and when. */
export interface Asking {
  readonly intent: Intent;
  readonly words: string;
  readonly person: Person;
  /** The reader's time zone. */
  readonly zone: string;
  /** Where it was asked: what was said there before tells what "it" is. */
  readonly thread: string | null;
}

/** An input that is a text; undefined when the words held none. */
export function textInput(intent: Intent, name: string): string | undefined {
  const value = intent.inputs[name];
  return typeof value === 'string' ? value : undefined;
}

/** Whom words mean: "I" is whoever asks; a name or an id of the house; somebody else keeps the name that was typed. */
export function personMeant({ intent, person }: Asking, house: House): string | undefined {
  const said = textInput(intent, 'person');
  if (said === undefined) return undefined;
  if (said === 'me') return person.id;
  const known = house.people.find((one) => one.id === said || one.name.toLowerCase() === said.toLowerCase());
  return known?.id ?? said;
}

/** What a person is called here. */
export function nameOf(person: string, house: House): string {
  return house.person(person)?.name ?? person;
}

/** An answer; what is not given is empty. */
export function recordAnswer(
  answer: Pick<RecordAnswer, 'sentence'> & { readonly filter: RecordFilter } & Partial<
      Omit<RecordAnswer, 'sentence' | 'filter' | 'path'>
    >,
): RecordAnswer {
  return {
    groups: [],
    more: null,
    advice: null,
    output: null,
    ...answer,
    path: auditPath(answer.filter),
  };
}
