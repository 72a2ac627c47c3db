import type { Intent } from '#core/intent.ts';
import type { Step } from '#core/step.ts';
import type { House } from '../house.ts';

/** What one answer is made from: the steps of one intent and what they printed. */
export interface Read {
  readonly intent: Intent;
  readonly host: string;
  /** The service's name for people; the host's when none was asked about. */
  readonly title: string;
  readonly steps: readonly Step[];
  /** What the first step whose command starts like this printed, without hidden characters; null when nothing did. */
  printed(start: string): string | null;
  /** Whether a step ran and succeeded. What the plan only intended is no answer. */
  passed(step: Step): boolean;
  readonly verification: string;
  readonly house: House;
}

/** One or two sentences from what was printed; null when it does not look as expected. */
export type Answer = (read: Read) => string | null;

/** "1 container", "3 containers". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** At most `most` names, and how many more there are. */
export function some(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** A table as programs print it: a head line of capital names and rows whose cells start below them. */
export function readTable(text: string, heads: readonly string[]): readonly Record<string, string>[] | null {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const headAt = lines.findIndex((line) => heads.every((head) => line.includes(head)));
  const head = lines[headAt];
  if (head === undefined) return null;
  // Two spaces part columns; one may be inside a name such as "CONTAINER ID".
  const columns = [...head.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ name: match[0], from: match.index }));
  return lines
    .slice(headAt + 1)
    .filter((line) => line !== '')
    .map((line) =>
      Object.fromEntries(
        columns.map(({ name, from }, i) => [name, line.slice(from, columns[i + 1]?.from).trim()]),
      ),
    );
}
