import type { VerbForm } from './english/openings.ts';
import { showing } from './english/soft-words.ts';
import type { Item } from './items.ts';
import { determiners, isFree } from './match-pattern.ts';
import { openingAt } from './split-clauses.ts';

/** A place where a phrase may begin. */
export interface Start {
  readonly at: number;
  readonly form: VerbForm;
  /** After "show me" and the like, where only names of things make sense. */
  readonly shown: boolean;
  /** After "could you please" and the like. */
  readonly opened: boolean;
  /** After an article: "the restart" is a thing, not an order. */
  readonly named: boolean;
}

/** Where in a clause an order, a question or a label may begin. */
export function findStarts(items: readonly Item[]): readonly Start[] {
  const starts: Start[] = [];
  let at = 0;
  let form: VerbForm = 'base';
  const skipSoft = () => {
    while (at < items.length && isFree(items[at] as Item)) at += 1;
  };
  starts.push({ at: 0, form, shown: false, opened: false, named: false });
  for (let turns = 0; turns < 8; turns += 1) {
    const opening = openingAt(items, at);
    if (opening === null) {
      const before = at;
      if (at < items.length && isFree(items[at] as Item)) {
        at += 1;
        starts.push({
          at,
          form,
          shown: false,
          opened: false,
          named: determiners.has(items[at - 1]?.text ?? ''),
        });
      }
      if (at === before) break;
      continue;
    }
    at += opening.length;
    form = opening.form;
    starts.push({ at, form, shown: false, opened: true, named: false });
  }
  skipSoft();
  const shown = (from: number, turns: number): void => {
    let next = from;
    while (next < items.length && isFree(items[next] as Item)) next += 1;
    for (const words of showing) {
      if (!words.every((word, i) => items[next + i]?.text === word)) continue;
      const after = next + words.length;
      if (starts.some((start) => start.shown && start.at === after)) continue;
      starts.push({ at: after, form: 'base', shown: true, opened: false, named: false });
      if (turns > 1) shown(after, turns - 1);
    }
  };
  for (const { at: from } of starts.slice()) shown(from, 3);
  return starts.filter(({ at: position }) => position < items.length);
}

/** "can you do the following": words that only lead up to something. */
export function isOnlyOpening(items: readonly Item[]): boolean {
  for (let at = 0; at < items.length; ) {
    const length = openingAt(items, at)?.length ?? (isFree(items[at] as Item) ? 1 : 0);
    if (length === 0) return false;
    at += length;
  }
  return true;
}
