import type { Drill } from './drills.ts';

/** Sentences about commands that did not run as they should have. */
export interface JournalVerdict {
  readonly lost: readonly string[];
  readonly repeated: readonly string[];
  /** Commands that ran and should not have. */
  readonly stray: readonly string[];
}

/** Counts what the commands themselves wrote down on the host. */
export function compareJournal(expected: readonly Drill[], journal: string): JournalVerdict {
  const counts = new Map<string, number>();
  for (const line of journal.split('\n').filter((text) => text !== ''))
    counts.set(line, (counts.get(line) ?? 0) + 1);
  const lost: string[] = [];
  const repeated: string[] = [];
  for (const { number, parts } of expected) {
    for (const { position } of parts) {
      for (const word of ['start', 'end']) {
        const line = `${word} ${number} ${position}`;
        const count = counts.get(line) ?? 0;
        counts.delete(line);
        if (count === 0) lost.push(`no “${line}” on the host`);
        if (count > 1) repeated.push(`“${line}” ${count} times on the host`);
      }
    }
  }
  return { lost, repeated, stray: [...counts.keys()].map((line) => `“${line}” should not be on the host`) };
}
